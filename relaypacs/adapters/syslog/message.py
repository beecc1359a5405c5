"""The XML of an audit message (PS3.15 A.5.1, the schema; A.5.2, its conventions)."""

import re
from base64 import b64encode
from datetime import UTC, datetime
from ipaddress import ip_address
from xml.etree.ElementTree import Element, SubElement, tostring

from relaypacs.adapters.syslog.base import AuditRecord
from relaypacs.adapters.syslog.events import (
    APPLICATION,
    AUDIT_LOG_USED,
    DIRECTIONS,
    PRIVATE_CODES,
    RECORD,
    USER_AUTHENTICATION,
    Code,
    Event,
    ObjectKind,
    event_of,
    object_kind,
)

PROCESS = "relaypacs"
APPLICATION_SERVER = "4"  # AuditSourceTypeCode, PS3.15 A.5.1.2.1
MACHINE_NAME, IP_ADDRESS = "1", "2"  # NetworkAccessPointTypeCode
SUCCESS, MINOR_FAILURE, SERIOUS_FAILURE = "0", "4", "8"  # EventOutcomeIndicator

# Whatever is not a Char of XML 1.0 (2.2), surrogates included.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def audit_message(record: AuditRecord, *, source_id: str, hostname: str) -> bytes:
    """Return the audit message of `record` as UTF-8 XML in one line, without a byte order mark.

    `source_id` is the AuditSourceID; `hostname` is this machine's name, and the domain of its users. Characters
    that XML does not know become U+FFFD.

    The study and the patient, which A.5.3 asks for where images move, are left out: the record does not know
    them, and the upload's identifier leads there. Each message ends with an object more than A.5.3 knows: the
    record itself, by its position, so that a receiver finds gaps and repetitions.
    """
    event = event_of(record.action)
    message = Element("AuditMessage")
    _event(message, record, event)
    _participants(message, record, event, hostname)
    source = SubElement(message, "AuditSourceIdentification", _attributes(AuditSourceID=source_id))
    SubElement(source, "AuditSourceTypeCode", {"csd-code": APPLICATION_SERVER})
    _objects(message, record, event)
    content: bytes = tostring(message, encoding="utf-8")
    return b'<?xml version="1.0" encoding="UTF-8"?>' + content


def timestamp(at: datetime) -> str:
    """Return the time as both xsd:dateTime and RFC 5424 6.2.3 have it, in UTC with microseconds."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _event(message: Element, record: AuditRecord, event: Event) -> None:
    attributes = _attributes(
        EventActionCode=event.action_code, EventDateTime=timestamp(record.at), EventOutcomeIndicator=_outcome(record)
    )
    identification = SubElement(message, "EventIdentification", attributes)
    _code(identification, "EventID", event.event_id)
    if event.event_type is not None:
        _code(identification, "EventTypeCode", event.event_type)
    _code(identification, "EventTypeCode", Code(record.action, PRIVATE_CODES, record.action))


def _outcome(record: AuditRecord) -> str:
    """Return the indicator: a refused sign-in may be tried again (minor), anything else ended there (A.5.2)."""
    if record.outcome == "success":
        return SUCCESS
    return MINOR_FAILURE if event_of(record.action).event_id is USER_AUTHENTICATION else SERIOUS_FAILURE


def _participants(message: Element, record: AuditRecord, event: Event, hostname: str) -> None:
    """Add the user, if there is one, and the gateway. One of them is the requestor."""
    user_role, process_role = DIRECTIONS.get(event.event_id, (None, APPLICATION))
    somebody = bool(record.actor_id or record.actor_name or record.address)
    if somebody:
        # loginName@domain-name (A.5.2.1); who gave no name is known by the identifier, or by the address.
        named = f"{record.actor_name}@{hostname}" if record.actor_name else record.actor_id or record.address
        known = {"AlternativeUserID": record.actor_id, "UserName": record.actor_name}
        user = _participant(message, named, record.address, requestor=True, **known)
        if user_role is not None:
            _code(user, "RoleIDCode", user_role)
        if record.actor_role:
            _code(user, "RoleIDCode", Code(record.actor_role, PRIVATE_CODES, record.actor_role))
    _code(_participant(message, PROCESS, hostname, requestor=not somebody), "RoleIDCode", process_role)


def _participant(message: Element, user_id: str, access_point: str, *, requestor: bool, **known: str) -> Element:
    attributes = {
        "UserID": user_id,
        **{name: value for name, value in known.items() if value},
        "UserIsRequestor": str(requestor).lower(),
    }
    if access_point:
        attributes["NetworkAccessPointID"] = access_point
        attributes["NetworkAccessPointTypeCode"] = IP_ADDRESS if _is_ip_address(access_point) else MACHINE_NAME
    return SubElement(message, "ActiveParticipant", _attributes(**attributes))


def _objects(message: Element, record: AuditRecord, event: Event) -> None:
    # Whoever reads the audit log is told apart from what was read (A.5.3.2), also when the record says nothing.
    object_type = record.object_type or ("audit" if event.event_id is AUDIT_LOG_USED else "")
    if object_type:
        # The audit log as a whole has no identifier: the relative reference "audit" is its URI (RFC 3986 4.2).
        _object(message, object_kind(object_type), record.object_id or object_type)
    position = _object(message, RECORD, str(record.position))
    if record.trace_id:
        value = b64encode(_legal(record.trace_id).encode()).decode()
        SubElement(position, "ParticipantObjectDetail", {"type": "trace_id", "value": value})


def _object(message: Element, kind: ObjectKind, object_id: str) -> Element:
    attributes = {"ParticipantObjectID": object_id, "ParticipantObjectTypeCode": kind.type_code}
    if kind.role:
        attributes["ParticipantObjectTypeCodeRole"] = kind.role
    identification = SubElement(message, "ParticipantObjectIdentification", _attributes(**attributes))
    _code(identification, "ParticipantObjectIDTypeCode", kind.id_type)
    SubElement(identification, "ParticipantObjectName").text = kind.name
    return identification


def _code(parent: Element, name: str, code: Code) -> None:
    attributes = {"csd-code": code.value, "codeSystemName": code.scheme, "originalText": code.meaning}
    SubElement(parent, name, _attributes(**attributes))


def _attributes(**values: str) -> dict[str, str]:
    return {name: _legal(value) for name, value in values.items()}


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", text)


def _is_ip_address(access_point: str) -> bool:
    try:
        ip_address(access_point)
    except ValueError:
        return False
    return True
