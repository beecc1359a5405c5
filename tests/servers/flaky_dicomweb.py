"""A DICOMweb server that fails when it is told to. Otherwise it keeps, lists and gives back like a real one.

with running_flaky_dicomweb() as peer:
    peer.inject(Respond(503), Abort(When.DURING))  # the first STOW-RS request, and the second
"""

import io
import json
import re
import socket
import struct
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pydicom

ROOT = "/dicom-web"
USER, PASSWORD = "relay", "relay"


class When(Enum):
    BEFORE = auto()  # the headers were read
    DURING = auto()  # half of the body was read
    AFTER = auto()  # all was read, and stored


@dataclass(frozen=True)
class Abort:
    """Reset the connection."""

    when: When


@dataclass(frozen=True)
class Respond:
    """Read the request, store nothing, give this answer."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stall:
    """Do nothing for so long."""

    seconds: float
    when: When = When.AFTER


@dataclass(frozen=True)
class Drop:
    """Acknowledge all of it and store nothing."""


@dataclass(frozen=True)
class Coerce:
    """Store all of it, with a WarningReason (0008,1196)."""

    code: int = 0xB000


@dataclass(frozen=True)
class Refuse:
    """Store all but these SOPInstanceUIDs, which fail with a FailureReason; without one they go unmentioned."""

    reasons: Mapping[str, int | None]
    status: int = 202


Fault = Abort | Respond | Stall | Drop | Coerce | Refuse


@dataclass
class _Rule:
    method: str
    fault: Fault
    for_ever: bool
    about: str  # part of the path


class FlakyDicomweb:
    """What the peer holds, what it was asked, and what it will do wrong next."""

    def __init__(self) -> None:
        self.stored: dict[str, bytes] = {}  # by SOPInstanceUID
        self.requests: list[tuple[str, str]] = []  # method, path with query
        self.page_limit = 1000  # QIDO-RS lists no more than this at a time, whatever is asked
        self.unknown_study_status = 200
        self.withheld: set[str] = set()  # listed, but answered 500 when they are asked for
        self.give_delay = 0.0  # seconds
        self.told_time: str | None = None  # in the Date header, in place of the present
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self.server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"peer": self}))

    @property
    def dicomweb_url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{ROOT}"

    @property
    def pacs_url(self) -> str:
        return f"dicomweb+http://{USER}:{PASSWORD}@127.0.0.1:{self.server.server_port}{ROOT}"

    def inject(self, *faults: Fault, method: str = "POST", for_ever: bool = False, about: str = "") -> None:
        """Do wrong what comes next: one request of `method` per fault, or every one from now on.

        Only requests whose path has `about` in it count.
        """
        with self._lock:
            self._rules += [_Rule(method, fault, for_ever, about) for fault in faults]

    def heal(self) -> None:
        with self._lock:
            self._rules.clear()

    def count(self, method: str) -> int:
        return sum(asked == method for asked, _ in self.requests)

    def take_fault(self, method: str, path: str) -> Fault | None:
        with self._lock:
            rule = next((rule for rule in self._rules if rule.method == method and rule.about in path), None)
            if rule and not rule.for_ever:
                self._rules.remove(rule)
        return rule.fault if rule else None

    def keep(self, instances: Mapping[str, bytes]) -> None:
        """Store like Orthanc without OverwriteInstances: what is there stays."""
        with self._lock:
            self.stored = dict(instances) | self.stored


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up: some tests are about that."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    peer: FlakyDicomweb
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: requests are kept in `FlakyDicomweb.requests`."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.peer.told_time or super().date_time_string(timestamp)

    def do_GET(self) -> None:
        fault = self._begin()
        if isinstance(fault, Abort):
            return self._reset()
        if isinstance(fault, Stall):
            self.peer.closing.wait(fault.seconds)
        if isinstance(fault, Respond):
            return self._answer(fault.status, fault.body, fault.headers)
        url = urlsplit(self.path.removeprefix(ROOT))
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        match url.path.strip("/").split("/"):
            case ["studies"]:
                return self._list(query.get("StudyInstanceUID"), query, "StudyInstanceUID")
            case ["studies", study, "instances"]:
                return self._list(study, query, "SOPInstanceUID")
            case ["studies", _, "series", _, "instances", instance] if instance in self.peer.stored:
                return self._give(instance)
            case _:
                return self._answer(404)

    def do_POST(self) -> None:
        fault = self._begin()
        length = int(self.headers["Content-Length"])
        if isinstance(fault, Stall) and fault.when is When.BEFORE:
            self.peer.closing.wait(fault.seconds)
        if isinstance(fault, Abort) and fault.when is not When.AFTER:
            self.rfile.read(length // 2 if fault.when is When.DURING else 0)
            return self._reset()
        instances = _instances(self.headers["Content-Type"], self.rfile.read(length))
        if isinstance(fault, Respond):
            return self._answer(fault.status, fault.body, fault.headers)
        failed = dict(fault.reasons) if isinstance(fault, Refuse) else {}
        taken = {uid: content for uid, content in instances.items() if uid not in failed}
        if not isinstance(fault, Drop):
            self.peer.keep(taken)
        if isinstance(fault, Abort):
            return self._reset()
        if isinstance(fault, Stall) and fault.when is not When.BEFORE:
            self.peer.closing.wait(fault.seconds)
        warning = fault.code if isinstance(fault, Coerce) else None
        body = _stow_answer(list(taken), {uid: failed[uid] for uid in instances if uid in failed}, warning)
        return self._answer(fault.status if isinstance(fault, Refuse) else 200, body, _JSON)

    def _begin(self) -> Fault | None:
        self.peer.requests.append((self.command, self.path))
        return self.peer.take_fault(self.command, self.path)

    def _reset(self) -> None:
        """Close with a RST: what is under way in either direction is lost."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _list(self, study: str | None, query: Mapping[str, str], keyword: str) -> None:
        data_sets = [_read(content) for content in self.peer.stored.values()]
        held = [data_set for data_set in data_sets if study in (None, data_set.StudyInstanceUID)]
        if not held and study and self.peer.unknown_study_status != 200:
            return self._answer(self.peer.unknown_study_status)
        offset, limit = int(query.get("offset", 0)), int(query.get("limit", 1000))
        page = list(dict.fromkeys(str(data_set[keyword].value) for data_set in held))
        page = page[offset : offset + min(limit, self.peer.page_limit)]
        tag = {"StudyInstanceUID": "0020000D", "SOPInstanceUID": "00080018"}[keyword]
        return self._answer(200, json.dumps([{tag: _element("UI", uid)} for uid in page]).encode(), _JSON)

    def _give(self, uid: str) -> None:
        self.peer.closing.wait(self.peer.give_delay)
        if uid in self.peer.withheld:
            return self._answer(500)
        head = b"--flaky\r\nContent-Type: application/dicom\r\n\r\n"
        type_ = {"Content-Type": 'multipart/related; type="application/dicom"; boundary="flaky"'}
        return self._answer(200, head + self.peer.stored[uid] + b"\r\n--flaky--\r\n", type_)


