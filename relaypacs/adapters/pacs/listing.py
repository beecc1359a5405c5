"""What is asked of a destination's lists, whatever its protocol."""

from collections.abc import Sequence

from relaypacs.adapters.pacs.base import OutgoingInstance, Pacs

# PS3.4 B.5: the storage classes of structured reports all lie below this, and nothing else does.
_STRUCTURED_REPORT = "1.2.840.10008.5.1.4.1.1.88."
_ENCAPSULATED_PDF = "1.2.840.10008.5.1.4.1.1.104.1"


def is_document(sop_class_uid: str) -> bool:
    """Tell whether this is the storage class of a structured report or of an encapsulated PDF."""
    return sop_class_uid == _ENCAPSULATED_PDF or sop_class_uid.startswith(_STRUCTURED_REPORT)


async def confirm_by_listing(pacs: Pacs, instances: Sequence[OutgoingInstance]) -> set[str]:
    """Return the SOPInstanceUIDs of those that the destination lists in their studies."""
    listed: set[str] = set()
    for study_instance_uid in {instance.key.study_instance_uid for instance in instances}:
        listed |= await pacs.list_instances(study_instance_uid)
    return listed & {instance.key.sop_instance_uid for instance in instances}
