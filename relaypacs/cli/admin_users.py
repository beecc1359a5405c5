"""What the commands of `relaypacs admin` do with accounts, and what they say about it."""

import sys
from collections.abc import AsyncIterator
from uuid import UUID

import typer
from pydantic import ValidationError

from relaypacs.cli.admin_desk import actor, run, wrong_command_line
from relaypacs.cli.tables import print_table
from relaypacs.features.admin.schemas import UserChange, UserDetail, UserNew
from relaypacs.features.admin.service.sites import Sites
from relaypacs.features.admin.service.users import Users
from relaypacs.features.identity.models import AccountState, Role, User
from relaypacs.features.identity.schemas import OneTimeLink
from relaypacs.infrastructure import Infrastructure

PAGE = 200
RESET_CALL = "/api/v1/auth/password/reset"
STATES = {
    AccountState.PENDING: "waits for approval",
    AccountState.ACTIVE: "is active",
    AccountState.DISABLED: "is disabled",
}


def read_password() -> str:
    """Return the first line of standard input; at a terminal it is asked for, and not shown."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    line = typer.get_binary_stream("stdin").readline()
    try:
        return line.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise typer.BadParameter("The password on standard input is not UTF-8.") from None


def create(
    username: str, role: str, *, full_name: str, email: str | None, site: str | None, password: str | None
) -> None:
    """Make an account; without a password print the link by which its user sets one."""
    try:
        request = UserNew(username=username, role=Role(role), full_name=full_name, email=email, password=password)
    except ValidationError as error:
        wrong_command_line(error)

    async def work(infrastructure: Infrastructure) -> OneTimeLink | None:
        site_id = (await Sites(infrastructure).named(site)).id if site is not None else None
        return (await Users(infrastructure).create(request.model_copy(update={"site_id": site_id}), actor()))[1]

    link = run(work)
    typer.echo(f"{request.username} was created, as {role}.")
    if link:
        _print_link(link)


def issue_reset(username: str) -> None:
    async def work(infrastructure: Infrastructure) -> tuple[User, OneTimeLink]:
        users = Users(infrastructure)
        user = await users.named(username)
        return user, await users.issue_reset(user.id, actor())

    user, link = run(work)
    _print_link(link)
    if user.state is not AccountState.ACTIVE:
        typer.echo(f"{user.username} {STATES[user.state]}, and needs `enable-user` before signing in.", err=True)


def change_role(username: str, role: str) -> None:
    user, changed = _change(username, UserChange(role=Role(role)))
    _print_change(user, f"has the role {role}", changed=changed)


def change_state(username: str, state: str) -> None:
    user, changed = _change(username, UserChange(state=AccountState(state)))
    _print_change(user, STATES[user.state], changed=changed)


def turn_second_factor_off(username: str) -> None:
    user, changed = _change(username, UserChange(totp_enabled=False))
    _print_change(user, "signs in without a second factor", changed=changed)


def sign_out(username: str) -> None:
    async def work(infrastructure: Infrastructure) -> tuple[User, int]:
        users = Users(infrastructure)
        user = await users.named(username)
        return user, await users.end_sessions(user.id, actor())

    user, ended = run(work)
    typer.echo(f"{user.username}: {ended} session{'s were' if ended != 1 else ' was'} ended.")


def show(role: str | None, state: str | None, *, as_json: bool) -> None:
    wanted_role, wanted_state = Role(role) if role else None, AccountState(state) if state else None

    async def work(infrastructure: Infrastructure) -> tuple[list[User], dict[UUID, str]]:
        users = [user async for user in _all_users(infrastructure, wanted_role, wanted_state)]
        return users, await _site_names(infrastructure)

    users, sites = run(work)
    if as_json:
        for user in users:
            typer.echo(UserDetail.model_validate(user).model_dump_json())
        return
    print_table(
        ("user name", "role", "state", "second factor", "site", "since", "full name", "e-mail"),
        (
            (
                user.username,
                user.role.value,
                user.state.value,
                "on" if user.totp_enabled else "off",
                sites[user.site_id],
                f"{user.created_at:%Y-%m-%d}",
                user.full_name,
                user.email or "",
            )
            for user in users
        ),
    )


def _change(username: str, change: UserChange) -> tuple[User, bool]:
    """Return the account, and whether there was anything to change."""

    async def work(infrastructure: Infrastructure) -> tuple[User, bool]:
        users = Users(infrastructure)
        before = await users.named(username)
        after = await users.change(before.id, change, None, actor())
        return after, after.version != before.version

    return run(work)


def _print_change(user: User, what: str, *, changed: bool) -> None:
    if changed:
        typer.echo(f"{user.username} {what} now. All sessions of the account were ended.")
    else:
        typer.echo(f"{user.username} {what} already. Nothing was changed.")


def _print_link(link: OneTimeLink) -> None:
    """Say where the user sets the password, with the web app and without it."""
    typer.echo(f"Good once, until {link.expires_at:%Y-%m-%d %H:%M} UTC:")
    if link.url.startswith("/"):
        typer.echo("The gateway's address, followed by")
    typer.echo(f"  {link.url}")
    typer.echo(f"or, without the web app, POST {RESET_CALL} with this token and a password of the user's choice:")
    typer.echo(f'  {{"token": "{link.token}", "password": "…"}}')


async def _all_users(
    infrastructure: Infrastructure, role: Role | None, state: AccountState | None
) -> AsyncIterator[User]:
    users, after = Users(infrastructure), None
    while page := await users.page(actor(), role=role, state=state, after=after, limit=PAGE):
        for user in page:
            yield user
        after = page[-1].id


async def _site_names(infrastructure: Infrastructure) -> dict[UUID, str]:
    sites, names, after = Sites(infrastructure), {}, None
    while page := await sites.page(after=after, limit=PAGE):
        names.update({site.id: site.name for site in page})
        after = page[-1].id
    return names
