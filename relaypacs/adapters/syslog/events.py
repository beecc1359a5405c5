"""What our actions are in DICOM's terms: audit events (PS3.16 CID 400), their types (CID 401) and roles (CID 402)."""

from dataclasses import dataclass

PRIVATE_CODES = "99RELAYPACS"  # a coding scheme of our own begins with 99 (PS3.16 8.2)


@dataclass(frozen=True, slots=True)
class Code:
    """A coded value (PS3.15 A.5.1): code, coding scheme and meaning."""

    value: str
    scheme: str
    meaning: str


def dcm(value: int, meaning: str) -> Code:
    """Return a code of DICOM's own terminology (PS3.16 Annex D)."""
    return Code(str(value), "DCM", meaning)


APPLICATION_ACTIVITY = dcm(110100, "Application Activity")
AUDIT_LOG_USED = dcm(110101, "Audit Log Used")
INSTANCES_ACCESSED = dcm(110103, "DICOM Instances Accessed")
EXPORT = dcm(110106, "Export")
IMPORT = dcm(110107, "Import")
QUERY = dcm(110112, "Query")
SECURITY_ALERT = dcm(110113, "Security Alert")
USER_AUTHENTICATION = dcm(110114, "User Authentication")

APPLICATION_START = dcm(110120, "Application Start")
APPLICATION_STOP = dcm(110121, "Application Stop")
LOGIN = dcm(110122, "Login")
LOGOUT = dcm(110123, "Logout")
NETWORK_CONFIGURATION = dcm(110128, "Network Configuration")
OBJECT_SECURITY_CHANGED = dcm(110135, "Object Security Attributes Changed")
USER_SECURITY_CHANGED = dcm(110137, "User Security Attributes Changed")

APPLICATION = dcm(110150, "Application")
DESTINATION = dcm(110152, "Destination Role ID")
SOURCE = dcm(110153, "Source Role ID")


@dataclass(frozen=True, slots=True)
class Event:
    """How an action is reported. `action_code` is C, R, U, D or E (PS3.15 A.5.2): create, read … execute."""

    event_id: Code
    action_code: str
    event_type: Code | None = None


# By the beginning of the action; the first one that fits is taken, so what is special stands before what is general.
EVENTS = (
    ("session.ended", Event(USER_AUTHENTICATION, "E", LOGOUT)),
    ("session.", Event(USER_AUTHENTICATION, "E", LOGIN)),
    ("user.", Event(SECURITY_ALERT, "E", USER_SECURITY_CHANGED)),
    ("users.listed", Event(QUERY, "E")),
    ("second-factor.", Event(SECURITY_ALERT, "E", USER_SECURITY_CHANGED)),
    ("password.", Event(SECURITY_ALERT, "E", USER_SECURITY_CHANGED)),
    ("invitation.", Event(SECURITY_ALERT, "E", USER_SECURITY_CHANGED)),
    ("site.", Event(SECURITY_ALERT, "E", OBJECT_SECURITY_CHANGED)),
    ("destination.", Event(SECURITY_ALERT, "E", NETWORK_CONFIGURATION)),
    ("webhook.", Event(SECURITY_ALERT, "E", NETWORK_CONFIGURATION)),
    ("delivery.", Event(INSTANCES_ACCESSED, "U")),
    ("upload.opened", Event(IMPORT, "C")),
    ("upload.completed", Event(IMPORT, "C")),
    ("uploads.listed", Event(QUERY, "E")),
    ("upload.viewed", Event(INSTANCES_ACCESSED, "R")),
    ("upload.cancelled", Event(INSTANCES_ACCESSED, "D")),
    ("upload.files-removed", Event(INSTANCES_ACCESSED, "D")),
    ("upload.", Event(INSTANCES_ACCESSED, "U")),
    ("reports.listed", Event(QUERY, "E")),
    ("report.viewed", Event(INSTANCES_ACCESSED, "R")),
    ("report.priors-viewed", Event(INSTANCES_ACCESSED, "R")),
    ("report.", Event(INSTANCES_ACCESSED, "U")),
    ("instances.", Event(INSTANCES_ACCESSED, "R")),
    ("template.", Event(APPLICATION_ACTIVITY, "E")),
    ("receipt.", Event(EXPORT, "R")),
    ("backup.", Event(EXPORT, "R")),
    ("keys.", Event(SECURITY_ALERT, "E", OBJECT_SECURITY_CHANGED)),
    ("audit.", Event(AUDIT_LOG_USED, "R")),
    ("service.started", Event(APPLICATION_ACTIVITY, "E", APPLICATION_START)),
    ("service.stopped", Event(APPLICATION_ACTIVITY, "E", APPLICATION_STOP)),
)
# An action that the table does not know is still reported, with its own name as the type.
OTHERWISE = Event(APPLICATION_ACTIVITY, "E")

# Who gives and who takes (user, gateway), for the events in which something moves (PS3.15 A.5.3.4, A.5.3.5, A.5.3.10).
DIRECTIONS = {
    IMPORT: (SOURCE, DESTINATION),
    EXPORT: (DESTINATION, SOURCE),
    QUERY: (SOURCE, DESTINATION),
}


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """How an object is reported: type and role of PS3.15 A.5.1.2.2, what its identifier is, and its name."""

    type_code: str
    role: str
    id_type: Code
    name: str


PERSON, SYSTEM_OBJECT, ORGANISATION, OTHER = "1", "2", "3", "4"
LOCATION, REPORT, SECURITY_USER, SECURITY_RESOURCE = "2", "3", "11", "13"

OBJECTS = {
    "user": ObjectKind(PERSON, SECURITY_USER, Code("11", "RFC-3881", "User Identifier"), "User"),
    "upload": ObjectKind(SYSTEM_OBJECT, REPORT, Code("upload", PRIVATE_CODES, "Upload"), "Upload"),
    "site": ObjectKind(ORGANISATION, LOCATION, Code("site", PRIVATE_CODES, "Site"), "Site"),
    "invitation": ObjectKind(
        SYSTEM_OBJECT, SECURITY_RESOURCE, Code("invitation", PRIVATE_CODES, "Invitation"), "Invitation"
    ),
    "audit": ObjectKind(SYSTEM_OBJECT, SECURITY_RESOURCE, Code("12", "RFC-3881", "URI"), "Security Audit Log"),
}
RECORD = ObjectKind(
    SYSTEM_OBJECT, SECURITY_RESOURCE, Code("position", PRIVATE_CODES, "Position in the audit log"), "Audit record"
)


def event_of(action: str) -> Event:
    """Return how `action` is reported."""
    return next((event for beginning, event in EVENTS if action.startswith(beginning)), OTHERWISE)


def object_kind(object_type: str) -> ObjectKind:
    """Return how an object of this type is reported; an unknown type is reported under its own name."""
    unknown = ObjectKind(OTHER, "", Code(object_type, PRIVATE_CODES, object_type), "Object")
    return OBJECTS.get(object_type, unknown)
