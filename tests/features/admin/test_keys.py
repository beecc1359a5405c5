"""The drill: all keys are replaced, and everything that was sealed, signed or begun before goes on as it did."""

import json
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from taskiq import InMemoryBroker

from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.core.clock import new_id
from relaypacs.core.keys import derive_key
from relaypacs.core.security import Vault
from relaypacs.core.settings import Settings
from relaypacs.core.signing import ReceiptInvalid, verify_receipt
from relaypacs.features.admin.key_rows import KeyRepository, sealed_columns
from relaypacs.features.admin.service.keys import (
    CONTEXT,
    Change,
    SecretKeyWrong,
    change_keys,
    finish_change,
    open_keys,
    replace_lost_keys,
)
from relaypacs.features.audit.errors import KeysChanged
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.audit.service.verify import verify_trail
from relaypacs.features.deliveries.models import Destination
from relaypacs.features.deliveries.service import addresses
from relaypacs.features.notifications.service import push, webhook_calls
from relaypacs.infrastructure import Infrastructure, build_infrastructure
from tests.builders.dicom import make_study
from tests.builders.gateway import ADMIN, PASSWORD, GatewayClient, OpenUpload
from tests.builders.pacs import make_destination
from tests.builders.people import make_user, nobody, signed_in, with_second_factor
from tests.builders.problems import is_problem
from tests.conftest import running_gateway

NEW = "Kx7-another-key-that-somebody-made-anew-2f9"
FILE = bytes(600_000)


class Before:
    """What people and peers have of a gateway whose keys are about to be changed."""

    tokens: dict[str, str]
    recovery_codes: list[str]
    receipt: dict[str, Any]
    upload: OpenUpload
    destination_id: str
    gateway: str

    @classmethod
    async def of(cls, settings: Settings) -> "Before":
        scene = cls()
        async with running_gateway(settings) as admin:
            await admin.sign_in(ADMIN)
            scene.gateway = admin.infrastructure.keys.published.gateway
            await make_user(admin, "rosa")
            rosa = await signed_in(admin, "rosa")
            _, scene.recovery_codes = await with_second_factor(rosa)
            answer = await login(admin, scene.recovery_codes.pop())
            scene.tokens = answer.raise_for_status().json()
            sent, _ = await rosa.send(make_study(2))
            scene.receipt = (await rosa.http.get(f"/upload/{sent.upload_id}/receipt")).raise_for_status().json()
            scene.upload = await rosa.open([("scan.dcm", FILE)])
            (await rosa.put(scene.upload, "scan", 0, FILE[:524288])).raise_for_status()
            made = await make_destination(
                admin, "Elsewhere", "dicom://ARCHIVE@127.0.0.1:1", enabled=False, username="relay", password="sesame"
            )
            scene.destination_id = made["id"]
        return scene


async def login(gateway: GatewayClient, code: str) -> Any:
    body = {"username": "rosa", "password": PASSWORD, "totp_code": code}
    return await nobody(gateway).http.post("/auth/login", json=body)


async def refreshed(gateway: GatewayClient, token: str) -> Any:
    return await nobody(gateway).http.post("/auth/refresh", json={"refresh_token": token})


def with_secret(settings: Settings, secret: str) -> Settings:
    """Return other settings; a copy would remember the secret key that was asked for before."""
    return Settings(**{**settings.model_dump(), "secret_key": SecretStr(secret)})


async def opened(settings: Settings) -> Infrastructure:
    """Return what a command works with."""
    return await open_keys(build_infrastructure(settings, BrokerWakeups(InMemoryBroker())))


async def change(settings: Settings, *, keep_sessions: bool = True, finish: bool = True) -> Change:
    infrastructure = await opened(settings)
    done = await change_keys(infrastructure, NEW, SYSTEM, keep_sessions=keep_sessions)
    if finish:
        await finish_change(infrastructure, NEW)
    await infrastructure.close()
    return done


async def password_of(infrastructure: Infrastructure, destination_id: str) -> str:
    async with infrastructure.database.read() as session:
        destination = await session.get_one(Destination, UUID(destination_id))
        return addresses.address_of(destination, infrastructure.vault).password


async def is_whole(infrastructure: Infrastructure) -> bool:
    return (await verify_trail(infrastructure.database, infrastructure.keys.trail)).broken_at is None


async def test_everything_goes_on_with_other_keys(settings: Settings) -> None:
    before = await Before.of(settings)
    done = await change(settings)
    assert (done.resealed, done.unreadable, done.sessions_ended) == (2, 0, 0)
    async with running_gateway(with_secret(settings, NEW)) as admin:
        await admin.sign_in(ADMIN)
        infrastructure = admin.infrastructure
        assert (await refreshed(admin, before.tokens["refresh_token"])).status_code == 200
        assert (await admin.put(before.upload, "scan", 1, FILE[524288:])).status_code == 200
        assert (await login(admin, before.recovery_codes.pop())).status_code == 200
        assert await password_of(infrastructure, before.destination_id) == "sesame"
        assert infrastructure.keys.published.gateway == before.gateway, "UIDs of reports follow from it"
        (retired,) = infrastructure.keys.published.retired
        verify_receipt(before.receipt, [infrastructure.signer.public_key, retired.public_key])
        with pytest.raises(ReceiptInvalid):
            verify_receipt(before.receipt, [infrastructure.signer.public_key])
        sent, _ = await admin.send(make_study(1, patient_id="LATER"))
        later = (await admin.http.get(f"/upload/{sent.upload_id}/receipt")).raise_for_status().json()
        verify_receipt(later, [infrastructure.signer.public_key])
        assert await is_whole(infrastructure)
    with pytest.raises(SecretKeyWrong):
        await opened(settings)


