"""From the settings to the mail server."""

from urllib.parse import SplitResult, unquote, urlsplit

from relaypacs.adapters.mail.base import Mailer
from relaypacs.core.settings import Settings

# What the scheme says of TLS, and the port where none is named.
SCHEMES = {"smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}


def open_mailer(settings: Settings) -> Mailer | None:
    """Return the adapter, not yet connected; None where no server is configured."""
    url = settings.smtp_url.get_secret_value()
    if not url:
        return None
    # Its library takes a while to load, which gateways without e-mail need not spend.
    from relaypacs.adapters.mail.smtp import SmtpAddress, SmtpMailer  # noqa: PLC0415

    parts: SplitResult = urlsplit(url)
    security, port = SCHEMES[parts.scheme]
    address = SmtpAddress(
        host=parts.hostname or "",
        port=parts.port or port,
        security=security,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
    return SmtpMailer(address)
