"""E-mails: whom they go to, what they say, and what becomes of them when the mail server does not take them."""

import json
from datetime import timedelta
from email.message import EmailMessage
from importlib.resources import files

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select, update

from relaypacs.core.clock import new_id, now
from relaypacs.core.settings import Settings
from relaypacs.features.identity.models import AccountState, User
from relaypacs.features.notifications.models import (
    Language,
    MessageState,
    Notification,
    NotificationType,
    OutgoingMessage,
)
from relaypacs.features.notifications.service import notify
from relaypacs.features.notifications.service.email import EmailCourier
from relaypacs.features.notifications.service.sending import forget_messages
from tests.builders.gateway import ADMIN, GatewayClient
from tests.builders.people import make_user, signed_in
from tests.builders.problems import is_problem
from tests.builders.telling import outgoing, prefer, tell, until_states
from tests.builders.waiting import until
from tests.conftest import running_gateway
from tests.features.notifications.conftest import PUBLIC_URL
from tests.servers.ports import free_port
from tests.servers.smtp import MailServer

WAITING, SENT, FAILED, DROPPED = MessageState.WAITING, MessageState.SENT, MessageState.FAILED, MessageState.DROPPED


def parts(letter: EmailMessage) -> tuple[str, str]:
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain
    assert html
    return plain.get_content(), html.get_content()


async def test_a_critical_result_is_mailed_with_a_link(mailing: GatewayClient, mail: MailServer) -> None:
    await mailing.register("rosa")
    report_id = new_id()
    await tell(mailing, "rosa", related_id=report_id)
    (letter,) = await mail.wait_for(1)
    assert mail.recipients == ["rosa@example.org"]
    assert (letter["Subject"], letter["From"]) == ("Critical result", "RelayPACS <relay@gateway.example>")
    assert (letter["Auto-Submitted"], letter["Content-Language"]) == ("auto-generated", "en")
    plain, html = parts(letter)
    for text in (plain, html):
        assert f"{PUBLIC_URL}/reports/{report_id}" in text
        assert f"{PUBLIC_URL}/notifications/settings" in text
        assert "must be read now" in text
    (message,) = await until_states(mailing, SENT)
    assert letter["Message-ID"] == f"<{message.id}@gateway.example>"


async def test_what_is_not_wanted_is_not_mailed(mailing: GatewayClient, mail: MailServer) -> None:
    rosa = await mailing.another("rosa")
    await tell(mailing, "rosa", NotificationType.UPLOAD_COMPLETE)
    await prefer(rosa, NotificationType.CRITICAL_RESULT, email=False)
    await tell(mailing, "rosa", NotificationType.CRITICAL_RESULT)
    await make_user(mailing, "nomail")
    await tell(mailing, "nomail")
    assert await outgoing(mailing) == []
    await prefer(rosa, NotificationType.UPLOAD_COMPLETE, email=True)
    await tell(mailing, "rosa", NotificationType.UPLOAD_COMPLETE)
    assert [letter["Subject"] for letter in await mail.wait_for(1)] == ["A study is in the PACS"]


async def test_a_gateway_without_a_mail_server_writes_none(gateway: GatewayClient) -> None:
    rosa = await gateway.another("rosa")
    await tell(gateway, "rosa")
    assert await outgoing(gateway) == []
    is_problem(await rosa.http.post("/notifications/test-email"), 409, "channel-not-offered")


async def test_a_rollback_takes_the_message_with_the_notification(mailing: GatewayClient, mail: MailServer) -> None:
    await mailing.register("rosa")

    async def fail() -> None:
        async with mailing.infrastructure.database.write() as session:
            user = (await session.scalars(select(User).where(User.username == "rosa"))).one()
            kind = NotificationType.CRITICAL_RESULT
            await notify(session, mailing.infrastructure, user.id, kind=kind, message="Never.", related_id=None)
            raise RuntimeError("the work failed")

    with pytest.raises(RuntimeError, match="the work failed"):
        await fail()
    await tell(mailing, "rosa", NotificationType.UPLOAD_HELD)
    assert [letter["Subject"] for letter in await mail.wait_for(1)] == ["An upload is held"]
    assert len(await outgoing(mailing)) == 1


