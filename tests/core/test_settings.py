"""Settings are validated together, and never say a secret."""

import stat
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex, token_urlsafe
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from relaypacs.cli.settings_report import problems_of
from relaypacs.core.passwords import secret_weakness
from relaypacs.core.redis_address import parse_redis_url
from relaypacs.core.settings import Environment, Registration, Settings

CANARY = "Vex-7-Quartz-Glyph-Bumpy"  # good enough for a password, too short for a key
GOOD_SECRET = "9f1c62d07ab84e35c2e8d94b07fa613c"
PRODUCTION: dict[str, Any] = {
    "environment": "production",
    "secret_key": GOOD_SECRET,
    "admin_username": "first-admin",
    "database_url": "postgresql://db/r",
    "pacs": "folder:///a",
}


def problems(**settings: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        Settings(**settings)
    return problems_of(caught.value)


def names(found: list[str]) -> set[str]:
    return {problem.split(":", maxsplit=1)[0] for problem in found}


def test_the_defaults_are_good() -> None:
    assert Settings().environment is Environment.EMBEDDED


def test_every_problem_is_reported_at_once() -> None:
    found = problems(
        environment="production",
        database_url="mysql://db/relay",
        storage_url="s3:bucket",
        redis_url="http://cache",
        pacs="ftp://pacs",
        secret_key="short",
        admin_username="admin",
        admin_password="short",
        cors_origins="*",
        registration="whoever",
        login_rate_limit="often",
        max_files=0,
        complete_wait=-1,
        log_level="loud",
        audit_syslog="relp://logs",
        audit_source="",
    )
    assert len(found) == 15
    assert names(found) == {
        "RELAYPACS_DATABASE_URL",
        "RELAYPACS_STORAGE_URL",
        "RELAYPACS_REDIS_URL",
        "RELAYPACS_PACS",
        "RELAYPACS_SECRET_KEY",
        "RELAYPACS_ADMIN_USERNAME",
        "RELAYPACS_ADMIN_PASSWORD",
        "RELAYPACS_CORS_ORIGINS",
        "RELAYPACS_REGISTRATION",
        "RELAYPACS_LOGIN_RATE_LIMIT",
        "RELAYPACS_MAX_FILES",
        "RELAYPACS_COMPLETE_WAIT",
        "RELAYPACS_LOG_LEVEL",
        "RELAYPACS_AUDIT_SYSLOG",
        "RELAYPACS_AUDIT_SOURCE",
    }


def test_production_demands_what_the_embedded_set_up_makes_up() -> None:
    found = problems(environment="production", admin_username="first-admin")
    assert names(found) == {"RELAYPACS_SECRET_KEY", "RELAYPACS_DATABASE_URL", "RELAYPACS_PACS"}
    assert all(problem.endswith("is required in production") for problem in found)
    Settings(**PRODUCTION)


def test_registration_is_open_where_nothing_else_is_said_but_not_in_production() -> None:
    assert Settings().effective_registration is Registration.OPEN
    assert Settings(**PRODUCTION).effective_registration is Registration.APPROVAL
    assert Settings(registration="closed").effective_registration is Registration.CLOSED


@pytest.mark.parametrize("address", ["", "udp://logs", "tcp://192.0.2.1:601", "tls://[2001:db8::1]:6514/"])
def test_an_address_of_a_syslog_server(address: str) -> None:
    assert Settings(audit_syslog=address).audit_syslog == address


@pytest.mark.parametrize(
    "address",
    [
        "tls:logs",
        "tls://",
        "tls://:6514",
        "tls://logs:0",
        "tls://logs:65536",
        "tls://logs:six",
        "tls://[logs",
        "tls://logs/path",
        "tls://logs?format=rfc5424",
        "tls://logs#top",
        f"tls://relay:{CANARY}@logs",
    ],
)
def test_what_is_no_address_of_a_syslog_server(address: str) -> None:
    (problem,) = problems(audit_syslog=address)
    assert problem == "RELAYPACS_AUDIT_SYSLOG: must be a host and perhaps a port, as in tls://logs.example:6514"


MAILING = {"public_url": "https://gateway.example", "mail_from": "RelayPACS <relay@gateway.example>"}


@pytest.mark.parametrize(
    "address",
    ["smtp://mail", "smtp://relay:secret@127.0.0.1:25", "smtp+starttls://r%40x:p%2Fw@mail:587", "smtps://mail"],
)
def test_an_address_of_a_mail_server(address: str) -> None:
    settings = Settings(smtp_url=address, **MAILING)
    assert settings.smtp_url.get_secret_value() == address
    assert address not in repr(settings)


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("mail.example:25", "must start with"),
        ("smtp://", "as in smtp+starttls://"),
        ("smtps://mail:65536", "as in smtp+starttls://"),
        ("smtps://mail:0", "as in smtp+starttls://"),
        ("smtps://mail/path", "as in smtp+starttls://"),
        ("smtps://relay@mail", "both a user and a password"),
        (f"smtp://relay:{CANARY}@mail", "where there is a password"),
    ],
)
def test_what_is_no_address_of_a_mail_server(address: str, part: str) -> None:
    (problem,) = problems(smtp_url=address, **MAILING)
    assert problem.startswith("RELAYPACS_SMTP_URL: ")
    assert part in problem
    assert CANARY not in problem


