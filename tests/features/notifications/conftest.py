"""A gateway that tells people beside the app, with pauses that do not make a test wait."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from relaypacs.core.settings import Settings
from relaypacs.features.notifications.service.email import EmailCourier
from tests.builders.gateway import ADMIN, GatewayClient
from tests.conftest import running_gateway
from tests.servers.smtp import MailServer, mail_server

PUBLIC_URL = "https://gateway.example"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmailCourier, "longest_pause", 0.05)


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def with_mail(settings: Settings, mail: MailServer) -> Settings:
    return settings.model_copy(
        update={
            "public_url": PUBLIC_URL,
            "smtp_url": SecretStr(f"smtp://127.0.0.1:{mail.port}"),
            "mail_from": "RelayPACS <relay@gateway.example>",
            "wake_interval": 0.1,
        }
    )


@pytest.fixture
async def mailing(with_mail: Settings) -> AsyncIterator[GatewayClient]:
    async with running_gateway(with_mail) as client:
        await client.sign_in(ADMIN)
        yield client
