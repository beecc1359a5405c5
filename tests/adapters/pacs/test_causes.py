"""What is wrong with a destination is named the same whatever it is and however it says so."""

import errno
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from pydicom.uid import JPEG2000Lossless

from relaypacs.adapters.pacs.base import OutgoingInstance, Pacs, PacsUnavailable, StoreStatus
from relaypacs.adapters.pacs.causes import Cause, cause_of_file_error, cause_of_words
from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from relaypacs.adapters.pacs.folder import FolderPacs
from relaypacs.adapters.pacs.tls import Tls
from tests.adapters.pacs.dimse_peer import IMPATIENT as IMPATIENT_NODE
from tests.adapters.pacs.dimse_peer import connect
from tests.adapters.pacs.outgoing import outgoing, store_all
from tests.builders.dicom import make_dicom, make_study
from tests.servers import dimse_faults
from tests.servers.certificates import make_certificate
from tests.servers.dimse_faults import Answer
from tests.servers.flaky_dicomweb import Abort, Fault, FlakyDicomweb, Refuse, Respond, Stall, When
from tests.servers.flaky_dimse import FlakyDimse, running_flaky_dimse, running_silence
from tests.servers.orthanc import Orthanc
from tests.servers.ports import free_port

IMPATIENT = httpx.Timeout(0.5, pool=None)
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
ONE = outgoing(make_study(slices=4)[0][1]).key.sop_instance_uid


async def cause_of(call: Callable[[], Awaitable[object]]) -> Cause:
    with pytest.raises(PacsUnavailable) as caught:
        await call()
    return caught.value.cause


async def causes_of_store(pacs: Pacs, study: list[OutgoingInstance]) -> set[Cause | None]:
    outcomes = await store_all(pacs, study)
    assert all(outcome.status in (StoreStatus.FAILED, StoreStatus.REFUSED) for outcome in outcomes.values())
    return {outcome.cause for outcome in outcomes.values()}


# -- DICOMweb ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (Respond(401), Cause.NOT_ALLOWED),
        (Respond(403), Cause.NOT_ALLOWED),
        (Respond(404), Cause.NOT_FOUND),
        (Respond(301, headers={"Location": "/elsewhere"}), Cause.NOT_FOUND),
        (Respond(200, b"<html>Welcome</html>"), Cause.NOT_DICOM),
        (Respond(502), Cause.UNREACHABLE),
        (Respond(503), Cause.BUSY),
        (Respond(504), Cause.TIMED_OUT),
        (Respond(507), Cause.OUT_OF_RESOURCES),
        (Respond(500, b'{"Message": "The disk of the archive is full"}'), Cause.OUT_OF_RESOURCES),
        (Respond(500), Cause.OTHER),
        (Stall(30), Cause.TIMED_OUT),
        (Abort(When.BEFORE), Cause.CONNECTION_LOST),
    ],
    ids=str,
)
async def test_an_echo_over_dicomweb_names_the_cause(peer: FlakyDicomweb, answer: Fault, cause: Cause) -> None:
    peer.inject(answer, method="GET", for_ever=True)
    pacs = DicomwebPacs(peer.dicomweb_url, timeouts=IMPATIENT)
    assert await cause_of(pacs.echo) is cause
    await pacs.close()


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Refuse({ONE: 0xA700}), Cause.OUT_OF_RESOURCES),
        (Refuse({ONE: 0x0122}), Cause.REFUSED_SOP_CLASS),
        (Refuse({ONE: 0xC122}), Cause.REFUSED_TRANSFER_SYNTAX),
        (Refuse({ONE: 0xA900}), Cause.REFUSED_CONTENT),
        (Refuse({ONE: 0x0124}), Cause.NOT_ALLOWED),
        (Refuse({ONE: 0x0110}), Cause.OTHER),
        (Refuse({ONE: None}), Cause.NOT_KEPT),
        (Respond(413), Cause.TOO_LARGE),
        (Respond(400), Cause.REFUSED_CONTENT),
        (Respond(401), Cause.NOT_ALLOWED),
        (Respond(507), Cause.OUT_OF_RESOURCES),
        (Stall(30), Cause.TIMED_OUT),
    ],
    ids=str,
)
async def test_a_store_over_dicomweb_names_the_cause(
    peer: FlakyDicomweb, study: list[OutgoingInstance], fault: Fault, cause: Cause
) -> None:
    peer.inject(fault, for_ever=True)
    pacs = DicomwebPacs(peer.dicomweb_url, timeouts=IMPATIENT)
    assert await causes_of_store(pacs, study[:1]) == {cause}
    await pacs.close()


async def test_what_is_stored_has_no_cause(peer: FlakyDicomweb, study: list[OutgoingInstance]) -> None:
    pacs = DicomwebPacs(peer.dicomweb_url)
    assert {outcome.cause for outcome in (await store_all(pacs, study)).values()} == {None}
    await pacs.close()


async def test_no_connection_over_http_names_the_cause(tmp_path: Path, study: list[OutgoingInstance]) -> None:
    stopped = DicomwebPacs(f"http://127.0.0.1:{free_port()}/dicom-web")
    assert await cause_of(stopped.echo) is Cause.UNREACHABLE
    assert await causes_of_store(stopped, study) == {Cause.UNREACHABLE}
    nameless = DicomwebPacs("http://pacs.invalid/dicom-web")
    assert await cause_of(nameless.echo) is Cause.UNKNOWN_HOST
    metadata = DicomwebPacs("http://169.254.169.254/dicom-web")
    assert await cause_of(metadata.echo) is Cause.FORBIDDEN_ADDRESS
    with running_flaky_dimse(make_certificate(tmp_path)) as peer:  # its certificate is of no authority that we know
        stranger = DicomwebPacs(f"https://127.0.0.1:{peer.port}/dicom-web")
        assert await cause_of(stranger.echo) is Cause.TLS
    for pacs in (stopped, nameless, metadata, stranger):
        await pacs.close()


