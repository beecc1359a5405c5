"""Loads the settings for a command, or prints every problem with them at once."""

import typer
from pydantic import ValidationError

from relaypacs.core.settings import Settings

EXIT_CONFIGURATION = 2


def problems_of(error: ValidationError) -> list[str]:
    """Return a sentence for each problem, with the variable's name and without its value."""
    found = []
    for item in error.errors():
        message = str(item["msg"]).removeprefix("Value error, ")
        if item["loc"]:
            found.append(f"RELAYPACS_{str(item['loc'][0]).upper()}: {message}")
        else:
            found.extend(message.split("; "))
    return found


def load_settings() -> Settings:
    """Return the settings, or end the command with the list of what is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        for problem in problems_of(error):
            typer.echo(problem, err=True)
        raise typer.Exit(EXIT_CONFIGURATION) from None
