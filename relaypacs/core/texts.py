"""What people type, in the form in which it may be stored and shown."""

import unicodedata

LINE_BREAKS = "\n\r\t"


def one_line(text: str) -> str:
    """Return the text. Raises ValueError for control characters: they deceive whoever reads a list or a log."""
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError("control characters are not allowed")
    return text


def many_lines(text: str) -> str:
    """Return the text. Raises ValueError for control characters but those that begin lines and columns."""
    one_line("".join(character for character in text if character not in LINE_BREAKS))
    return text
