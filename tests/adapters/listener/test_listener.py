"""The listener against real senders: DCMTK's, and pynetdicom's for what no good sender does."""

import asyncio
import io
import itertools
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian, JPEG2000Lossless, JPEGBaseline8Bit
from pynetdicom import AE, build_role
from pynetdicom.dimse_messages import C_STORE_RQ
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.sop_class import CTImageStorage, StorageCommitmentPushModel, Verification

from relaypacs.adapters.listener.base import CommitmentReport, IncomingInstance, ListenerUnavailable, StoreAnswer
from relaypacs.adapters.listener.dimse import DimseListener, ListenerConfig
from relaypacs.core.dicom_peers import parse_peers
from tests.builders.dicom import make_dicom, make_study
from tests.servers.certificates import Authority
from tests.servers.dcmtk import run, storescu

MIB = 1024**2
PRIVATE_CLASS = "1.3.6.1.4.1.99999.1.1"
NEW_CLASS = "1.2.840.10008.5.1.4.1.1.999"


@dataclass
class Receiver:
    """Keeps what it is given, and answers as the test says."""

    answer: StoreAnswer = field(default_factory=lambda: StoreAnswer(0))
    got: list[bytes] = field(default_factory=list)
    reports: list[CommitmentReport] = field(default_factory=list)
    delay: float = 0.0
    most: int = 0

    async def store(self, incoming: IncomingInstance) -> StoreAnswer:
        assert incoming.address == "127.0.0.1"
        pieces = [piece async for piece in incoming.content]
        self.most = max(self.most, *map(len, pieces))
        await asyncio.sleep(self.delay)
        self.got.append(b"".join(pieces))
        return self.answer

    async def report(self, report: CommitmentReport) -> None:
        self.reports.append(report)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def config(tmp_path: Path) -> ListenerConfig:
    peers = parse_peers("CT1=anna, MR1@10.0.0.5=bert, PACS=")
    return ListenerConfig("127.0.0.1", 0, "RELAYPACS", peers, tmp_path / "spool", 4 * MIB, timeout=2.0)


@pytest.fixture
async def listener(config: ListenerConfig, receiver: Receiver) -> AsyncIterator[DimseListener]:
    opened = DimseListener(config, receiver.store, receiver.report)
    await opened.start()
    yield opened
    await opened.stop()


