"""Examines the set-up of this machine from its settings. Nothing is made or changed that outlives the examination."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from pathlib import Path

from relaypacs.adapters.listener.server import tls_context
from relaypacs.adapters.mail.base import Mailer, MailUnavailable
from relaypacs.adapters.mail.factory import open_mailer
from relaypacs.adapters.oidc.base import IdentityProvider, OidcUnavailable
from relaypacs.adapters.oidc.factory import open_provider
from relaypacs.adapters.pacs.base import PacsUnavailable
from relaypacs.adapters.pacs.factory import open_pacs, parse_pacs_url
from relaypacs.adapters.syslog.base import SyslogSender, SyslogUnavailable
from relaypacs.adapters.syslog.factory import open_syslog
from relaypacs.cli.doctor_files import examine_file_system, examine_folder, examine_secret_key, examine_space
from relaypacs.cli.doctor_rows import examine_rows
from relaypacs.cli.findings import Finding, good, problem
from relaypacs.core.database import Database, sqlite_file
from relaypacs.core.errors import DatabaseUnavailable
from relaypacs.core.settings import Settings
from relaypacs.migrations.run import Standing, newest_revision, revision_of, standing_of

UP_TO_DATE = "up to date"


def examine_local(settings: Settings) -> Iterator[Finding]:
    """Yield what was found, one thing after the other."""
    yield examine_folder("data folder", settings.data_dir, "RELAYPACS_DATA_DIR")
    yield from _storage(settings)
    if (file_system := examine_file_system(settings)) is not None:
        yield file_system
    yield (secret_key := examine_secret_key(settings))
    yield (database := _database(settings))
    if database.ok and secret_key.ok and UP_TO_DATE in database.detail:
        yield from asyncio.run(examine_rows(settings))
    else:
        yield asyncio.run(_pacs(settings))
    if settings.redis_url:
        from relaypacs.cli.doctor_redis import examine_redis  # noqa: PLC0415 - it needs Redis' library

        yield asyncio.run(examine_redis(settings.redis_url))
    if provider := open_provider(settings):
        yield asyncio.run(_identity_provider(provider, settings.oidc_redirect_uri))
    if settings.dicom_port:
        yield _listener(settings)
    if mailer := open_mailer(settings):
        yield asyncio.run(_mail(mailer))
    yield _web_app(settings)
    if (syslog := open_syslog(settings)) is not None:
        yield asyncio.run(_syslog(syslog, settings))


def _storage(settings: Settings) -> Iterator[Finding]:
    place = settings.storage_place
    if isinstance(place, Path):
        yield examine_folder("storage", place, "RELAYPACS_STORAGE_URL")
        yield examine_space(place, settings.storage_reserve)
        return
    from relaypacs.cli.doctor_bucket import examine_bucket, examine_copies  # noqa: PLC0415 - needs its library

    yield asyncio.run(examine_bucket(place))
    yield examine_copies(settings)


def _database(settings: Settings) -> Finding:
    url = settings.effective_database_url
    file = sqlite_file(url)
    if file is None:
        return asyncio.run(_schema("PostgreSQL", url))
    if not file.exists():
        return good("database", "SQLite, will be made at the first start")
    return asyncio.run(_schema("SQLite", url))


async def _schema(kind: str, url: str) -> Finding:
    """Compare the database's revision with the program's."""
    database = Database(url, pool=1)
    try:
        found, standing = await revision_of(database), await standing_of(database)
    except DatabaseUnavailable:
        return problem("database", f"{kind} does not answer", "Start it, and check RELAYPACS_DATABASE_URL.")
    finally:
        await database.close()
    if found is None:
        return good("database", f"{kind}, empty; its tables will be made at the first start")
    newest = newest_revision()
    if standing is Standing.AHEAD:
        return good("database", f"{kind}, at revision {found}, which this program, at {newest}, can work with")
    if standing is not Standing.CURRENT:
        remedy = "Start the gateway once: it migrates. A database that is newer needs the newer gateway."
        return problem("database", f"{kind}, at revision {found}, not {newest}", remedy)
    return good("database", f"{kind}, {UP_TO_DATE}")


async def _pacs(settings: Settings) -> Finding:
    """Ask what will be the first destination: the database says nothing of any yet, or can't be read."""
    url = settings.pacs.get_secret_value()
    if not url:
        archive = settings.data_dir / "archive"
        return examine_folder("PACS", archive, "RELAYPACS_PACS")
    try:
        pacs = open_pacs(parse_pacs_url(url))
    except ValueError as error:
        return problem("PACS", str(error), "Correct RELAYPACS_PACS.")
    try:
        await pacs.echo()
    except PacsUnavailable as error:
        remedy = (
            "Check address, user and password or AE title in RELAYPACS_PACS, and that the PACS runs. Uploads are kept."
        )
        return problem("PACS", f"{error} [{error.cause.value}]", remedy, code=error.cause.value)
    finally:
        await pacs.close()
    return good("PACS", "answers, and lets us in")


