"""The commands in the documentation are those of the program, with their options and exit codes."""

import re
import shlex
from collections.abc import Iterator

import pytest
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from relaypacs.cli import upload as upload_command
from relaypacs.cli.main import app
from relaypacs.cli.upload_job import ExitCode
from tests.docs.pages import all_pages, page

CLI = page("docs/cli.md")
WRONG_COMMAND_LINE = 2
EXIT_CODE = re.compile(r"^\| *(\d+) \| (.+) \|$", re.MULTILINE)


def commands() -> dict[str, TyperCommand]:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    return {name: command for name, command in group.commands.items() if not command.hidden}


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
    assert CLI.headings(2) == [f"relaypacs {name}" for name in commands()]


@pytest.mark.parametrize("name", commands())
def test_the_options_of_a_command_are_documented(name: str):
    section = CLI.section(f"relaypacs {name}")
    table = set(re.findall(r"`(--?[a-z-]+)`", " ".join(re.findall(r"\| ((?:`--?[a-z-]+`(?:, )?)+) \|", section))))
    assert table == options(commands()[name])


def test_the_exit_codes_of_upload_are_documented():
    text = CLI.text.partition("## relaypacs upload")[2].partition("## relaypacs verify-receipt")[0]
    documented = EXIT_CODE.findall(text)
    assert {int(code) for code, _ in documented} == {*ExitCode, WRONG_COMMAND_LINE}
    assert documented == EXIT_CODE.findall((upload_command.__doc__ or "").replace("``", "`"))


@pytest.mark.parametrize(("where", "words"), list(calls()), ids=lambda value: value if isinstance(value, str) else "")
def test_commands_that_are_named_exist(where: str, words: list[str]):
    assert words[0] in {*commands(), "COMMAND"}, where
    if words[0] != "COMMAND":
        used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        assert used <= options(commands()[words[0]]) | {"--help"}, where
