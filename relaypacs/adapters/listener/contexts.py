"""Which presentation contexts are accepted (PS3.8 9.3.2.2): every storage class, in every encoding the checks read."""

from collections.abc import Sequence

from pydicom.uid import UID
from pynetdicom.pdu_primitives import SOPClassCommonExtendedNegotiation
from pynetdicom.presentation import PresentationContext
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    _STORAGE_CLASSES,
    CTImageStorage,
    StorageCommitmentPushModel,
    Verification,
)

from relaypacs.adapters.dicom.syntaxes import DICOM_ROOT, IMPLICIT_LITTLE_ENDIAN, PixelForm, transfer_syntax
from relaypacs.adapters.dicom.values import is_legal_uid

EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
# Where classes for images are registered (PS3.6 A); new ones come there too.
STORAGE_ROOT = DICOM_ROOT + "5.1.4.1.1."
KNOWN_STORAGE = frozenset(str(uid) for uid in _STORAGE_CLASSES.values())
OTHERS = (str(Verification), str(StorageCommitmentPushModel))


def is_storage(uid: str) -> bool:
    """Tell whether instances of this class can be sent; private classes always can."""
    return is_legal_uid(uid) and (
        uid in KNOWN_STORAGE or uid.startswith(STORAGE_ROOT) or not uid.startswith(DICOM_ROOT)
    )


def is_readable(uid: str) -> bool:
    """Tell whether a data set in this transfer syntax can be checked; one with its pixels elsewhere can't be kept."""
    syntax = transfer_syntax(uid) if is_legal_uid(uid) else None
    return syntax is not None and syntax.pixel_form is not PixelForm.REFERENCED


def supported(proposed: Sequence[PresentationContext]) -> list[PresentationContext]:
    """Return what is accepted of the proposal; of several encodings the one that the sender names first."""
    accepted: dict[str, PresentationContext] = {}
    for context in proposed:
        uid = str(context.abstract_syntax)
        if uid in OTHERS:
            syntaxes = [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN]
        elif is_storage(uid):
            syntaxes = [str(syntax) for syntax in context.transfer_syntax if is_readable(str(syntax))]
        else:
            continue
        ours = accepted.setdefault(uid, _context(uid))
        for syntax in syntaxes:
            ours.add_transfer_syntax(syntax)
    return [context for context in accepted.values() if context.transfer_syntax]


def _context(uid: str) -> PresentationContext:
    context = PresentationContext()
    context.abstract_syntax = UID(uid)
    if uid == StorageCommitmentPushModel:  # reports come from the provider, in whichever role it says it has
        context.scu_role = context.scp_role = True
    return context


def as_storage(proposed: Sequence[PresentationContext]) -> dict[str, SOPClassCommonExtendedNegotiation]:
    """Return for each storage class that pynetdicom has no service for that it is one."""
    found = {}
    for context in proposed:
        uid = str(context.abstract_syntax)
        if uid not in KNOWN_STORAGE and is_storage(uid):
            item = SOPClassCommonExtendedNegotiation()
            item.sop_class_uid = UID(uid)
            item.service_class_uid = CTImageStorage
            found[uid] = item
    return found
