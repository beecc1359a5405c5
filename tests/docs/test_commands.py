"""The commands in the documentation are those of the program, with their options and exit codes."""

import re
import shlex
from collections.abc import Iterator
from types import ModuleType

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from relaypacs.cli import admin as admin_command
from relaypacs.cli import upload as upload_command
from relaypacs.cli.admin_desk import EXIT_REFUSED
from relaypacs.cli.main import app
from relaypacs.cli.settings_report import EXIT_CONFIGURATION
from relaypacs.cli.upload_job import ExitCode
from tests.docs.pages import all_pages, page

CLI = page("docs/cli.md")
WRONG_COMMAND_LINE = 2
EXIT_CODE = re.compile(r"^\| *(\d+) \| (.+) \|$", re.MULTILINE)


def program() -> TyperGroup:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return group


def commands() -> dict[str, TyperCommand]:
    """Every command by its words, such as `admin audit list`."""
    return dict(below(program()))


def below(group: TyperGroup, *words: str) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from below(command, *words, name)
        elif not command.hidden:
            yield " ".join([*words, name]), command


def named(words: list[str]) -> str:
    """Return the command that a line begins with, or as much of its words as name a group."""
    names = {" ".join(name.split()[:depth]) for name in commands() for depth in (1, 2, 3)}
    return max((name for name in names if words[: len(name.split())] == name.split()), key=len, default="")


def options(command: TyperCommand) -> set[str]:
    found = {name for param in command.params for name in [*param.opts, *param.secondary_opts] if name.startswith("-")}
    return found - {"--help"}


def calls() -> Iterator[tuple[str, list[str]]]:
    """Yield where each `relaypacs …` of the documentation stands, and its words."""
    for document in all_pages():
        for text in [*document.blocks, *document.names]:
            joined = text.replace("\\\n", " ")
            for words in re.findall(r"(?:^|/|\s)relaypacs ([a-z][^\n|;&]*)", joined):
                yield str(document), shlex.split(words.partition("<<")[0].replace("'relaypacs", ""), comments=True)


def test_every_command_has_its_heading():
    assert CLI.headings(2) == [
        f"relaypacs {name}" for name, command in program().commands.items() if not command.hidden
    ]
    grouped = [name for name in commands() if " " in name]
    assert CLI.headings(3) == [f"relaypacs {name}" for name in grouped]


@pytest.mark.parametrize("name", commands())
def test_the_options_of_a_command_are_documented(name: str):
    section = CLI.section(f"relaypacs {name}")
    table = set(re.findall(r"`(--?[a-z-]+)`", " ".join(re.findall(r"\| ((?:`--?[a-z-]+`(?:, )?)+) \|", section))))
    assert table == options(commands()[name])


@pytest.mark.parametrize(
    ("name", "module", "codes"),
    [
        ("upload", upload_command, {*ExitCode, WRONG_COMMAND_LINE}),
        ("admin", admin_command, {0, EXIT_REFUSED, EXIT_CONFIGURATION}),
    ],
)
def test_the_exit_codes_of_a_command_are_documented(name: str, module: ModuleType, codes: set[int]):
    documented = EXIT_CODE.findall(
        re.split("^## ", CLI.text.partition(f"## relaypacs {name}\n")[2], flags=re.MULTILINE)[0]
    )
    assert {int(code) for code, _ in documented} == codes
    assert documented == EXIT_CODE.findall((module.__doc__ or "").replace("``", "`"))


@pytest.mark.parametrize(("where", "words"), list(calls()), ids=lambda value: value if isinstance(value, str) else "")
def test_commands_that_are_named_exist(where: str, words: list[str]):
    if "COMMAND" in words:
        words = words[: words.index("COMMAND")]
        assert named(words) == " ".join(words), where
        return
    name = named(words)
    assert name, where
    used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert used <= {"--help"} | (options(commands()[name]) if name in commands() else set()), where
    assert name in commands() or len(name.split()) == len(words) - len(used), where
