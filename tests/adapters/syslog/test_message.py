"""The XML is what PS3.15 A.5 asks for, whatever the record holds."""

import re
from base64 import b64decode
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relaypacs.adapters.syslog.base import AuditRecord
from relaypacs.adapters.syslog.message import audit_message
from tests.adapters.syslog.schema import violations
from tests.builders.audit import make_record

SOURCE, HOST = "relaypacs", "gateway.example"
OWN = "99RELAYPACS"
ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=40)  # surrogates and control characters too


def message(record: AuditRecord) -> Element:
    return parse(audit_message(record, source_id=SOURCE, hostname=HOST))


def parse(content: bytes) -> Element:
    return fromstring(content)  # noqa: S314 - we wrote it


def made(**facts: Any) -> Element:
    return message(make_record(**facts))


def find(element: Element, path: str) -> Element:
    found = element.find(path)
    assert found is not None, path
    return found


def codes(element: Element, path: str) -> list[tuple[str, str, str]]:
    names = ("csd-code", "codeSystemName", "originalText")
    return [tuple(found.attrib[name] for name in names) for found in element.findall(path)]  # type: ignore[misc]


def test_a_whole_message():
    found = made()
    event, (user, process) = find(found, "EventIdentification"), found.findall("ActiveParticipant")
    upload, record = found.findall("ParticipantObjectIdentification")
    assert violations(found) == []
    assert event.attrib == {
        "EventActionCode": "C",
        "EventDateTime": "2026-03-04T05:06:07.000089Z",
        "EventOutcomeIndicator": "0",
    }
    assert codes(event, "EventID") == [("110107", "DCM", "Import")]
    assert codes(event, "EventTypeCode") == [("upload.completed", OWN, "upload.completed")]
    assert user.attrib == {
        "UserID": "radiographer-2@gateway.example",
        "AlternativeUserID": "0199a0c4-0000-7000-8000-000000000001",
        "UserName": "radiographer-2",
        "UserIsRequestor": "true",
        "NetworkAccessPointID": "192.0.2.7",
        "NetworkAccessPointTypeCode": "2",
    }
    assert codes(user, "RoleIDCode") == [("110153", "DCM", "Source Role ID"), ("radiographer", OWN, "radiographer")]
    assert process.attrib == {
        "UserID": "relaypacs",
        "UserIsRequestor": "false",
        "NetworkAccessPointID": HOST,
        "NetworkAccessPointTypeCode": "1",
    }
    assert codes(process, "RoleIDCode") == [("110152", "DCM", "Destination Role ID")]
    assert find(found, "AuditSourceIdentification").attrib == {"AuditSourceID": SOURCE}
    assert upload.attrib == {
        "ParticipantObjectID": "0199a0c4-0000-7000-8000-000000000002",
        "ParticipantObjectTypeCode": "2",
        "ParticipantObjectTypeCodeRole": "3",
    }
    assert codes(upload, "ParticipantObjectIDTypeCode") == [("upload", OWN, "Upload")]
    assert record.attrib["ParticipantObjectID"] == "17"
    assert b64decode(find(record, "ParticipantObjectDetail").attrib["value"]) == b"4bf92f3577b34da6a3ce929d0e0e4736"


LOGIN, LOGOUT = ("110122", "DCM", "Login"), ("110123", "DCM", "Logout")
AUTHENTICATION, ALERT = ("110114", "DCM", "User Authentication"), ("110113", "DCM", "Security Alert")
USER_CHANGED = ("110137", "DCM", "User Security Attributes Changed")
ACCESSED, ACTIVITY = ("110103", "DCM", "DICOM Instances Accessed"), ("110100", "DCM", "Application Activity")
LOG_USED = ("110101", "DCM", "Audit Log Used")


@pytest.mark.parametrize(
    ("action", "event_id", "event_type", "action_code"),
    [
        ("session.opened", AUTHENTICATION, LOGIN, "E"),
        ("session.refused", AUTHENTICATION, LOGIN, "E"),
        ("session.ended", AUTHENTICATION, LOGOUT, "E"),
        ("user.created", ALERT, USER_CHANGED, "E"),
        ("user.changed", ALERT, USER_CHANGED, "E"),
        ("password.changed", ALERT, USER_CHANGED, "E"),
        ("site.created", ALERT, ("110135", "DCM", "Object Security Attributes Changed"), "E"),
        ("destination.created", ALERT, ("110128", "DCM", "Network Configuration"), "E"),
        ("upload.opened", ("110107", "DCM", "Import"), None, "C"),
        ("upload.completed", ("110107", "DCM", "Import"), None, "C"),
        ("uploads.listed", ("110112", "DCM", "Query"), None, "E"),
        ("upload.viewed", ACCESSED, None, "R"),
        ("upload.cancelled", ACCESSED, None, "D"),
        ("upload.released", ACCESSED, None, "U"),
        ("instances.listed", ACCESSED, None, "R"),
        ("receipt.downloaded", ("110106", "DCM", "Export"), None, "R"),
        ("audit.viewed", LOG_USED, None, "R"),
        ("audit.exported", LOG_USED, None, "R"),
        ("service.started", ACTIVITY, ("110120", "DCM", "Application Start"), "E"),
        ("service.stopped", ACTIVITY, ("110121", "DCM", "Application Stop"), "E"),
        ("moon.landed", ACTIVITY, None, "E"),
    ],
)
def test_what_an_action_is_in_terms_of_dicom(
    action: str, event_id: tuple[str, ...], event_type: tuple[str, ...] | None, action_code: str
):
    event = find(made(action=action), "EventIdentification")
    assert codes(event, "EventID") == [event_id]
    assert event.attrib["EventActionCode"] == action_code
    types = [event_type] if event_type else []
    assert codes(event, "EventTypeCode") == [*types, (action, OWN, action)]


