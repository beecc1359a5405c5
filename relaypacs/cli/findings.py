"""What an examination found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined. `remedy` says what to do, or what to keep in mind although nothing is wrong.

    `code` is a stable word for what is wrong, of those problems for which there is one.
    """

    ok: bool
    what: str
    detail: str
    remedy: str = ""
    code: str = ""


def good(what: str, detail: str, remedy: str = "") -> Finding:
    return Finding(ok=True, what=what, detail=detail, remedy=remedy)


def problem(what: str, detail: str, remedy: str, *, code: str = "") -> Finding:
    return Finding(ok=False, what=what, detail=detail, remedy=remedy, code=code)