async def test_whoever_may_know_the_old_key_gets_in_no_more(settings: Settings) -> None:
    before = await Before.of(settings)
    done = await change(settings, keep_sessions=False)
    assert done.sessions_ended == 3  # the administrator's, and two of Rosa's
    async with running_gateway(with_secret(settings, NEW)) as admin:
        await admin.sign_in(ADMIN)
        is_problem(await refreshed(admin, before.tokens["refresh_token"]), 401, "invalid-token")
        is_problem(await admin.put(before.upload, "scan", 1, FILE[524288:]), 401, "invalid-upload-token")
        again = nobody(admin)
        tokens = (await login(admin, before.recovery_codes.pop())).raise_for_status().json()
        again.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        renewed = await again.http.post(f"/upload/{before.upload.upload_id}/token")
        assert renewed.status_code == 200, "an upload that was begun goes on after signing in"


async def test_a_change_that_dies_before_the_new_key_is_in_its_place_loses_nothing(settings: Settings) -> None:
    before = await Before.of(settings)
    await change(settings, finish=False)
    async with running_gateway(settings) as admin:  # with the old key, because the new one was lost
        assert await password_of(admin.infrastructure, before.destination_id) == "sesame"
        assert (await refreshed(admin, before.tokens["refresh_token"])).status_code == 200
        assert await is_whole(admin.infrastructure)
    async with running_gateway(with_secret(settings, NEW)) as admin:
        assert await password_of(admin.infrastructure, before.destination_id) == "sesame"
    with pytest.raises(SecretKeyWrong):  # once a gateway has started with the new one
        await opened(settings)


async def test_a_process_that_has_begun_before_seals_nothing_any_more(settings: Settings) -> None:
    async with running_gateway(settings):
        pass
    early = await opened(settings)
    await change(settings)
    with pytest.raises(KeysChanged):
        await AuditTrail(early).note(Entry(Action.USERS_LISTED, SYSTEM))
    await early.close()
    late = await opened(with_secret(settings, NEW))
    await AuditTrail(late).note(Entry(Action.USERS_LISTED, SYSTEM))
    assert await is_whole(late)
    await late.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_gateway_that_ran_through_the_change_writes_nothing_down_and_ends(settings: Settings) -> None:
    async with running_gateway(settings) as admin:
        await admin.sign_in(ADMIN)
        await change(settings)
        is_problem(await admin.http.post("/sites", json={"name": "Elsewhere"}), 503, "keys-changed")
    late = await opened(with_secret(settings, NEW))
    assert await is_whole(late)
    await late.close()


async def test_a_key_that_is_lost_costs_what_it_had_sealed_and_nothing_else(settings: Settings) -> None:
    before = await Before.of(settings)
    other = with_secret(settings, NEW)
    with pytest.raises(SecretKeyWrong):
        await opened(other)
    infrastructure = build_infrastructure(other, BrokerWakeups(InMemoryBroker()))
    await replace_lost_keys(infrastructure, SYSTEM)
    await infrastructure.close()
    async with running_gateway(other) as admin:
        await admin.sign_in(ADMIN)
        assert await password_of(admin.infrastructure, before.destination_id) == ""
        assert (await nobody(admin).http.post("/auth/login", json={"username": "rosa", "password": PASSWORD})).json()[
            "access_token"
        ]
        assert admin.infrastructure.keys.published.gateway == before.gateway
        assert await is_whole(admin.infrastructure)


def test_every_sealed_value_is_sealed_for_what_its_column_says() -> None:
    row_id = new_id()
    destination = Destination(id=row_id)
    found = {f"{table.name}.{column.name}": context.format(id=row_id) for table, column, context in sealed_columns()}
    assert found == {
        "users.totp_secret": f"totp:{row_id}",
        "destinations.password": addresses._password_context(destination),
        "destinations.tls_key": addresses._key_context(destination),
        "push_subscriptions.auth": push._context(row_id),
        "webhooks.secret": webhook_calls.secret_context(row_id),
    }


async def test_files_have_a_key_of_their_own_and_each_change_adds_another(settings: Settings) -> None:
    async with running_gateway(settings) as admin:
        (first,) = admin.infrastructure.keys.storage
    async with running_gateway(settings) as admin:
        assert admin.infrastructure.keys.storage == (first,)
    assert repr(first.key) not in repr((first, admin.infrastructure.keys))
    await change(settings)
    async with running_gateway(with_secret(settings, NEW)) as admin:
        assert admin.infrastructure.keys.storage[0] == first
        assert [each.number for each in admin.infrastructure.keys.storage] == [1, 2]
    infrastructure = build_infrastructure(settings, BrokerWakeups(InMemoryBroker()))
    await replace_lost_keys(infrastructure, SYSTEM)
    await infrastructure.close()
    after = await opened(settings)
    assert [each.number for each in after.keys.storage] == [3], "no number is given twice"
    await after.close()


async def test_a_gateway_from_before_files_were_sealed_gets_its_first_key(settings: Settings) -> None:
    async with running_gateway(settings):
        pass
    infrastructure = await opened(settings)
    async with infrastructure.database.write() as session:
        (ring,) = await KeyRepository(session).rings()
        vault = Vault(derive_key(settings.effective_secret_key, CONTEXT))
        earlier = json.loads(vault.unseal(ring.sealed, CONTEXT))
        del earlier["storage"]
        ring.sealed = vault.seal(json.dumps(earlier), CONTEXT)
    await infrastructure.close()
    async with running_gateway(settings) as admin:
        (first,) = admin.infrastructure.keys.storage
    again = await opened(settings)
    assert again.keys.storage == (first,)
    await again.close()
