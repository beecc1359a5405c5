"""Tables for a terminal, and for a pipe: there each row is one line, however long."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

WIDER_THAN_ANY_ROW = 100_000


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print the cells as they are; what a terminal would take for a command is replaced."""
    table = Table(*columns, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(_plain(str(cell)) for cell in row))
    width = None if sys.stdout.isatty() else WIDER_THAN_ANY_ROW
    Console(width=width, markup=False, highlight=False, emoji=False).print(table)


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
