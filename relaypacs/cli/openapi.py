"""`relaypacs openapi`: the API's description, from which the web app's types are made."""

import json

import typer

from relaypacs.core.settings import Settings


def openapi() -> None:
    """Print the OpenAPI document."""
    from relaypacs.app import create_app  # noqa: PLC0415 - as in serve

    typer.echo(json.dumps(create_app(Settings()).openapi(), indent=2, sort_keys=True))