def test_half_of_what_e_mail_needs_is_refused() -> None:
    assert names(problems(smtp_url="smtp://mail")) == {"RELAYPACS_SMTP_URL", "RELAYPACS_MAIL_FROM"}


@pytest.mark.parametrize("sender", ["relay", "a@b, c@d", "RelayPACS relay@x", "relay@x\nBcc: all@x", "<@x>"])
def test_what_nobody_can_be_written_from(sender: str) -> None:
    assert names(problems(smtp_url="smtp://mail", **{**MAILING, "mail_from": sender})) == {"RELAYPACS_MAIL_FROM"}


@pytest.mark.parametrize("environment", ["embedded", "production"])
def test_a_short_secret_key_is_refused_everywhere(environment: str) -> None:
    short = "9f1c62d07ab84e35c2e8d94b07fa613"
    (problem,) = problems(**{**PRODUCTION, "environment": environment, "secret_key": short})
    assert problem == "RELAYPACS_SECRET_KEY: must have at least 32 characters"


@pytest.mark.parametrize(
    "weak",
    [
        "change-me-9f1c62d07ab84e35c2e8d94b07fa613c",
        "please_CHANGE_this 9f1c62d07ab84e35c2e8d94b07fa613c",
        "Secret-9f1c62d07ab84e35c2e8d94b07fa613c",
        "your-secret-key-9f1c62d07ab84e35c2e8d94b07fa613c",
        "a" * 64,
        "abaabbbaababbbabaabbabaabbbaabab",
        "0123456789abcdef0123456789abcdef",
        "abcdefghijklmnopqrstuvwxyz0123456789",
        "Passw0rd1!Passw0rd1!Passw0rd1!Passw0rd1!",
        "9f1c62d07ab84e359f1c62d07ab84e35",  # random, twice the same
    ],
)
def test_production_refuses_a_weak_secret_key_and_does_not_repeat_it(weak: str) -> None:
    (problem,) = problems(**{**PRODUCTION, "secret_key": weak})
    assert problem.startswith("RELAYPACS_SECRET_KEY: must ")
    assert weak not in problem


def test_keys_as_generators_make_them_are_taken() -> None:
    """The poorest is 128 bits in hexadecimal, where several of the 16 digits are missing."""
    for _ in range(100):
        for make, size in ((token_hex, 16), (token_hex, 32), (token_urlsafe, 24), (token_urlsafe, 48)):
            key = make(size)
            assert secret_weakness(key) is None, key


@pytest.mark.parametrize("name", ["admin", "Administrator", "root", "SA", "test", "guest"])
def test_production_refuses_the_names_that_everybody_tries(name: str) -> None:
    (problem,) = problems(**{**PRODUCTION, "admin_username": name})
    assert problem.startswith("RELAYPACS_ADMIN_USERNAME: must be none of admin, ")
    assert Settings(admin_username=name).admin_username == name


def test_production_refuses_the_name_that_stands_where_none_is_given() -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != "admin_username"}
    assert names(problems(**given)) == {"RELAYPACS_ADMIN_USERNAME"}


@pytest.mark.parametrize("environment", ["embedded", "production"])
@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Vex-7-Glyph", "at least 12 characters"),
        ("password1234", "too easy to guess"),
        ("Vex-7-FIRST-admin-Glyph", "user name"),
    ],
)
def test_the_first_admins_password_is_held_to_everybodys_rule(environment: str, password: str, said: str) -> None:
    (problem,) = problems(**{**PRODUCTION, "environment": environment, "admin_password": password})
    assert problem.startswith("RELAYPACS_ADMIN_PASSWORD: ")
    assert said in problem
    assert password not in problem


def test_a_name_and_a_password_that_are_both_refused_are_both_reported() -> None:
    found = problems(**{**PRODUCTION, "admin_username": "root", "admin_password": "password1234"})
    assert names(found) == {"RELAYPACS_ADMIN_USERNAME", "RELAYPACS_ADMIN_PASSWORD"}
    refused_name_only = problems(**{**PRODUCTION, "admin_username": "root", "admin_password": CANARY})
    assert names(refused_name_only) == {"RELAYPACS_ADMIN_USERNAME"}