async def test_the_letter_is_in_the_persons_language(mailing: GatewayClient, mail: MailServer) -> None:
    rosa = await mailing.another("rosa")
    await prefer(rosa, NotificationType.CRITICAL_RESULT, language="ar")
    await tell(mailing, "rosa")
    (letter,) = await mail.wait_for(1)
    assert letter["Subject"] == "نتيجة حرجة"
    assert '<html lang="ar" dir="rtl">' in parts(letter)[1]


async def test_news_of_deliveries_are_in_the_gateways_own_words(mailing: GatewayClient, mail: MailServer) -> None:
    await make_user(mailing, "chief", role="admin", email="chief@example.org")
    chief = await signed_in(mailing, "chief")
    await prefer(chief, NotificationType.DELIVERY_ALERT, language="fr")
    await tell(mailing, "chief", NotificationType.DELIVERY_ALERT, message="“A & <B>” fails.")
    (letter,) = await mail.wait_for(1)
    plain, html = parts(letter)
    assert letter["Subject"] == "Du nouveau sur les livraisons"
    assert "“A & <B>” fails." in plain
    assert '<p style="margin:0 0 20px" lang="en" dir="ltr">“A &amp; &lt;B&gt;” fails.</p>' in html
    assert f"{PUBLIC_URL}/notifications" in plain


async def test_a_test_letter_goes_to_the_own_address(mailing: GatewayClient, mail: MailServer) -> None:
    rosa = await mailing.another("rosa")
    assert (await rosa.http.post("/notifications/test-email")).status_code == 202
    (letter,) = await mail.wait_for(1)
    assert (mail.recipients, letter["Subject"]) == (["rosa@example.org"], "RelayPACS can reach you")
    await make_user(mailing, "nomail")
    is_problem(await (await signed_in(mailing, "nomail")).http.post("/notifications/test-email"), 409, "no-address")


# -- when it does not go through -------------------------------------------------------------------------------


async def test_what_a_busy_server_does_not_take_is_sent_again_under_the_same_name(
    mailing: GatewayClient, mail: MailServer
) -> None:
    await mailing.register("rosa")
    mail.answers["DATA"] = "451 Later"
    await tell(mailing, "rosa")

    async def knocked_thrice() -> bool:
        return mail.knocked >= 3

    await until(knocked_thrice)
    (message,) = await until_states(mailing, WAITING)
    assert message.last_reason == "the server refuses the letter (SMTP 451)"
    mail.answers.clear()
    (letter,) = await mail.wait_for(1)
    (sent,) = await until_states(mailing, SENT)
    assert (letter["Message-ID"], sent.attempts >= 3) == (f"<{message.id}@gateway.example>", True)


async def test_what_is_refused_for_good_is_not_sent_again(mailing: GatewayClient, mail: MailServer) -> None:
    await mailing.register("rosa")
    mail.answers["RCPT"] = "550 Nobody here"
    await tell(mailing, "rosa")
    (message,) = await until_states(mailing, FAILED)
    assert (message.attempts, mail.knocked) == (1, 1)
    assert message.last_reason == "the server refuses the recipient (SMTP 550)"


async def test_it_gives_up_after_a_day(mailing: GatewayClient, mail: MailServer) -> None:
    await mailing.register("rosa")
    mail.answers["DATA"] = "451 Later"
    await tell(mailing, "rosa")
    async with mailing.infrastructure.database.write() as session:
        await session.execute(update(OutgoingMessage).values(created_at=now() - EmailCourier.gives_up_after))
    (message,) = await until_states(mailing, FAILED)
    assert message.last_reason == "the server refuses the letter (SMTP 451)"


