"""What the accepted instances of an upload say together. Pure functions over rows."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from relaypacs.features.studies.models import Instance

# The specification's words for a modality, and the defined terms (PS3.3 C.7.3.1.1.1) that fit each.
FORM_MODALITIES: Mapping[str, frozenset[str]] = {
    "MRI": frozenset({"MR"}),
    "XR": frozenset({"CR", "DX", "RF", "XA", "MG", "RG", "IO", "PX"}),
    "PET": frozenset({"PT"}),
}
KEY_LENGTH = 16
# Objects that accompany images of any modality.
ACCOMPANYING = frozenset({"SR", "PR", "KO", "DOC", "SEG", "REG", "OT", "RTSTRUCT", "RTPLAN", "RTDOSE"})


def study_hash(instances: Sequence[Instance]) -> str:
    """Return the SHA-256 over each StudyInstanceUID and its sorted pairs of SOPInstanceUID and sha256."""
    studies: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for instance in instances:
        studies[instance.study_instance_uid].add((instance.sop_instance_uid, instance.sha256))
    digest = hashlib.sha256()
    for uid, pairs in sorted(studies.items()):
        digest.update(f"{uid}\n".encode())
        for sop_instance_uid, sha256 in sorted(pairs):
            digest.update(f"{sop_instance_uid} {sha256}\n".encode())
    return digest.hexdigest()


def by_patient(instances: Sequence[Instance]) -> dict[str, list[Instance]]:
    """Return the instances by whom they are of, each patient under a key that says nothing about him."""
    found: defaultdict[str, list[Instance]] = defaultdict(list)
    for instance in instances:
        found[patient_key(instance)].append(instance)
    return dict(found)


def patient_key(instance: Instance) -> str:
    """Return the key of a patient: by PatientID and its issuer where there is one, else by name."""
    attributes = instance.attributes
    if identifier := attributes.get("PatientID", "").strip():
        patient = (identifier, attributes.get("IssuerOfPatientID", "").strip())
    else:
        patient = ("", comparable_name(attributes.get("PatientName", "")))
    return hashlib.sha256(repr(patient).encode()).hexdigest()[:KEY_LENGTH]


def comparable_name(name: str) -> str:
    """Return a person name (PS3.5 6.2.1) in a form in which spelling habits do not matter."""
    return " ".join(name.split("=", maxsplit=1)[0].replace("^", " ").casefold().split())


def conflicting_uids(instances: Sequence[Instance]) -> set[str]:
    """Return the SOPInstanceUIDs under which the upload brings different content."""
    content: defaultdict[str, set[str]] = defaultdict(set)
    for instance in instances:
        content[instance.sop_instance_uid].add(instance.sha256)
    return {uid for uid, digests in content.items() if len(digests) > 1}


def conflicting_with(instances: Sequence[Instance], earlier: Sequence[Instance]) -> set[str]:
    """Return the SOPInstanceUIDs under which the same site has sent other pixels before.

    Compared are those of one transfer syntax: what was encoded anew has other bytes and may be the same image, which
    the read-back from the destination decides.
    """
    known = defaultdict(set)
    for instance in earlier:
        known[instance.sop_instance_uid, instance.transfer_syntax_uid].add(instance.pixel_sha256)
    return {
        instance.sop_instance_uid
        for instance in instances
        if (pixels := known.get((instance.sop_instance_uid, instance.transfer_syntax_uid)))
        and instance.pixel_sha256 not in pixels
    }


def mark_repeats(instances: Sequence[Instance], planned: Collection[UUID] = ()) -> list[Instance]:
    """Return each instance once, that which is on its way already where there are several.

    An identical copy is marked, and not sent again.
    """
    once: dict[str, Instance] = {}
    for instance in sorted(instances, key=lambda instance: instance.id not in planned):
        instance.is_repeat = instance.sop_instance_uid in once
        once.setdefault(instance.sop_instance_uid, instance)
    return list(once.values())


def form_fallback(sentence: str) -> dict[str, str]:
    """Return the warning that the form was filled in from the files, which did not say everything."""
    return {"code": "form-fallback", "detail": sentence}


def about_the_form(warnings: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Return the warnings that were there before the files were judged, and stay."""
    return [warning for warning in warnings if warning["code"] == form_fallback("")["code"]]


def differences_from_form(form: Mapping[str, Any], instances: Sequence[Instance]) -> list[dict[str, str]]:
    """Return a warning for each thing that the form and the files say differently. They delay nothing."""
    warnings = []
    names = {comparable_name(name) for name in _values(instances, "PatientName")}
    if names and form["patient_name"] != "UNKNOWN" and comparable_name(form["patient_name"]) not in names:
        warnings.append({"code": "patient-differs", "detail": "The form names another patient than the files."})
    days = _values(instances, "StudyDate")
    if days and form["study_date"] not in days:
        warnings.append({"code": "study-date-differs", "detail": "The form gives another study date than the files."})
    modalities = _values(instances, "Modality") - ACCOMPANYING
    fitting = FORM_MODALITIES.get(form["modality"], frozenset({form["modality"]}))
    if modalities and form["modality"] != "OTHER" and not modalities & fitting:
        warnings.append({"code": "modality-differs", "detail": "The form gives another modality than the files."})
    return warnings


def _values(instances: Sequence[Instance], keyword: str) -> set[str]:
    return {value for instance in instances if (value := instance.attributes.get(keyword, "").strip())}
