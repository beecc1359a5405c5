"""What may pass for a UID before it becomes part of a path or of a URL."""

import re

# PS3.5 9.1, but for leading zeros: they are wrong, and in real files all the same.
_UID = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
MAX_LENGTH = 64


def is_uid(text: str) -> bool:
    """Tell whether `text` is digits and single dots, at most 64 characters (PS3.5 9.1)."""
    return len(text) <= MAX_LENGTH and _UID.fullmatch(text) is not None