@pytest.mark.parametrize(
    ("action", "outcome", "indicator"),
    [
        ("session.refused", "failure", "4"),
        ("upload.viewed", "failure", "8"),
        ("session.opened", "success", "0"),
    ],
)
def test_the_outcome(action: str, outcome: str, indicator: str):
    event = find(made(action=action, outcome=outcome), "EventIdentification")
    assert event.attrib["EventOutcomeIndicator"] == indicator


def test_a_receipt_goes_from_the_gateway_to_the_user():
    user, process = made(action="receipt.downloaded").findall("ActiveParticipant")
    assert codes(user, "RoleIDCode")[0][0] == "110152"
    assert codes(process, "RoleIDCode")[0][0] == "110153"


def test_who_is_not_known_is_named_by_what_is_known():
    def user(**facts: Any) -> dict[str, str]:
        return find(made(**facts), "ActiveParticipant").attrib

    assert "AlternativeUserID" not in user(actor_id="")
    assert user(actor_name="")["UserID"] == "0199a0c4-0000-7000-8000-000000000001"
    assert user(actor_id="", actor_name="")["UserID"] == "192.0.2.7"


def test_what_nobody_asked_for_the_gateway_did_itself():
    nobody = dict.fromkeys(("actor_id", "actor_name", "actor_role", "address", "object_type", "object_id"), "")
    found = made(action="service.started", **nobody)
    (process,) = found.findall("ActiveParticipant")
    assert process.attrib["UserIsRequestor"] == "true"
    assert codes(process, "RoleIDCode") == [("110150", "DCM", "Application")]
    assert len(found.findall("ParticipantObjectIdentification")) == 1


@pytest.mark.parametrize(("address", "code"), [("2001:db8::7", "2"), ("workstation.example", "1")])
def test_the_access_point_is_an_ip_address_or_a_name(address: str, code: str):
    assert find(made(address=address), "ActiveParticipant").attrib["NetworkAccessPointTypeCode"] == code


def test_an_address_that_is_not_known_is_left_out():
    assert not [name for name in find(made(address=""), "ActiveParticipant").attrib if name.startswith("Network")]


@pytest.mark.parametrize("object_type", ["", "audit"])
def test_the_audit_log_is_named_as_the_standard_names_it(object_type: str):
    log = find(made(action="audit.viewed", object_type=object_type, object_id=""), "ParticipantObjectIdentification")
    assert log.attrib == {
        "ParticipantObjectID": "audit",
        "ParticipantObjectTypeCode": "2",
        "ParticipantObjectTypeCodeRole": "13",
    }
    assert codes(log, "ParticipantObjectIDTypeCode") == [("12", "RFC-3881", "URI")]
    assert log.findtext("ParticipantObjectName") == "Security Audit Log"


def test_a_user_who_was_changed_is_a_security_user():
    changed = find(made(action="user.changed", object_type="user"), "ParticipantObjectIdentification")
    assert changed.attrib["ParticipantObjectTypeCode"] == "1"
    assert changed.attrib["ParticipantObjectTypeCodeRole"] == "11"
    assert codes(changed, "ParticipantObjectIDTypeCode") == [("11", "RFC-3881", "User Identifier")]


def test_times_of_other_zones_are_told_in_utc():
    at = datetime(2026, 3, 4, 7, 6, 7, tzinfo=timezone(timedelta(hours=2)))
    assert find(made(at=at), "EventIdentification").attrib["EventDateTime"] == "2026-03-04T05:06:07.000000Z"


TEXTS = [field.name for field in fields(AuditRecord) if field.type is str and field.name != "action"]


@given(
    st.fixed_dictionaries(
        dict.fromkeys(TEXTS, ANYTHING)
        | {
            "action": st.sampled_from(["upload.viewed", "session.refused", "audit.viewed"]) | ANYTHING.filter(bool),
            "outcome": st.sampled_from(["success", "failure"]),
            "position": st.integers(0, 2**63),
            "at": st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),  # noqa: DTZ001 - Hypothesis adds the zone
        }
    )
)
def test_whatever_a_record_holds_is_read_back(facts: dict[str, Any]):
    record = make_record(**facts)
    content = audit_message(record, source_id=SOURCE, hostname=HOST)
    found, legal = parse(content), {name: ILLEGAL.sub("\ufffd", facts[name]) for name in [*TEXTS, "action"]}
    assert b"\n" not in content
    assert violations(found) == []
    assert codes(found, "EventIdentification/EventTypeCode")[-1] == (legal["action"], OWN, legal["action"])
    user = find(found, "ActiveParticipant")
    if any(facts[name] for name in ("actor_id", "actor_name", "address")):
        assert user.get("AlternativeUserID", "") == legal["actor_id"]
        assert user.get("UserName", "") == legal["actor_name"]
        assert user.get("NetworkAccessPointID", "") == legal["address"]
        if facts["actor_role"]:
            assert codes(user, "RoleIDCode")[-1] == (legal["actor_role"], OWN, legal["actor_role"])
    *objects, last = found.findall("ParticipantObjectIdentification")
    if facts["object_type"]:
        assert objects[0].attrib["ParticipantObjectID"] == (legal["object_id"] or legal["object_type"])
    assert last.attrib["ParticipantObjectID"] == str(record.position)
    detail = last.find("ParticipantObjectDetail")
    assert (b64decode(detail.attrib["value"]).decode() if detail is not None else "") == legal["trace_id"]
