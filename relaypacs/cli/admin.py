"""`relaypacs admin`: accounts, webhooks, backups, the audit trail and the state of the gateway, on the database itself.

For when nobody can sign in, and for scripts on the gateway's machine, whether or not the gateway runs. All that it does
is in the audit trail, under `cli:` and the name of the operating system's user.

| code | meaning |
|-----:|---------|
|    0 | done; `audit verify`: the trail is whole |
|    1 | refused, and why is on standard error; `audit verify`: the trail is not whole |
|    2 | the command line or the settings are wrong |
"""

from typing import Annotated, Literal

import typer

from relaypacs.cli.admin_audit import audit
from relaypacs.cli.admin_backup import backup, restore
from relaypacs.cli.admin_key import receipt_keys, rotate_key
from relaypacs.cli.admin_webhook import webhook

RoleName = Literal["clinician", "radiographer", "radiologist", "admin"]
StateName = Literal["pending", "active", "disabled"]
Username = Annotated[str, typer.Argument(metavar="USERNAME", help="The account.", show_default=False)]

admin = typer.Typer(
    help="Accounts, webhooks, backups, the audit trail and the gateway's state, on this machine.", no_args_is_help=True
)
admin.add_typer(audit, name="audit")
admin.add_typer(webhook, name="webhook")


@admin.command("system")
def system(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,  # noqa: FBT002
) -> None:
    """Say how the gateway is doing: what needs somebody first, then queues, destinations, jobs, disk and database."""
    from relaypacs.cli.admin_system import show  # noqa: PLC0415 - needs the server's libraries

    show(as_json=as_json)


@admin.command("create-user")
def create_user(
    username: Username,
    role: Annotated[RoleName, typer.Option(help="What the user may do.")],
    full_name: Annotated[str, typer.Option(help="The user's name.")] = "",
    email: Annotated[str | None, typer.Option(help="Where the user is reached.")] = None,
    site: Annotated[str | None, typer.Option(help="Name of the site; the first one unless given.")] = None,
    password_stdin: Annotated[  # noqa: FBT002 - an option of the command line
        bool, typer.Option("--password-stdin", help="Read the password from the first line of standard input.")
    ] = False,
) -> None:
    """Make an account. Without a password it prints a one-time link by which the user sets one."""
    from relaypacs.cli.admin_users import create, read_password  # noqa: PLC0415 - needs the server's libraries

    password = read_password() if password_stdin else None
    create(username, role, full_name=full_name, email=email, site=site, password=password)


@admin.command("reset-password")
def reset_password(username: Username) -> None:
    """Print a one-time link by which the user sets a new password; earlier links stop working."""
    from relaypacs.cli.admin_users import issue_reset  # noqa: PLC0415 - as above

    issue_reset(username)


@admin.command("set-role")
def set_role(
    username: Username, role: Annotated[RoleName, typer.Argument(help="What the user may do.", show_default=False)]
) -> None:
    """Give a user another role, and end his sessions."""
    from relaypacs.cli.admin_users import change_role  # noqa: PLC0415 - as above

    change_role(username, role)


@admin.command("disable-user")
def disable_user(username: Username) -> None:
    """Keep a user out, and end his sessions. What he did stays."""
    from relaypacs.cli.admin_users import change_state  # noqa: PLC0415 - as above

    change_state(username, "disabled")


@admin.command("enable-user")
def enable_user(username: Username) -> None:
    """Let a user in who was disabled, or has registered and waits for approval."""
    from relaypacs.cli.admin_users import change_state  # noqa: PLC0415 - as above

    change_state(username, "active")


@admin.command("reset-2fa")
def reset_second_factor(username: Username) -> None:
    """Turn a lost second factor off, and end the user's sessions."""
    from relaypacs.cli.admin_users import turn_second_factor_off  # noqa: PLC0415 - as above

    turn_second_factor_off(username)


@admin.command("end-sessions")
def end_sessions(username: Username) -> None:
    """Sign a user out everywhere."""
    from relaypacs.cli.admin_users import sign_out  # noqa: PLC0415 - as above

    sign_out(username)


@admin.command("list-users")
def list_users(
    role: Annotated[RoleName | None, typer.Option(help="Only users with this role.")] = None,
    state: Annotated[StateName | None, typer.Option(help="Only users in this state.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,  # noqa: FBT002
) -> None:
    """List users, the oldest account first."""
    from relaypacs.cli.admin_users import show  # noqa: PLC0415 - as above

    show(role, state, as_json=as_json)


admin.command("backup")(backup)
admin.command("restore")(restore)
admin.command("rotate-key")(rotate_key)
admin.command("receipt-keys")(receipt_keys)
