"""The header is RFC 5424's, as PS3.15 A.6 fills it in."""

import re

import pytest

from relaypacs.adapters.syslog.envelope import syslog_message
from relaypacs.adapters.syslog.message import audit_message
from tests.builders.audit import make_record

HOST = "gateway.example"
HEADER = re.compile(
    rb"<(?P<priority>\d{1,3})>1 (?P<time>\S+) (?P<host>\S+) (?P<app>\S+) (?P<process>\S+) (?P<message>\S+) - "
    rb"\xef\xbb\xbf"
)


def header(hostname: str = HOST, **facts: str) -> dict[str, str]:
    content = syslog_message(make_record(**facts), source_id="relaypacs", hostname=hostname, process_id=4711)
    found = HEADER.match(content)
    assert found
    assert content[found.end() :] == audit_message(make_record(**facts), source_id="relaypacs", hostname=hostname)
    return {name: value.decode() for name, value in found.groupdict().items()}


def test_the_header_says_what_it_is_and_where_it_is_from():
    assert header() == {
        "priority": "85",  # facility 10, severity 5
        "time": "2026-03-04T05:06:07.000089Z",
        "host": HOST,
        "app": "relaypacs",
        "process": "4711",
        "message": "DICOM+RFC3881",
    }


def test_a_failure_is_a_warning():
    assert header(outcome="failure")["priority"] == "84"


@pytest.mark.parametrize("hostname", ["", "zwei worte", "rechner-für-alle", "h" * 256])
def test_a_host_without_a_printable_name_goes_unnamed(hostname: str):
    assert header(hostname)["host"] == "-"