async def _identity_provider(provider: IdentityProvider, redirect_uri: str) -> Finding:
    """Ask the provider what it publishes. Whether it knows us only a sign-in can tell."""
    try:
        await provider.check()
    except OidcUnavailable as fault:
        remedy = "Check RELAYPACS_OIDC_ISSUER, and that this machine reaches it. Passwords work meanwhile."
        return problem("single sign-on", str(fault), remedy)
    finally:
        await provider.close()
    return good("single sign-on", "the provider answers", f"It must have the redirect URI {redirect_uri}.")


async def _mail(mailer: Mailer) -> Finding:
    """Connect and sign in. Whether it lets us send from our address only a letter can tell."""
    try:
        await mailer.check()
    except MailUnavailable as fault:
        remedy = "Check RELAYPACS_SMTP_URL, and that this machine reaches it. The app tells people meanwhile."
        return problem("e-mail", str(fault), remedy)
    return good("e-mail", "the mail server answers, and lets us in", "Send a test from the account page.")


def _listener(settings: Settings) -> Finding:
    """Find out whether the listener could begin: its certificate can be read, and its port is free or ours."""
    what, where = "DICOM listener", (settings.dicom_host, settings.dicom_port)
    if settings.dicom_tls_certificate:
        try:
            tls_context(settings.dicom_tls_certificate, settings.dicom_tls_key, settings.dicom_tls_ca)
        except OSError as error:
            remedy = "Check the files of RELAYPACS_DICOM_TLS_CERTIFICATE, _KEY and _CA."
            return problem(what, f"its certificate can't be used: {error.strerror or type(error).__name__}", remedy)
    try:
        with socket.create_server(where, family=socket.AF_INET6 if ":" in settings.dicom_host else socket.AF_INET):
            return good(what, f"port {settings.dicom_port} is free")
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return good(
                what, f"port {settings.dicom_port} is in use", "By the gateway, if it runs; else end what has it."
            )
        remedy = "Check RELAYPACS_DICOM_HOST and RELAYPACS_DICOM_PORT; ports below 1024 need a privilege."
        return problem(what, f"can't listen: {error.strerror}", remedy)


def _web_app(settings: Settings) -> Finding:
    if (settings.web_dir / "index.html").is_file():
        return good("web app", "built")
    return problem("web app", "not built; the API works without it", "Run `make web`.")


async def _syslog(sender: SyslogSender, settings: Settings) -> Finding:
    """Connect to the syslog server. Nothing is sent: what arrives there is taken for an event."""
    try:
        await sender.send([])
    except SyslogUnavailable as error:
        remedy = (
            "Check RELAYPACS_AUDIT_SYSLOG and RELAYPACS_AUDIT_SYSLOG_CA, and that the server runs. Events are kept."
        )
        return problem("syslog", str(error), remedy)
    finally:
        await sender.close()
    if settings.audit_syslog.startswith("udp:"):
        return good("syslog", "its name is known", "UDP says nothing about what arrives: look there, or use tls://.")
    return good("syslog", "takes connections")
