"""Received ZIPs: which members are DICOM instances, which are clutter, and which are refused."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from relaypacs.adapters.dicom.base import FileInspection, Inspected, Span
from relaypacs.adapters.dicom.checks import WANTED
from relaypacs.adapters.dicom.instances import is_directory, judge, reject
from relaypacs.adapters.dicom.limits import Allowance, Limits
from relaypacs.adapters.dicom.part10 import has_prefix, read_part10
from relaypacs.adapters.dicom.reasons import Code, reason
from relaypacs.adapters.dicom.streams import ByteStream
from relaypacs.adapters.dicom.values import clean_text
from relaypacs.adapters.dicom.zipfiles import (
    DEFLATED,
    SPLIT_MARK,
    STORED,
    Directory,
    Member,
    MemberSource,
    ZipFault,
    data_offset,
    read_directory,
)

MAX_LABEL = 200
HEAD = 265  # as far as the mark of a tar goes
DICOM_SUFFIXES = (".dcm", ".dicom", ".ima")
# ZIPs by their content, but programs and documents by their purpose; the viewers on CDs bring them along.
PROGRAM_SUFFIXES = (".jar", ".docx", ".xlsx", ".pptx", ".odt", ".apk")
MACOS_COPY = "__MACOSX/"
_OUTSIDE = re.compile(r"^(/|\\|[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)")

_ARCHIVE_MARKS = (
    b"PK\3\4",
    b"PK\5\6",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
_TAR_MARK, _TAR_MARK_AT = b"ustar", 257


def is_archive(head: bytes) -> bool:
    """Tell whether a file that begins with `head` (HEAD bytes) is an archive of a usual kind."""
    return head.startswith(_ARCHIVE_MARKS) or head.startswith(_TAR_MARK, _TAR_MARK_AT)


def inspect_zip(file: BinaryIO, limits: Limits) -> FileInspection:
    """Judge every member of the ZIP that is a DICOM instance, or should be one."""
    file.seek(0)
    if file.read(len(SPLIT_MARK)) == SPLIT_MARK:
        return FileInspection((), problem=reason(Code.ZIP_SPLIT))
    try:
        directory = read_directory(file, limits)
    except ZipFault as fault:
        return FileInspection((), problem=reason(fault.code))
    members = [member for member in directory.members if not member.is_folder]
    decoded = sum(member.size for member in members)
    compressed = sum(member.compressed for member in members)
    if decoded > limits.zip_decoded or not limits.allow_growth(compressed, decoded):
        return FileInspection((), problem=reason(Code.ZIP_BOMB))
    if members and all(member.encrypted for member in members):
        return FileInspection((), problem=reason(Code.ZIP_ENCRYPTED))
    found = list(_inspect_members(file, Directory(directory.offset, tuple(members)), limits))
    instances = tuple(instance for instance in found if instance)
    problem = None if instances else reason(Code.ZIP_WITHOUT_DICOM)
    return FileInspection(instances, skipped=len(found) - len(instances), problem=problem)


def _inspect_members(file: BinaryIO, directory: Directory, limits: Limits) -> Iterator[Inspected | None]:
    """Yield the verdict on each member, None for clutter."""
    taken = 0  # members before this one reach as far as here
    allowance = Allowance(limits, directory.offset)
    for member in directory.members:
        label = clean_text(member.name, MAX_LABEL)
        span = _said_span(member, directory.offset)
        try:
            _check_entry(member, taken)
            offset = data_offset(file, member, directory.offset)
            taken = offset + member.compressed
            span = Span(offset, member.compressed, member.size, member.encoding)
            yield _inspect_member(file, member, span, label, allowance)
        except ZipFault as fault:
            yield reject(fault.code, span, label)


def _said_span(member: Member, end: int) -> Span:
    """Return where the directory says that a member is, cut to the part of the file where members are."""
    offset = min(member.header_offset, end)
    return Span(offset, min(member.compressed, end - offset), member.size, member.encoding)


def _check_entry(member: Member, taken: int) -> None:
    """Raise ZipFault for a member that is refused by what the directory says; `taken` bytes lie before it."""
    if member.header_offset < taken:
        raise ZipFault(Code.MEMBER_OVERLAPS)
    if member.is_link or _OUTSIDE.search(member.name):
        raise ZipFault(Code.MEMBER_PATH)
    if member.encrypted:
        raise ZipFault(Code.MEMBER_ENCRYPTED)
    if member.method not in (STORED, DEFLATED):
        raise ZipFault(Code.MEMBER_METHOD)
    if member.method == STORED and member.compressed != member.size:
        raise ZipFault(Code.MEMBER_BROKEN)


def _inspect_member(file: BinaryIO, member: Member, span: Span, label: str, allowance: Allowance) -> Inspected | None:
    file.seek(span.offset)
    limits = allowance.for_member(member.compressed)
    stream = ByteStream(MemberSource(file, member, allowance.whole).pull)
    head = stream.peek(HEAD)
    if not has_prefix(head):
        return _judge_other(head, member, span, label)
    record = read_part10(stream, WANTED, limits)
    allowance.spend(member.compressed, record.elements, record.inflated)
    return None if is_directory(record) else judge(record, span, label)


def _judge_other(head: bytes, member: Member, span: Span, label: str) -> Inspected | None:
    """Return None for clutter, else why this is not what it should be."""
    name = member.name.lower()
    if is_archive(head) and not name.endswith(PROGRAM_SUFFIXES):
        return reject(Code.NESTED_ARCHIVE, span, label)
    if name.endswith(DICOM_SUFFIXES) and not member.name.startswith(MACOS_COPY):
        return reject(Code.NOT_DICOM if head else Code.EMPTY_FILE, span, label)
    return None
