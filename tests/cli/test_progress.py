"""What is shown while an upload runs."""

import io

import pytest
from rich.console import Console

from relaypacs.cli import progress
from relaypacs.cli.progress import reporter


def shown(*, terminal: bool, quiet: bool = False) -> str:
    """Play an upload and return what a person would have seen."""
    target = io.StringIO()
    with reporter(Console(file=target, force_terminal=terminal, width=200), quiet=quiet) as observer:
        observer.retrying("no network", 1.0)
        observer.warned("CT", ["The files have no date."])
        observer.upload_started("CT", 2048, 1024)
        observer.chunk_acknowledged(1024)
        observer.retrying("no network", 1.0)
        observer.upload_sent("CT")
        observer.stage_reached("CT", "verified")
    return target.getvalue()


def test_plain_lines_for_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "LINE_EVERY", 0.0)
    assert shown(terminal=False).splitlines() == [
        "Trying again in 1.0 s: no network",
        "CT: warning: The files have no date.",
        "CT: 2,048 bytes, 1,024 of them sent earlier",
        "CT: 100 % (2,048 of 2,048 bytes)",
        "CT: sent",
        "CT: verified",
    ]


def test_a_bar_on_a_terminal() -> None:
    said = shown(terminal=True)
    for part in ("CT", "2.0/2.0 KiB", "verified", "no date"):
        assert part in said


def test_nothing_when_quiet() -> None:
    assert shown(terminal=False, quiet=True) == ""