def test_production_needs_a_database_server() -> None:
    (problem,) = problems(**{**PRODUCTION, "database_url": "sqlite:////srv/relaypacs.db"})
    assert problem == "RELAYPACS_DATABASE_URL: must start with postgresql:// in production"


def test_no_other_origin_is_let_in_unless_named() -> None:
    assert Settings().allowed_origins == ()
    named = Settings(cors_origins="https://portal.example, http://127.0.0.1:5173,https://[::1]:8443,")
    assert named.allowed_origins == ("https://portal.example", "http://127.0.0.1:5173", "https://[::1]:8443")


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.example",
        "null",
        "portal.example",
        "https://portal.example/",
        "https://portal.example/app",
        "https://Portal.example",
        "https://portal.example:443",
        "http://portal.example:80",
        "ftp://portal.example",
        "https://me@portal.example",
        "https://",
    ],
)
def test_what_no_browser_names_as_an_origin_is_refused(origin: str) -> None:
    (problem,) = problems(cors_origins=f"https://good.example,{origin}")
    assert problem.startswith("RELAYPACS_CORS_ORIGINS: must be origins")


@pytest.mark.parametrize("token", ["short", "a" * 40, "two words" * 5, "0123456789abcdef" * 2])
def test_a_token_for_the_metrics_that_is_easy_to_guess_is_refused(token: str) -> None:
    (problem,) = problems(metrics_token=token)
    assert problem.startswith("RELAYPACS_METRICS_TOKEN: ")
    assert Settings(metrics_token=SecretStr(GOOD_SECRET)).metrics_token.get_secret_value() == GOOD_SECRET


@pytest.mark.parametrize(
    "dsn",
    [
        "sentry.example/7",
        "https://sentry.example/7",
        "https://key@sentry.example/",
        "http://key@sentry.example/7",
        "https://key@:x/7",
    ],
)
def test_what_is_no_dsn_or_would_report_in_the_clear_is_refused(dsn: str) -> None:
    (problem,) = problems(sentry_dsn=dsn)
    assert problem == "RELAYPACS_SENTRY_DSN: must be a DSN as Sentry shows it, as in https://key@sentry.example/1"


@pytest.mark.parametrize(
    "address", ["collector:4318", "grpc://collector:4317", "http://", "http://collector:x", "http://c/?a=b"]
)
def test_what_is_no_collector_is_refused(address: str) -> None:
    (problem,) = problems(otel_endpoint=address)
    assert problem.startswith("RELAYPACS_OTEL_ENDPOINT: must be an address")
    assert Settings(otel_endpoint="http://collector:4318/").otel_endpoint == "http://collector:4318"


@pytest.mark.parametrize("show", [repr, str], ids=["repr", "str"])
def test_settings_never_show_a_secret(show: Callable[[object], str]) -> None:
    settings = Settings(
        secret_key=f"{CANARY}-{GOOD_SECRET}",
        admin_password=CANARY,
        pacs=f"dicomweb+http://relay:{CANARY}@pacs/dicom-web",
        database_url=f"postgresql://relay:{CANARY}@db/relay",
        metrics_token=f"{CANARY}-{GOOD_SECRET}",
        sentry_dsn=f"https://{CANARY}@sentry.example/7",
    )
    assert CANARY not in show(settings)


@pytest.mark.parametrize(
    "setting",
    [
        {"secret_key": CANARY},
        {"pacs": f"ftp://relay:{CANARY}@pacs"},
        {"database_url": f"mysql://relay:{CANARY}@db/relay"},
        {"metrics_token": CANARY},
        {"sentry_dsn": f"http://{CANARY}@sentry.example/7"},
        {"otel_endpoint": f"http://relay:{CANARY}@collector.example"},
        {"secret_key": CANARY, "admin_password": CANARY, "max_files": 0},
    ],
)
def test_an_error_never_shows_a_secret(setting: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**setting)
    assert CANARY not in str(caught.value)
    assert CANARY not in "".join(problems_of(caught.value))


def test_every_setting_is_an_environment_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RELAYPACS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RELAYPACS_COMPLETE_WAIT", "1.5")
    monkeypatch.setenv("RELAYPACS_STORAGE_URL", "file:///srv/blobs")
    settings = Settings()
    assert (settings.complete_wait, settings.storage_dir) == (1.5, Path("/srv/blobs"))
    assert settings.effective_database_url == f"sqlite:///{tmp_path}/relaypacs.db"


def test_the_embedded_set_up_makes_a_secret_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    made = Settings(data_dir=tmp_path / "data").effective_secret_key
    assert len(made) >= 32
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]
    assert Settings(data_dir=tmp_path / "data").effective_secret_key == made
    assert Settings(data_dir=tmp_path / "other").effective_secret_key != made


