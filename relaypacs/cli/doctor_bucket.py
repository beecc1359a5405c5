"""Examines an object store: writes, lists, reads and removes one small object. The gateway does nothing else there."""

import shutil
import tempfile
from collections.abc import Mapping
from uuid import uuid4

from relaypacs.adapters.storage.s3 import PROBES
from relaypacs.adapters.storage.s3_causes import Cause, cause_of
from relaypacs.adapters.storage.s3_objects import Objects, open_bucket
from relaypacs.cli.findings import Finding, good, problem
from relaypacs.core.errors import StorageFull, StorageUnavailable
from relaypacs.core.s3_address import S3Address
from relaypacs.core.settings import GIB, Settings

WHAT = "storage"
REMEDIES: Mapping[Cause, str] = {
    Cause.UNREACHABLE: "Start the store, and compare the endpoint with its own; then look at firewalls in between.",
    Cause.UNKNOWN_HOST: "Correct the endpoint, the region or the DNS of this machine. Behind MinIO, use style=path.",
    Cause.TLS: "Name the file of the authority that has signed its certificate as ca=, and compare http with https.",
    Cause.TIMED_OUT: "Look at the store's load, and at firewalls that drop what is sent.",
    Cause.NO_CREDENTIALS: "Put KEY:SECRET@ before the bucket, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
    "give this machine a role.",
    Cause.WRONG_CREDENTIALS: "Give the key and secret that the store knows; in the address, / and + are %2F and %2B.",
    Cause.CLOCK_SKEW: "Set the clock of this machine, or the store's: they differ by more than 15 minutes.",
    Cause.NOT_ALLOWED: "Allow s3:PutObject, s3:GetObject, s3:DeleteObject, s3:ListBucket: see docs/operations.md.",
    Cause.NO_BUCKET: "Make the bucket, or correct its name in RELAYPACS_STORAGE_URL.",
    Cause.WRONG_REGION: "Give the bucket's region as region=.",
    Cause.FULL: "Make room in the store, or raise its quota. What has been acknowledged is safe.",
    Cause.BUSY: "The store takes no more for the moment. If it lasts, look at its load and its limits.",
    Cause.OTHER: "Read the store's log. docs/operations.md says what a store must be able to do.",
}
WORDS: Mapping[Cause, str] = {
    Cause.UNREACHABLE: "nothing answers there",
    Cause.UNKNOWN_HOST: "its name is not known",
    Cause.TLS: "no secure connection comes about",
    Cause.TIMED_OUT: "it does not answer in time",
    Cause.NO_CREDENTIALS: "there are no credentials",
    Cause.WRONG_CREDENTIALS: "it does not take the credentials",
    Cause.CLOCK_SKEW: "its clock shows another time than this machine's",
    Cause.NOT_ALLOWED: "it does not allow that",
    Cause.NO_BUCKET: "there is no such bucket",
    Cause.WRONG_REGION: "the bucket is in another region",
    Cause.FULL: "it is full",
    Cause.BUSY: "it is too busy",
    Cause.OTHER: "it refuses",
}


async def examine_bucket(address: S3Address) -> Finding:
    try:
        objects = Objects(open_bucket(address))
    except ValueError as error:
        return problem(WHAT, str(error), "Correct RELAYPACS_STORAGE_URL, or the AWS_ variables of the environment.")
    path, content = f"{PROBES}/{uuid4()}", b"relaypacs"
    doing = "writing"
    try:
        await objects.put(path, content)
        doing = "listing"
        found = [each["path"] async for page in objects.pages(f"{PROBES}/") for each in page]
        doing = "reading"
        is_same = path in found and await objects.fetch(path, len(content)) == content
        doing = "removing"
        await objects.delete([path])
    except (StorageFull, StorageUnavailable) as error:
        cause = cause_of(error.__cause__ or error)
        return problem(WHAT, f"{address.shown}: {doing}: {WORDS[cause]}", REMEDIES[cause], code=cause.value)
    except FileNotFoundError:
        is_same = False
    if not is_same:
        remedy = "Use a store that shows at once what was written, as S3 does."
        return problem(WHAT, f"{address.shown}: what was written is not there", remedy, code="not_kept")
    return good(WHAT, f"{address.shown} is written, listed, read, and emptied again")


def examine_copies(settings: Settings) -> Finding:
    """Find out whether files that are checked have room on this machine, where they are brought meanwhile."""
    what, folder = "room for checks", tempfile.gettempdir()
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return problem(what, f"{folder}: {error.strerror}", "Name a folder that can be written in TMPDIR.")
    needed = (settings.check_processes + 1) * settings.max_upload_bytes
    detail = f"{folder} has {free / GIB:.1f} GB free"
    if free < needed:
        remedy = "Name a folder on a larger disk in TMPDIR: files are brought there while they are checked."
        return problem(what, f"{detail}, and {needed / GIB:.1f} GB may be needed", remedy, code="little_space")
    return good(what, detail)
