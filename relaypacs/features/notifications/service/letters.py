"""What an e-mail says: that something happened, and where to read it. Nothing about a patient."""

import json
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from html import escape
from importlib.resources import files

from relaypacs.core.settings import Settings
from relaypacs.features.notifications.models import Language, Notification, NotificationType, OutgoingMessage
from relaypacs.features.notifications.service.links import SETTINGS_PAGE, page_of

TEST = "test"
IN_OWN_WORDS = frozenset({NotificationType.DELIVERY_ALERT, NotificationType.WEBHOOK_ALERT})
PAGE = """<!doctype html>
<html lang="{lang}" dir="{dir}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif;color:#1a1a1a;background:#ffffff">
<h1 style="font-size:20px;margin:0 0 8px">{subject}</h1>
<p style="margin:0 0 20px"{text_lang}>{text}</p>
<p style="margin:0 0 28px"><a href="{link}" style="display:inline-block;padding:12px 20px;background:#0b5cad;\
color:#ffffff;border-radius:6px;text-decoration:none">{open}</a></p>
<p style="margin:0;font-size:14px;color:#555555">{why} <a href="{settings}" style="color:#0b5cad">{change}</a></p>
</body></html>
"""


@cache
def words_in(language: Language) -> Mapping[str, Mapping[str, str]]:
    """Return the words of a language: `frame`, and by type and for tests `subject` and `text`."""
    folder = files("relaypacs.features.notifications") / "words"
    words: dict[str, dict[str, str]] = json.loads((folder / f"{language.value}.json").read_text(encoding="utf-8"))
    return words


def letter(
    settings: Settings, message: OutgoingMessage, notification: Notification | None, address: str, language: Language
) -> EmailMessage:
    """Return the e-mail for a message. Its Message-ID stays the same however often it is sent (RFC 5322 3.6.4)."""
    words = words_in(language)
    frame, said = words["frame"], words[message.type.value if message.type else TEST]
    # Only the gateway's own sentence names the destination or the site, and says what is the matter.
    is_own = message.type in IN_OWN_WORDS and notification is not None
    text = notification.message if is_own and notification else said["text"]
    link = settings.public_url + page_of(message.type, message.related_id)
    facts = {"subject": said["subject"], "text": text, "link": link, "settings": settings.public_url + SETTINGS_PAGE}
    mail = EmailMessage()
    mail["Subject"] = said["subject"]
    mail["From"] = settings.mail_from
    mail["To"] = address
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.id}@{parseaddr(settings.mail_from)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice answers it
    mail.set_content(
        f"{text}\n\n{frame['open']}:\n{link}\n\n-- \n{frame['why']}\n{frame['change']}:\n{facts['settings']}\n"
    )
    shown = {name: escape(value) for name, value in {**frame, **facts}.items()}
    text_lang = ' lang="en" dir="ltr"' if is_own else ""
    mail.add_alternative(PAGE.format(lang=language.value, text_lang=text_lang, **shown), subtype="html")
    mail["Content-Language"] = language.value  # before there are parts it would go with the first one
    return mail