async def test_a_real_pacs_with_another_password(orthanc: Orthanc, study: list[OutgoingInstance]) -> None:
    pacs = DicomwebPacs(orthanc.dicomweb_url, "relay", "not-it")
    assert await cause_of(pacs.echo) is Cause.NOT_ALLOWED
    assert await causes_of_store(pacs, study) == {Cause.NOT_ALLOWED}
    await pacs.close()


# -- DIMSE -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rejection", "cause"),
    [
        ((1, 1, 7), Cause.WRONG_AE_TITLE),
        ((1, 1, 3), Cause.UNKNOWN_CALLER),
        ((1, 1, 1), Cause.NOT_ALLOWED),
        ((1, 2, 1), Cause.NOT_ALLOWED),
        ((2, 3, 2), Cause.BUSY),
        ((1, 2, 2), Cause.NOT_DICOM),
    ],
)
async def test_a_rejection_names_the_cause(
    flaky_dimse: FlakyDimse, study: list[OutgoingInstance], rejection: tuple[int, int, int], cause: Cause
) -> None:
    flaky_dimse.rejection = rejection
    pacs = connect(flaky_dimse.port)
    assert await cause_of(pacs.echo) is cause
    assert await causes_of_store(pacs, study) == {cause}


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (Answer(0xA700), Cause.OUT_OF_RESOURCES),
        (Answer(0xC000, "storage is full"), Cause.OUT_OF_RESOURCES),
        (Answer(0xC000), Cause.REFUSED_CONTENT),
        (Answer(0x0122), Cause.REFUSED_SOP_CLASS),
        (Answer(0x0110), Cause.OTHER),
        (dimse_faults.Stall(30), Cause.TIMED_OUT),
        (dimse_faults.Abort(dimse_faults.When.AFTER), Cause.CONNECTION_LOST),
    ],
    ids=str,
)
async def test_a_store_over_dimse_names_the_cause(
    flaky_dimse: FlakyDimse, study: list[OutgoingInstance], fault: dimse_faults.Fault, cause: Cause
) -> None:
    flaky_dimse.inject(fault)
    assert await causes_of_store(connect(flaky_dimse.port, timeouts=IMPATIENT_NODE), study[:1]) == {cause}


async def test_what_is_not_negotiated_names_the_cause(flaky_dimse: FlakyDimse, study: list[OutgoingInstance]) -> None:
    pacs = connect(flaky_dimse.port)
    flaky_dimse.refused_classes = {CT_IMAGE}
    assert await causes_of_store(pacs, study) == {Cause.REFUSED_SOP_CLASS}
    flaky_dimse.heal()
    flaky_dimse.refused_syntaxes = {JPEG2000Lossless}
    packed = outgoing(make_dicom(instance_number=99, transfer_syntax=JPEG2000Lossless))
    outcomes = await store_all(pacs, [packed, study[0]])
    assert outcomes[packed.key.sop_instance_uid].cause is Cause.REFUSED_TRANSFER_SYNTAX


async def test_no_association_names_the_cause(tmp_path: Path) -> None:
    assert await cause_of(connect(free_port()).echo) is Cause.UNREACHABLE
    assert await cause_of(connect(104, host="pacs.invalid").echo) is Cause.UNKNOWN_HOST
    with running_silence() as port:
        assert await cause_of(connect(port, timeouts=IMPATIENT_NODE).echo) is Cause.TIMED_OUT
    with running_flaky_dimse(make_certificate(tmp_path)) as peer:
        assert await cause_of(connect(peer.port, tls=Tls()).echo) is Cause.TLS


# -- folders -----------------------------------------------------------------------------------------------------


async def test_a_folder_that_cannot_be_made_names_the_cause(tmp_path: Path, study: list[OutgoingInstance]) -> None:
    (tmp_path / "file").write_text("")
    pacs = FolderPacs(tmp_path / "file" / "archive")
    assert await cause_of(pacs.echo) is Cause.NOT_FOUND
    assert await causes_of_store(pacs, study) == {Cause.NOT_FOUND}


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ENOSPC, Cause.OUT_OF_RESOURCES),
        (errno.EDQUOT, Cause.OUT_OF_RESOURCES),
        (errno.EROFS, Cause.NOT_ALLOWED),
        (errno.EACCES, Cause.NOT_ALLOWED),
        (errno.ESTALE, Cause.UNREACHABLE),
        (errno.EINVAL, Cause.OTHER),
    ],
)
def test_an_error_of_the_file_system_names_the_cause(number: int, cause: Cause) -> None:
    assert cause_of_file_error(OSError(number, "said by the system")) is cause


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("0110 processing failure: No space left on device", Cause.OUT_OF_RESOURCES),
        ("The disk quota is exceeded", Cause.OUT_OF_RESOURCES),
        ("Insufficient storage", Cause.OUT_OF_RESOURCES),
        ("HTTP 500: the full name of the disk is missing", Cause.OTHER),
        ("", Cause.OTHER),
    ],
)
def test_words_are_understood_where_they_say_that_it_is_full(words: str, cause: Cause) -> None:
    assert cause_of_words(words) is cause
