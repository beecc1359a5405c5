"""What an examination found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined. `remedy` says what to do, or what to keep in mind although nothing is wrong."""

    ok: bool
    what: str
    detail: str
    remedy: str = ""


def good(what: str, detail: str, remedy: str = "") -> Finding:
    return Finding(ok=True, what=what, detail=detail, remedy=remedy)


def problem(what: str, detail: str, remedy: str) -> Finding:
    return Finding(ok=False, what=what, detail=detail, remedy=remedy)
