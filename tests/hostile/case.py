"""A hostile or odd file: how it is made, and what intake must say of it."""

from collections.abc import Callable
from dataclasses import dataclass

from relaypacs.adapters.dicom.base import FileInspection, Verdict

NO_DICOM = "no-dicom-in-file"  # what the check of an upload says where nothing was found and nothing was wrong


@dataclass(frozen=True)
class Case:
    """`codes` are those of all reasons: none for what is accepted without a word, mostly one."""

    name: str
    verdict: Verdict
    codes: frozenset[str]
    make: Callable[[], bytes]
    why: str


def accepted(name: str, make: Callable[[], bytes], why: str) -> Case:
    return Case(name, Verdict.ACCEPTED, frozenset(), make, why)


def warned(name: str, codes: str, make: Callable[[], bytes], why: str) -> Case:
    return Case(name, Verdict.WARNING, frozenset(codes.split()), make, why)


def rejected(name: str, codes: str, make: Callable[[], bytes], why: str) -> Case:
    return Case(name, Verdict.REJECTED, frozenset(codes.split()), make, why)


def outcome(result: FileInspection) -> tuple[Verdict, set[str]]:
    """Return the worst verdict on anything in the file, and the codes of all reasons."""
    codes = {reason.code for instance in result.instances for reason in instance.reasons}
    verdicts = {instance.verdict for instance in result.instances}
    if result.problem:
        codes.add(result.problem.code)
    elif not result.instances:
        codes.add(NO_DICOM)
    if result.problem or not result.instances or Verdict.REJECTED in verdicts:
        return Verdict.REJECTED, codes
    return (Verdict.WARNING if Verdict.WARNING in verdicts else Verdict.ACCEPTED), codes