async def test_a_server_that_is_down_keeps_nobody_from_being_notified(with_mail: Settings) -> None:
    nobody_there = SecretStr(f"smtp://127.0.0.1:{free_port()}")
    async with running_gateway(with_mail.model_copy(update={"smtp_url": nobody_there})) as gateway:
        await gateway.sign_in(ADMIN)
        rosa = await gateway.another("rosa")
        await tell(gateway, "rosa")
        (item,) = (await rosa.http.get("/notifications")).json()["items"]
        assert item["type"] == "critical_result"

        async def tried() -> bool:
            return [each.last_reason for each in await outgoing(gateway)] == [
                "the server cannot be reached, or breaks off"
            ]

        await until(tried)
        await until_states(gateway, WAITING)


async def test_what_was_read_meanwhile_or_has_nobody_any_more_is_dropped(
    mailing: GatewayClient, mail: MailServer
) -> None:
    mail.answers["DATA"] = "451 Later"
    rosa = await mailing.another("rosa")
    await mailing.register("bert")
    await tell(mailing, "rosa")
    await tell(mailing, "bert")
    await rosa.http.post("/notifications/read-all")
    async with mailing.infrastructure.database.write() as session:
        await session.execute(update(User).where(User.username == "bert").values(state=AccountState.DISABLED))
    mine, his = await until_states(mailing, DROPPED, DROPPED)
    assert (mine.last_reason, his.last_reason) == (
        "It was read meanwhile.",
        "The account has no address, or is not active any more.",
    )
    assert mail.letters == []


async def test_what_was_under_way_when_the_gateway_died_goes_out_after_its_start(
    with_mail: Settings, mail: MailServer
) -> None:
    async with running_gateway(with_mail) as gateway:
        mail.answers["DATA"] = "451 Later"
        await gateway.register("rosa")
        await tell(gateway, "rosa")
        await until_states(gateway, WAITING)
        async with gateway.infrastructure.database.write() as session:
            # Where others may live beside it, a start does not free what a lease still holds.
            until = now() + (timedelta(seconds=1) if with_mail.redis_url else timedelta(hours=1))
            await session.execute(update(OutgoingMessage).values(lease_owner="dead", lease_until=until, next_at=now()))
    mail.answers.clear()
    async with running_gateway(with_mail) as gateway:
        await mail.wait_for(1)
        await until_states(gateway, SENT)
    assert len(mail.letters) == 1


async def test_messages_are_forgotten_after_a_month_and_notifications_stay(
    mailing: GatewayClient, mail: MailServer
) -> None:
    await mailing.register("rosa")
    await tell(mailing, "rosa")
    await tell(mailing, "rosa")
    old, _ = await until_states(mailing, SENT, SENT)
    async with mailing.infrastructure.database.write() as session:
        month_ago = now() - timedelta(days=31)
        await session.execute(update(OutgoingMessage).where(OutgoingMessage.id == old.id).values(ended_at=month_ago))
    await forget_messages(mailing.infrastructure)
    assert old.id not in [message.id for message in await outgoing(mailing)]
    assert len(await outgoing(mailing)) == 1
    async with mailing.infrastructure.database.read() as session:
        assert await session.scalar(select(func.count()).select_from(Notification)) == 2
    assert len(mail.letters) == 2


@pytest.mark.parametrize("language", list(Language))
def test_every_language_has_words_for_every_type(language: Language) -> None:
    folder = files("relaypacs.features.notifications") / "words"
    words = json.loads((folder / f"{language}.json").read_text(encoding="utf-8"))
    assert words.keys() == {"frame", "test", *(kind.value for kind in NotificationType)}
    assert words["frame"].keys() == {"dir", "open", "why", "change"}
    for name in words.keys() - {"frame"}:
        assert words[name].keys() == {"subject", "text"}
        assert all(words[name].values())
