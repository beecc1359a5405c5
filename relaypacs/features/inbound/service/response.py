"""The Store Instances Response (PS3.18 Annex I.2) as DICOM JSON (PS3.18 F.2) and as Native DICOM Model (PS3.19 A.1)."""

import json
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from pydicom.datadict import keyword_for_tag

from relaypacs.features.inbound.service.outcome import Outcome, Status

JSON, XML = "application/dicom+json", "application/dicom+xml"
NATIVE_MODEL = "http://dicom.nema.org/PS3.19/models/NativeDICOM"

SOP_CLASS, SOP_INSTANCE, RETRIEVE_URL = "00081150", "00081155", "00081190"
WARNING_REASON, FAILURE_REASON = "00081196", "00081197"
FAILED, REFERENCED, OTHER_FAILURES = "00081198", "00081199", "0008119A"

Attributes = dict[str, dict[str, object]]


def preferred(accept: str) -> str:
    """Return the media type to answer with: JSON, unless XML is asked for and JSON is not."""
    asked = [item.partition(";")[0].strip().lower() for item in accept.split(",")]
    wants_xml = XML in asked or "application/xml" in asked
    return XML if wants_xml and not {JSON, "application/json"} & set(asked) else JSON


def encode(outcomes: Sequence[Outcome], kind: str) -> bytes:
    attributes = response_attributes(outcomes)
    return _xml(attributes) if kind == XML else json.dumps(attributes).encode()


def response_attributes(outcomes: Sequence[Outcome]) -> Attributes:
    """Return the attributes of the response. RetrieveURL is empty: nothing is retrieved from here."""
    named = [outcome for outcome in outcomes if outcome.sop_instance_uid]
    sequences = {
        FAILED: [_failed(outcome) for outcome in named if not outcome.is_stored],
        REFERENCED: [_referenced(outcome) for outcome in named if outcome.is_stored],
        OTHER_FAILURES: [_reason(FAILURE_REASON, o.status) for o in outcomes if not o.sop_instance_uid],
    }
    attributes: Attributes = {RETRIEVE_URL: {"vr": "UR"}}
    for tag, items in sequences.items():
        if items:
            attributes[tag] = {"vr": "SQ", "Value": items}
    return attributes


def _named(outcome: Outcome) -> Attributes:
    return {
        SOP_CLASS: {"vr": "UI", "Value": [outcome.sop_class_uid]} if outcome.sop_class_uid else {"vr": "UI"},
        SOP_INSTANCE: {"vr": "UI", "Value": [outcome.sop_instance_uid]},
    }


def _referenced(outcome: Outcome) -> Attributes:
    item: Attributes = {**_named(outcome), RETRIEVE_URL: {"vr": "UR"}}
    return item if outcome.status is Status.STORED else {**item, **_reason(WARNING_REASON, outcome.status)}


def _failed(outcome: Outcome) -> Attributes:
    return {**_named(outcome), **_reason(FAILURE_REASON, outcome.status)}


def _reason(tag: str, status: Status) -> Attributes:
    return {tag: {"vr": "US", "Value": [int(status)]}}


def _xml(attributes: Mapping[str, Mapping[str, object]]) -> bytes:
    root = Element("NativeDicomModel", {"xmlns": NATIVE_MODEL, "xml:space": "preserve"})
    _add(root, attributes)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(parent: Element, attributes: Mapping[str, Mapping[str, object]]) -> None:
    for tag, attribute in sorted(attributes.items()):
        keyword = keyword_for_tag(int(tag, 16))
        element = SubElement(parent, "DicomAttribute", {"tag": tag, "vr": str(attribute["vr"]), "keyword": keyword})
        values = attribute.get("Value", [])
        for number, value in enumerate(values if isinstance(values, list) else [], start=1):
            if isinstance(value, dict):
                _add(SubElement(element, "Item", {"number": str(number)}), value)
            else:
                SubElement(element, "Value", {"number": str(number)}).text = str(value)
