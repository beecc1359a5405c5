"""A real rsyslogd, configured as docs/audit.md says, keeps every message whole."""

import re
import time
from pathlib import Path

import pytest

from relaypacs.adapters.syslog.envelope import BYTE_ORDER_MARK
from relaypacs.adapters.syslog.factory import open_syslog
from relaypacs.core.settings import Settings
from tests.adapters.syslog.schema import violations
from tests.adapters.syslog.test_message import parse
from tests.builders.audit import make_record
from tests.docs.pages import page
from tests.servers import require, rsyslog
from tests.servers.certificates import Authority
from tests.servers.ports import free_port

LATE = 10.0
LONGEST = 30_000  # PS3.15 A.6: messages of 32768 bytes are supported


def documented(folder: Path, port: int) -> str:
    """Return the configuration of the documentation, with files and a port of this test's."""
    (found,) = re.findall(r"^```conf\n(.*?)^```$", page("docs/audit.md").text, re.MULTILINE | re.DOTALL)
    assert '"6514"' in found
    local = found.replace('"6514"', f'"{port}" address="127.0.0.1"')
    return re.sub(r'"/(?:etc/ssl/relaypacs|var/log)/', f'"{folder}/', local)


def without_tls(configuration: str) -> str:
    return re.sub(r"^.*streamDriver.*\n", "", configuration, flags=re.MULTILINE)


def lines(file: Path, count: int) -> list[bytes]:
    """Return the file's lines as soon as there are `count`."""
    deadline = time.monotonic() + LATE
    while not file.exists() or file.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return file.read_bytes().splitlines()


@pytest.mark.parametrize("way", ["tcp", "tls"])
async def test_what_the_documentation_says_works(tmp_path: Path, way: str):
    require(rsyslog)
    authority, port = Authority(tmp_path), free_port()
    for made, wanted in zip(authority.issue(), ("server.pem", "server.key"), strict=True):
        made.rename(tmp_path / wanted)
    configuration = documented(tmp_path, port)
    records = [make_record(position=position, actor_name="Zoë\n", object_id="x" * LONGEST) for position in range(5)]
    with rsyslog.running_rsyslog(tmp_path, configuration if way == "tls" else without_tls(configuration), port):
        sender = open_syslog(Settings(audit_syslog=f"{way}://127.0.0.1:{port}", audit_syslog_ca=str(authority.file)))
        assert sender is not None
        await sender.send(records)
        await sender.close()
        kept = lines(tmp_path / "relaypacs-audit.log", len(records))
    messages = [parse(line.partition(BYTE_ORDER_MARK)[2]) for line in kept]
    assert [violations(message) for message in messages] == [[]] * len(records)
    assert [message.findall("*")[-1].attrib["ParticipantObjectID"] for message in messages] == list("01234")
    assert {message.findall("*")[1].attrib["UserName"] for message in messages} == {"Zoë\n"}
