"""The schema of audit messages (PS3.15 A.5.1), as far as we write it: what each element must and may have."""

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

ANY = r"(?s).*"
TOKEN = r"(?s).+"
DATE_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
BASE64 = r"[A-Za-z0-9+/]+={0,2}"


@dataclass(frozen=True)
class Rule:
    """Attributes by name, each with its pattern, and children in their order: name, pattern of their sequence."""

    required: dict[str, str] = field(default_factory=dict)
    optional: dict[str, str] = field(default_factory=dict)
    children: str = ""  # a pattern over the children's names, each followed by a blank
    text: bool = False


CODED = Rule(
    required={"csd-code": TOKEN, "codeSystemName": TOKEN, "originalText": TOKEN}, optional={"displayName": TOKEN}
)
RULES = {
    "AuditMessage": Rule(
        children=(
            "EventIdentification (ActiveParticipant )+AuditSourceIdentification (ParticipantObjectIdentification )*"
        )
    ),
    "EventIdentification": Rule(
        required={"EventDateTime": DATE_TIME, "EventOutcomeIndicator": "0|4|8|12"},
        optional={"EventActionCode": "[CRUDE]"},
        children="EventID (EventTypeCode )*(EventOutcomeDescription )?",
    ),
    "EventID": CODED,
    "EventTypeCode": CODED,
    "ActiveParticipant": Rule(
        required={"UserID": ANY, "UserIsRequestor": "true|false"},
        optional={
            "AlternativeUserID": ANY,
            "UserName": ANY,
            "NetworkAccessPointID": TOKEN,
            "NetworkAccessPointTypeCode": "[1-5]",
        },
        children="(RoleIDCode )*(MediaIdentifier )?",
    ),
    "RoleIDCode": CODED,
    "AuditSourceIdentification": Rule(
        required={"AuditSourceID": TOKEN},
        optional={"AuditEnterpriseSiteID": TOKEN},
        children="(AuditSourceTypeCode )*",
    ),
    "AuditSourceTypeCode": Rule(required={"csd-code": "[1-9]"}),
    "ParticipantObjectIdentification": Rule(
        required={"ParticipantObjectID": TOKEN},
        optional={
            "ParticipantObjectTypeCode": "[1-4]",
            "ParticipantObjectTypeCodeRole": "[1-9]|1[0-9]|2[0-6]",
            "ParticipantObjectDataLifeCycle": "[1-9]|1[0-5]",
            "ParticipantObjectSensitivity": TOKEN,
        },
        children=(
            "ParticipantObjectIDTypeCode (ParticipantObjectName |ParticipantObjectQuery )"
            "(ParticipantObjectDetail )*(ParticipantObjectDescription )*"
        ),
    ),
    "ParticipantObjectIDTypeCode": CODED,
    "ParticipantObjectName": Rule(text=True),
    "ParticipantObjectDetail": Rule(required={"type": TOKEN, "value": BASE64}),
}


def violations(element: Element) -> list[str]:
    """Return what is wrong with the element and all below it."""
    rule = RULES.get(element.tag)
    if rule is None:
        return [f"there is no element {element.tag}"]
    known = rule.required | rule.optional
    found = [f"{element.tag} has no {name}" for name in rule.required if name not in element.attrib]
    for name, value in element.attrib.items():
        if name not in known or not re.fullmatch(known[name], value):
            found.append(f"{element.tag} has {name}={value!r}")
    if not re.fullmatch(rule.children, "".join(f"{child.tag} " for child in element)):
        found.append(f"{element.tag} has {[child.tag for child in element]}")
    if bool(element.text) != rule.text or element.tail:
        found.append(f"{element.tag} has the text {element.text!r} {element.tail!r}")
    return found + [problem for child in element for problem in violations(child)]
