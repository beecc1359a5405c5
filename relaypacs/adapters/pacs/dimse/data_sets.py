"""Small data sets, such as queries and reports, in the transfer syntax of the presentation context they go by."""

from io import BytesIO

from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom.dsutils import decode, encode

from relaypacs.adapters.pacs.dimse.association import Association
from relaypacs.adapters.pacs.dimse.negotiation import Context

# What to propose for them.
UNCOMPRESSED = (str(ExplicitVRLittleEndian), str(ImplicitVRLittleEndian))
# Whatever a reader of data sets may stumble over.
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, OSError, EOFError, NotImplementedError)


def encode_data_set(data_set: Dataset, context: Context) -> bytes:
    """Return the bytes of a data set of ours. Raises ValueError when it cannot be encoded, which is our own fault."""
    encoded = encode(data_set, _is_implicit(context), is_little_endian=True)
    if encoded is None:
        raise ValueError("a data set cannot be encoded")
    return encoded


async def receive_data_set(association: Association, context: Context, limit: int) -> Dataset:
    """Return the data set that belongs to the command read last. Raises AssociationLost when it cannot be read."""
    data = await association.receive_whole(limit)
    try:
        return decode(BytesIO(data), _is_implicit(context), is_little_endian=True)
    except _UNREADABLE as fault:
        raise await association.give_up("the destination sent a data set that cannot be read") from fault


def _is_implicit(context: Context) -> bool:
    return context.transfer_syntax == ImplicitVRLittleEndian
