"""What `relaypacs upload` does once its arguments are known; the exit codes are explained in `upload`."""

import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from relaypacs.cli.progress import reporter
from relaypacs.client import (
    BadServerAddress,
    ClientClosed,
    ClientError,
    Compression,
    Credentials,
    Options,
    Order,
    Outcome,
    RelayClient,
    Scan,
    ServerUnreachable,
    ServiceLevel,
    SignInRefused,
    StudyResult,
    UploadResult,
    scan_paths,
)

LISTED = 20  # names that are printed one by one; the rest is counted


class ExitCode(IntEnum):
    VERIFIED = 0
    FAILED = 1
    SENT = 3
    NOTHING = 4
    PARTIAL = 5
    REJECTED = 6
    DUPLICATE = 7
    HELD = 8
    UNREACHABLE = 9
    SIGN_IN = 10
    INTERRUPTED = 130


WORST_FIRST = (
    (Outcome.FAILED, ExitCode.FAILED),
    (Outcome.REJECTED, ExitCode.REJECTED),
    (Outcome.PARTIAL, ExitCode.PARTIAL),
    (Outcome.HELD, ExitCode.HELD),
    (Outcome.DUPLICATE, ExitCode.DUPLICATE),
    (Outcome.SENT, ExitCode.SENT),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadJob:
    """The arguments of the command; None means that the client decides."""

    paths: Sequence[Path]
    server: str
    username: str
    password: str = field(repr=False)
    totp_code: str | None
    service_level: ServiceLevel
    clinical_history: str | None
    chunk_size: int | None
    connections: int | None
    compression: str
    receipts: Path | None
    wait: bool
    force: bool
    report: str | None
    quiet: bool


def run(job: UploadJob) -> ExitCode:
    """Send what is below the paths, print what became of it, and return the exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    out, err = Console(), Console(stderr=True)
    try:
        return _run(job, out, err)
    except KeyboardInterrupt:
        _print(err, "Interrupted. Run the same command again to go on where it was.")
        return ExitCode.INTERRUPTED
    except ClientError as error:
        _print(err, str(error))
        return _code_of(error)


def _run(job: UploadJob, out: Console, err: Console) -> ExitCode:
    scan = scan_paths(job.paths)
    _report_scan(scan, out, err, quiet=job.quiet)
    if not scan.studies:
        return ExitCode.NOTHING
    results = _send(job, scan, out)
    for ordinal, result in enumerate(results, start=1):
        _report_study(ordinal, result, out)
    return _exit_code(scan, results)


def _send(job: UploadJob, scan: Scan, out: Console) -> Sequence[StudyResult]:
    shown = reporter(out, quiet=job.quiet)
    credentials = Credentials(job.username, job.password, job.totp_code)
    options = Options(job.chunk_size, job.connections, Compression(job.compression))
    with RelayClient(job.server, credentials, options, observer=shown) as client:
        with shown:
            order = Order(job.service_level, job.clinical_history)
            results = client.upload(scan.studies, order, wait=job.wait, force=job.force, report_id=job.report)
        if job.receipts is not None:
            _save_receipts(client, results, job.receipts)
    return results


def _save_receipts(client: RelayClient, results: Sequence[StudyResult], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        for each in result.uploads:
            if each.upload_id and each.outcome in (Outcome.VERIFIED, Outcome.PARTIAL):
                (folder / f"receipt-{each.upload_id}.json").write_bytes(client.receipt(each.upload_id))


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _exit_code(scan: Scan, results: Sequence[StudyResult]) -> ExitCode:
    outcomes = {upload.outcome for result in results for upload in result.uploads}
    if scan.unreadable:
        outcomes.add(Outcome.PARTIAL)
    return next((code for outcome, code in WORST_FIRST if outcome in outcomes), ExitCode.VERIFIED)


def _code_of(error: ClientError) -> ExitCode:
    if isinstance(error, SignInRefused):
        return ExitCode.SIGN_IN
    if isinstance(error, ClientClosed):
        return ExitCode.INTERRUPTED
    if isinstance(error, ServerUnreachable | BadServerAddress):
        return ExitCode.UNREACHABLE
    return ExitCode.FAILED


def _report_scan(scan: Scan, out: Console, err: Console, *, quiet: bool) -> None:
    files = sum(len(study.files) for study in scan.studies)
    if not quiet:
        _print(out, f"Found {_count(files, 'file')} of {_count(len(scan.studies), 'study', 'studies')}.")
    if scan.skipped:
        _print(err, f"Skipped because not DICOM: {_count(len(scan.skipped), 'file')}:")
        _list(err, scan.skipped)
    if scan.unreadable:
        _print(err, f"NOT sent because no study can be read in it: {_count(len(scan.unreadable), 'file')}:")
        _list(err, scan.unreadable)
    if not scan.studies:
        _print(err, "There is nothing to send.")


def _report_study(ordinal: int, result: StudyResult, out: Console) -> None:
    uid = result.study.attributes.get("StudyInstanceUID", "of unknown UID")
    _print(out, f"Study {ordinal}, {uid} ({_count(len(result.study.files), 'file')}):")
    for upload in result.uploads:
        for line in _lines(upload):
            _print(out, f"  {line}")


def _lines(result: UploadResult) -> Iterator[str]:
    yield f"{result.outcome.upper()}. {result.detail}".rstrip()
    counts = result.counts
    if counts.instances:
        yield f"{counts.accepted} accepted, {counts.rejected} rejected, {counts.verified} verified in the PACS"
    yield from (f"rejected {instance.name}: {instance.reason}" for instance in result.rejected)
    yield from (f"warning: {warning}" for warning in result.warnings)
    if result.duplicate_of:
        yield f"earlier upload: {result.duplicate_of}"
    if result.upload_id:
        yield f"upload: {result.upload_id}"
    if result.receipt_id:
        yield f"receipt: {result.receipt_id}"


def _list(console: Console, paths: Sequence[Path]) -> None:
    for path in paths[:LISTED]:
        _print(console, f"  {path}")
    if len(paths) > LISTED:
        _print(console, f"  … and {len(paths) - LISTED} more")


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one}" if number == 1 else f"{number} {many or one + 's'}"


def _print(console: Console, line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