_JSON = {"Content-Type": "application/dicom+json"}


def _instances(content_type: str, body: bytes) -> dict[str, bytes]:
    """Take a STOW-RS body (PS3.18 10.5.1) apart: SOPInstanceUID → file."""
    found = re.search(r"boundary=([^\s;]+)", content_type)
    assert found, content_type
    parts = (b"\r\n" + body).split(b"\r\n--" + found[1].encode())[1:-1]
    files = [part.partition(b"\r\n\r\n")[2] for part in parts]
    return {str(_read(file).SOPInstanceUID): file for file in files}


def _read(content: bytes) -> pydicom.Dataset:
    return pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True)


def _stow_answer(taken: list[str], failed: Mapping[str, int | None], warning: int | None) -> bytes:
    """Return the data set of PS3.18 Annex I.2 in DICOM JSON."""
    extra = {} if warning is None else {"00081196": _element("US", warning)}
    stored = [{"00081155": _element("UI", uid)} | extra for uid in taken]
    refused = [
        {"00081155": _element("UI", uid), "00081197": _element("US", code)}
        for uid, code in failed.items()
        if code is not None
    ]
    answer = {"00081199": {"vr": "SQ", "Value": stored}, "00081198": {"vr": "SQ", "Value": refused}}
    return json.dumps(answer).encode()


def _element(vr: str, value: object) -> dict[str, object]:
    return {"vr": vr, "Value": [value]}


@contextmanager
def running_flaky_dicomweb() -> Iterator[FlakyDicomweb]:
    """Serve on a free port until the context is left."""
    peer = FlakyDicomweb()
    thread = threading.Thread(target=peer.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.closing.set()
        peer.server.shutdown()
        thread.join()
        peer.server.server_close()
