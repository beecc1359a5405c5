"""What the mail port promises, against a real SMTP server."""

import asyncio
from email.message import EmailMessage
from pathlib import Path

import pytest

from relaypacs.adapters.mail.base import MailRefused, MailUnavailable
from relaypacs.adapters.mail.smtp import SmtpAddress, SmtpMailer
from tests.servers.certificates import make_certificate, serving_with
from tests.servers.ports import free_port
from tests.servers.smtp import PASSWORD, USER, mail_server


def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "RelayPACS <relay@gateway.example>", "rosa@example.org", "نتيجة حرجة"
    made["Message-ID"] = "<1@gateway.example>"
    made.set_content("ça arrive\n")
    return made


def mailer(port: int, security: str = "none", *, user: str = "", password: str = "", seconds: float = 5) -> SmtpMailer:
    return SmtpMailer(SmtpAddress("127.0.0.1", port, security, user, password), seconds=seconds)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for 127.0.0.1 whose authority the system trusts for this test."""
    path = make_certificate(tmp_path / "trusted")
    monkeypatch.setenv("SSL_CERT_FILE", str(path.parent / "ca.pem"))
    return path


async def test_a_letter_arrives_whole() -> None:
    async with mail_server() as server:
        await mailer(server.port).send(letter())
    (arrived,) = server.letters
    assert (arrived["Subject"], arrived["Message-ID"]) == ("نتيجة حرجة", "<1@gateway.example>")
    assert arrived.get_content().splitlines() == ["ça arrive"]
    assert server.recipients == ["rosa@example.org"]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_letter_goes_under_tls_with_user_and_password(security: str, certificate: Path) -> None:
    context = serving_with(certificate)
    served = {"tls": context} if security == "tls" else {"starttls": context}
    async with mail_server(**served, auth=True) as server:
        sender = mailer(server.port, security, user=USER, password=PASSWORD)
        await sender.check()
        await sender.send(letter())
    assert server.secured == [True]


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_an_unknown_certificate_is_not_trusted(security: str, tmp_path: Path) -> None:
    context = serving_with(make_certificate(tmp_path / "stranger"))
    served = {"tls": context} if security == "tls" else {"starttls": context}
    async with mail_server(**served) as server:
        with pytest.raises(MailUnavailable, match="certificate is not trusted"):
            await mailer(server.port, security).send(letter())
    assert server.letters == []


async def test_nothing_is_sent_in_the_clear_where_tls_was_asked_for() -> None:
    async with mail_server() as server:
        with pytest.raises(MailUnavailable, match="does not offer STARTTLS"):
            await mailer(server.port, "starttls").send(letter())
    assert server.letters == []


async def test_a_wrong_password_is_not_the_letters_fault(certificate: Path) -> None:
    async with mail_server(tls=serving_with(certificate), auth=True) as server:
        sender = mailer(server.port, "tls", user=USER, password="not this")
        with pytest.raises(MailUnavailable, match=r"user or password \(SMTP 535\)"):
            await sender.send(letter())
        with pytest.raises(MailUnavailable, match="user or password"):
            await sender.check()


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_what_passes_is_unavailable_and_what_does_not_is_refused(command: str) -> None:
    async with mail_server() as server:
        server.answers[command] = "451 Busy with rosa@example.org"
        with pytest.raises(MailUnavailable, match="SMTP 451") as passing:
            await mailer(server.port).send(letter())
        server.answers[command] = "550 No rosa@example.org here"
        with pytest.raises(MailRefused, match="SMTP 550") as lasting:
            await mailer(server.port).send(letter())
    assert "rosa" not in f"{passing.value}{lasting.value}"


async def test_nobody_there() -> None:
    with pytest.raises(MailUnavailable, match="cannot be reached"):
        await mailer(free_port()).check()


async def test_a_server_that_says_nothing_is_not_waited_for_without_end() -> None:
    async def silence(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(5)
        writer.close()

    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    with pytest.raises(MailUnavailable, match=r"no answer within 0\.2 s"):
        await mailer(server.sockets[0].getsockname()[1], seconds=0.2).send(letter())
    server.close()
