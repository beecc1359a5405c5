"""Examines folders, disks and the secret key of this machine."""

import shutil
import stat
import tempfile
from pathlib import Path

from relaypacs.cli.findings import Finding, good, problem
from relaypacs.core.database import sqlite_file
from relaypacs.core.settings import GIB, SECRET_KEY_FILE, Settings

LITTLE_SPACE = 10 * GIB
MOUNTS = Path("/proc/self/mountinfo")
NETWORK = ("nfs", "cifs", "smb", "fuse.sshfs", "9p", "glusterfs", "ceph")
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def examine_folder(what: str, path: Path, setting: str) -> Finding:
    """Find out whether the folder, or the one above in which it will be made, can be written."""
    existing = _existing(path)
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        remedy = f"Give the gateway's user write access, or name another folder in {setting}."
        return problem(what, f"{existing.absolute()} can't be written: {error.strerror}", remedy, code="not_writable")
    made = "" if existing == path else ", will be made at the first start"
    return good(what, f"{path.absolute()}{made}")


def examine_space(path: Path, reserve: int) -> Finding:
    free = shutil.disk_usage(_existing(path)).free
    detail = f"{free / GIB:.1f} GB free"
    if free <= reserve:
        detail += f", which is less than the reserve of {reserve / GIB:.1f} GB: nothing is taken"
        remedy = (
            "Make room, shorten RELAYPACS_RETENTION_HOURS, or see to deliveries that need attention: they keep files."
        )
        return problem("free space", detail, remedy, code="disk_full")
    if free < LITTLE_SPACE:
        remedy = "Make room, or name a folder on a larger disk in RELAYPACS_STORAGE_URL: uploads may have 2 GB each."
        return problem("free space", detail, remedy, code="little_space")
    return good("free space", detail)


def examine_file_system(settings: Settings) -> Finding | None:
    """Find a database on a file system of the network, whose locks do not hold what SQLite needs."""
    file = sqlite_file(settings.effective_database_url)
    kind = _file_system(_existing(file.absolute().parent)) if file else None
    if kind is None:
        return None
    if kind.startswith(NETWORK):
        remedy = "Put the data folder on a disk of this machine, or use PostgreSQL."
        return problem("file system", f"the database is on {kind}", remedy, code="network_file_system")
    return good("file system", kind)


def examine_secret_key(settings: Settings) -> Finding:
    """Find out whether the secret key is there, and whether others can read it. It is neither made nor shown."""
    what, path = "secret key", settings.data_dir / SECRET_KEY_FILE
    if settings.secret_key.get_secret_value():
        return good(what, "given by RELAYPACS_SECRET_KEY")
    try:
        mode = path.stat().st_mode
        with path.open():
            pass
    except (FileNotFoundError, NotADirectoryError):
        file = sqlite_file(settings.effective_database_url)
        if file is None or not file.exists():
            return good(what, "will be made at the first start")
        remedy = "Put it back from the backup. Without it the gateway does not start on this database."
        return problem(what, f"there is none at {path.absolute()}", remedy, code="secret_key_lost")
    except OSError as error:
        remedy = "Run this as the gateway's user, and see whose file it is."
        return problem(what, f"{path.absolute()} can't be read: {error.strerror}", remedy, code="not_readable")
    if mode & OTHERS:
        remedy = f"chmod 600 {path.absolute()}, and `relaypacs admin rotate-key` if somebody may have read it."
        return problem(what, f"others can read it: mode {stat.S_IMODE(mode):o}", remedy, code="secret_key_open")
    return good(what, "readable by its owner alone")


def _existing(path: Path) -> Path:
    return next(entry for entry in (path, *path.absolute().parents) if entry.exists())


def _file_system(path: Path) -> str | None:
    """Return the kind of file system that a folder is on, where the kernel tells (Linux)."""
    try:
        lines = MOUNTS.read_text().splitlines()
    except OSError:
        return None
    found = ("", "")
    for line in lines:
        left, _, right = line.partition(" - ")
        point = left.split()[4].replace("\\040", " ")
        inside = path.resolve() == Path(point) or Path(point) in path.resolve().parents
        if inside and len(point) >= len(found[0]):
            found = (point, right.split()[0])
    return found[1] or None