def test_what_a_crash_left_of_a_secret_key_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "secret.new").touch(mode=0o644)
    Settings(data_dir=tmp_path).effective_secret_key  # noqa: B018 - reading it makes it
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    (tmp_path / "secret.key").write_text("")
    with pytest.raises(ValueError, match="backup"):
        Settings(data_dir=tmp_path).effective_secret_key  # noqa: B018


def test_a_given_secret_key_is_used_and_not_written_down(tmp_path: Path) -> None:
    assert Settings(data_dir=tmp_path, secret_key=SecretStr(GOOD_SECRET)).effective_secret_key == GOOD_SECRET
    assert list(tmp_path.iterdir()) == []


OIDC: dict[str, Any] = {
    "oidc_issuer": "https://idp.example/realms/hospital",
    "oidc_client_id": "relaypacs",
    "oidc_role_map": "staff=clinician,pacs-admins=admin",
    "public_url": "https://gateway.example/",
}


def test_an_identity_provider_is_configured() -> None:
    settings = Settings(**OIDC, oidc_scopes=" openid   roles ", oidc_name=" Hospital account ")
    assert settings.oidc_roles == {"staff": "clinician", "pacs-admins": "admin"}
    assert settings.oidc_redirect_uri == "https://gateway.example/sign-in/oidc"
    assert (settings.oidc_scopes, settings.oidc_name) == ("openid roles", "Hospital account")


@pytest.mark.parametrize("issuer", [OIDC["oidc_issuer"], "http://idp.example"], ids=["good", "wrong"])
def test_an_issuer_demands_what_belongs_to_it(issuer: str) -> None:
    found = [problem for problem in problems(oidc_issuer=issuer) if "OIDC_ISSUER:" not in problem]
    assert names(found) == {"RELAYPACS_OIDC_CLIENT_ID", "RELAYPACS_OIDC_ROLE_MAP", "RELAYPACS_PUBLIC_URL"}
    assert all(problem.endswith("is required with RELAYPACS_OIDC_ISSUER") for problem in found)


def test_every_problem_with_an_identity_provider_is_reported_at_once() -> None:
    found = problems(
        oidc_issuer="http://idp.example",
        oidc_scopes="profile",
        oidc_role_claim=" ",
        oidc_role_map="staff=owner",
        oidc_name="",
        public_url="http://gateway.example",
    )
    assert names(found) == {
        "RELAYPACS_OIDC_ISSUER",
        "RELAYPACS_OIDC_CLIENT_ID",
        "RELAYPACS_OIDC_SCOPES",
        "RELAYPACS_OIDC_ROLE_CLAIM",
        "RELAYPACS_OIDC_ROLE_MAP",
        "RELAYPACS_OIDC_NAME",
        "RELAYPACS_PUBLIC_URL",
    }


@pytest.mark.parametrize(
    "setting",
    [
        {"oidc_issuer": "https://idp.example/?tenant=one"},
        {"oidc_issuer": "https://idp.example/#one"},
        {"oidc_issuer": "https://relay:secret@idp.example"},
        {"oidc_role_map": " , "},
        {"public_url": "https://gateway.example/relay"},
        {"public_url": "https://gateway.example//"},
        {"public_url": "https://gateway.example?"},
        {"public_url": "gateway.example"},
    ],
    ids=str,
)
def test_half_an_address_is_none(setting: dict[str, Any]) -> None:
    assert names(problems(**OIDC | setting)) == {f"RELAYPACS_{name.upper()}" for name in setting}


def test_a_client_secret_is_never_shown() -> None:
    assert CANARY not in repr(Settings(**OIDC, oidc_client_secret=CANARY))


POSTGRESQL = "postgresql://relay@db/relay"


@pytest.mark.parametrize(
    "url",
    [
        "redis://",
        "redis://cache:0",
        "redis://cache:port",
        "redis://cache/name",
        "redis://cache?db=1",
        "redis://cache?prefix=a:b",
        "redis://cache?ca=/etc/ca.pem",
        "redis://cache?prefix=",
        "redis://cache#0",
    ],
)
def test_a_redis_that_is_none_is_refused_without_repeating_its_password(url: str) -> None:
    given = url.replace("://", "://relay:opensesame@")
    [problem] = problems(database_url=POSTGRESQL, redis_url=given)
    assert problem.startswith("RELAYPACS_REDIS_URL: ")
    assert "opensesame" not in problem


def test_several_processes_share_no_database_that_lies_in_one_of_them() -> None:
    address = "rediss://relay:opensesame@cache:6380/1?prefix=north&ca=/etc/ca.pem"
    settings = Settings(database_url=POSTGRESQL, redis_url=address)
    assert "opensesame" not in repr(settings)
    found = parse_redis_url(settings.redis_url)
    assert (found.host, found.port, found.prefix, found.ca) == ("cache", 6380, "north", "/etc/ca.pem")
    [problem] = problems(redis_url="redis://cache")
    assert "RELAYPACS_DATABASE_URL" in problem