def write(folder: Path, files: list[tuple[str, bytes]]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name, content in files:
        (folder / name).write_bytes(content)
    return [folder / name for name, _ in files]


def data_set(content: bytes) -> bytes:
    """Return what follows the file meta information."""
    length = struct.unpack("<L", content[140:144])[0]
    return content[144 + length :]


def associate(port: int, *contexts: tuple[str, list[str]], calling: str = "CT1", **more: Any) -> Any:
    sender = AE(calling)
    for uid, syntaxes in contexts:
        sender.add_requested_context(uid, syntaxes)
    return sender.associate("127.0.0.1", port, ae_title="RELAYPACS", **more)


def instance(**arguments: Any) -> Dataset:
    return pydicom.dcmread(io.BytesIO(make_dicom(rows=16, columns=16, **arguments)))


async def test_data_sets_arrive_byte_for_byte(listener: DimseListener, receiver: Receiver, tmp_path: Path) -> None:
    files = make_study(4, rows=64, columns=64)
    write(tmp_path / "study", files)
    sent = await asyncio.to_thread(storescu, listener.port, [tmp_path / "study"], "+sd")
    assert sent.returncode == 0, sent.stderr
    assert {data_set(got) for got in receiver.got} == {data_set(content) for _, content in files}
    meta = pydicom.dcmread(io.BytesIO(receiver.got[0])).file_meta
    assert (meta.SourceApplicationEntityTitle, meta.TransferSyntaxUID) == ("CT1", ExplicitVRLittleEndian)


async def test_echo(listener: DimseListener) -> None:
    arguments = ("-aet", "CT1", "-aec", "RELAYPACS", "127.0.0.1", str(listener.port))
    assert (await asyncio.to_thread(run, "echoscu", *arguments)).returncode == 0


@pytest.mark.parametrize(
    ("syntax", "option"), [(JPEGBaseline8Bit, "-xy"), (JPEG2000Lossless, "-xv"), (ImplicitVRLittleEndian, "-xi")]
)
async def test_encodings(listener: DimseListener, receiver: Receiver, tmp_path: Path, syntax: UID, option: str) -> None:
    content = make_dicom(rows=64, columns=64, transfer_syntax=syntax)
    paths = write(tmp_path / "study", [("image.dcm", content)])
    sent = await asyncio.to_thread(storescu, listener.port, paths, option)
    assert sent.returncode == 0, sent.stderr
    assert [data_set(got) for got in receiver.got] == [data_set(content)]


@pytest.mark.parametrize("sop_class", [PRIVATE_CLASS, NEW_CLASS])
async def test_classes_that_nobody_knows(listener: DimseListener, receiver: Receiver, sop_class: str) -> None:
    sent = instance(SOPClassUID=sop_class)
    sent.file_meta.MediaStorageSOPClassUID = UID(sop_class)

    def send() -> int:
        association = associate(listener.port, (sop_class, [ExplicitVRLittleEndian]))
        status = association.send_c_store(sent)
        association.release()
        return int(status.Status)

    assert await asyncio.to_thread(send) == 0
    assert pydicom.dcmread(io.BytesIO(receiver.got[0])).SOPClassUID == sop_class


async def test_encodings_that_cannot_be_kept_are_not_accepted(listener: DimseListener) -> None:
    jpip, unheard_of = "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.9999"

    def propose() -> tuple[list[Any], list[Any]]:
        association = associate(
            listener.port, (CTImageStorage, [jpip, unheard_of]), (Verification, [ImplicitVRLittleEndian])
        )
        found = (association.accepted_contexts, association.rejected_contexts)
        association.release()
        return found

    accepted, rejected = await asyncio.to_thread(propose)
    assert [context.abstract_syntax for context in accepted] == [Verification]
    assert [context.result for context in rejected] in ([3], [4])


@pytest.mark.parametrize("calling", ["NOBODY", "MR1", "ct1"])
async def test_whoever_is_not_on_the_list_is_refused(listener: DimseListener, calling: str) -> None:
    def propose() -> Any:
        return associate(listener.port, (Verification, [ImplicitVRLittleEndian]), calling=calling)

    association = await asyncio.to_thread(propose)
    assert association.is_rejected
    answer = association.acceptor.primitive
    assert (answer.result, answer.result_source, answer.diagnostic) == (1, 1, 3)


async def test_the_answer_is_what_the_handler_says(listener: DimseListener, receiver: Receiver) -> None:
    receiver.answer = StoreAnswer(0xC000, "x" * 100)

    def send() -> Dataset:
        association = associate(listener.port, (CTImageStorage, [ExplicitVRLittleEndian]))
        status: Dataset = association.send_c_store(instance())
        association.release()
        return status

    status = await asyncio.to_thread(send)
    assert (status.Status, len(status.ErrorComment)) == (0xC000, 64)


async def test_a_large_instance_comes_in_pieces_and_one_that_is_too_large_not_at_all(
    listener: DimseListener, receiver: Receiver
) -> None:
    def send(side: int) -> int:
        association = associate(listener.port, (CTImageStorage, [ExplicitVRLittleEndian]))
        content = pydicom.dcmread(io.BytesIO(make_dicom(rows=side, columns=side)))
        status = association.send_c_store(content)
        association.release()
        return int(status.Status)

    assert await asyncio.to_thread(send, 1300) == 0
    assert len(receiver.got[0]) > 3 * MIB
    assert receiver.most <= MIB
    assert await asyncio.to_thread(send, 1600) == 0xA700
    assert len(receiver.got) == 1


async def test_a_data_set_that_breaks_off_is_nothing(
    listener: DimseListener, receiver: Receiver, config: ListenerConfig
) -> None:
    def send() -> None:
        association = associate(listener.port, (CTImageStorage, [ExplicitVRLittleEndian]))
        request = C_STORE()
        request.MessageID, request.Priority = 1, 0
        request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = CTImageStorage, "2.25.1"
        request.DataSet = io.BytesIO(bytes(4 * MIB))
        message = C_STORE_RQ()
        message.primitive_to_message(request)
        for fragment in itertools.islice(message.encode_msg(1, 16384), 200):
            association.dul.send_pdu(fragment)
        time.sleep(0.3)
        association.abort()

    await asyncio.to_thread(send)
    await asyncio.sleep(0.3)
    assert receiver.got == []
    assert list(config.spool_folder.iterdir()) == []


async def test_noise_does_no_harm(listener: DimseListener, receiver: Receiver) -> None:
    def speak(noise: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", listener.port), timeout=10) as connection:
            connection.sendall(noise)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(1000)

    for noise in (
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x01\x00\xff\xff\xff\xff" + bytes(5000),
        b"\x04\x00\x00\x00\x00\x02ab",
    ):
        await asyncio.to_thread(speak, noise)
    await test_echo(listener)
    assert receiver.got == []


async def test_who_says_nothing_is_let_go(listener: DimseListener) -> None:
    def wait(begin: bytes) -> float:
        with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as connection:
            connection.sendall(begin)
            began = time.monotonic()
            try:
                while connection.recv(1000):
                    pass
            except ConnectionResetError:
                pass
            return time.monotonic() - began

    for begin in (b"", b"\x01\x00\x00\x00\x00\xff\x00"):
        assert await asyncio.to_thread(wait, begin) < 8


async def test_more_associations_than_allowed_are_refused(config: ListenerConfig, receiver: Receiver) -> None:
    listener = DimseListener(replace(config, associations=2), receiver.store)
    await listener.start()

    def propose() -> list[bool]:
        made = [associate(listener.port, (Verification, [ImplicitVRLittleEndian])) for _ in range(3)]
        established = [association.is_established for association in made]
        for association in made:
            if association.is_established:
                association.release()
        return established

    try:
        assert await asyncio.to_thread(propose) == [True, True, False]
    finally:
        await listener.stop()


async def test_a_stop_lets_what_is_being_handled_end(listener: DimseListener, receiver: Receiver) -> None:
    receiver.delay = 1.0

    def send() -> int:
        association = associate(listener.port, (CTImageStorage, [ExplicitVRLittleEndian]))
        return int(association.send_c_store(instance()).get("Status", -1))

    sending = asyncio.create_task(asyncio.to_thread(send))
    await asyncio.sleep(0.5)
    await listener.stop()
    assert len(receiver.got) == 1
    assert await sending in (0, -1)  # the answer, or the abort that came right behind it


async def test_storage_commitment_is_reported(listener: DimseListener, receiver: Receiver) -> None:
    def reference(number: int, reason: int = 0) -> Dataset:
        item = Dataset()
        item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = CTImageStorage, f"2.25.{number}"
        if reason:
            item.FailureReason = reason
        return item

    information = Dataset()
    information.TransactionUID = "2.25.77"
    information.ReferencedSOPSequence = [reference(1)]
    information.FailedSOPSequence = [reference(2, 0x0112)]

    def report() -> int:
        roles = [build_role(StorageCommitmentPushModel, scp_role=True)]
        context = (StorageCommitmentPushModel, [ImplicitVRLittleEndian])
        association = associate(listener.port, context, calling="PACS", ext_neg=roles)
        status, _ = association.send_n_event_report(
            information, 2, StorageCommitmentPushModel, "1.2.840.10008.1.20.1.1"
        )
        association.release()
        return int(status.Status)

    assert await asyncio.to_thread(report) == 0
    (got,) = receiver.reports
    assert (got.ae_title, got.transaction_uid) == ("PACS", "2.25.77")
    assert [item.sop_instance_uid for item in got.committed] == ["2.25.1"]
    assert [(item.sop_instance_uid, item.failure_reason) for item in got.failed] == [("2.25.2", 0x0112)]


async def test_an_address_that_is_taken(listener: DimseListener, config: ListenerConfig, receiver: Receiver) -> None:
    other = DimseListener(replace(config, port=listener.port), receiver.store)
    with pytest.raises(ListenerUnavailable):
        await other.start()


async def test_tls_with_certificates_on_both_sides(config: ListenerConfig, receiver: Receiver, tmp_path: Path) -> None:
    ours, strange = Authority(tmp_path / "ours"), Authority(tmp_path / "strange")
    certificate, key = ours.issue()
    secured = replace(config, certificate=str(certificate), key=str(key), authority=str(ours.file))
    listener = DimseListener(secured, receiver.store)
    await listener.start()

    def echo(authority: Authority | None) -> bool:
        context = ssl.create_default_context(cafile=ours.file)
        if authority:
            context.load_cert_chain(*authority.issue())
        arguments = {"tls_args": (context, "127.0.0.1")}
        association = associate(listener.port, (Verification, [ImplicitVRLittleEndian]), **arguments)
        answered = association.is_established and association.send_c_echo().get("Status") == 0
        association.abort()
        return bool(answered)

    try:
        assert await asyncio.to_thread(echo, ours)
        assert not await asyncio.to_thread(echo, strange)
        assert not await asyncio.to_thread(echo, None)
        assert not await asyncio.to_thread(
            lambda: associate(listener.port, (Verification, [ImplicitVRLittleEndian])).is_established
        )
    finally:
        await listener.stop()
