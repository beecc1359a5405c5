"""From the settings to Web Push."""

from email.utils import parseaddr

from relaypacs.adapters.outbound.base import Outbound
from relaypacs.adapters.push.base import PushSender
from relaypacs.core.keys import Keys
from relaypacs.core.settings import Settings


def open_push(settings: Settings, outbound: Outbound, keys: Keys) -> PushSender | None:
    """Return the adapter; None where browsers have no address of this gateway, or push services none to ask at."""
    contact = settings.public_url
    if not contact.startswith("https://") and settings.mail_from:
        contact = f"mailto:{parseaddr(settings.mail_from)[1]}"
    if not contact:
        return None
    # Its library takes a while to load, which gateways without push need not spend.
    from relaypacs.adapters.push.web_push import WebPushSender  # noqa: PLC0415

    return WebPushSender(outbound, keys, contact)
