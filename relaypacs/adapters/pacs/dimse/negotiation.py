"""Asking for an association, and reading what the other side says to it (PS3.8 9.3, PS3.7 Annex D)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydicom.uid import UID
from pynetdicom.pdu import A_ASSOCIATE_RQ
from pynetdicom.pdu_primitives import (
    A_ASSOCIATE,
    ImplementationClassUIDNotification,
    ImplementationVersionNameNotification,
    MaximumLengthNotification,
    SCP_SCU_RoleSelectionNegotiation,
    UserIdentityNegotiation,
)
from pynetdicom.presentation import PresentationContext

from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.dimse.node import Node

IMPLEMENTATION_UID = "2.25.276846251142387324017340609946575378133"
IMPLEMENTATION_NAME = "RELAYPACS"
APPLICATION_CONTEXT = "1.2.840.10008.3.1.1.1"
# What we take in one piece. Larger than the usual 16 KiB, which costs a round through the loop for each.
MAX_RECEIVED = 128 * 1024
# PS3.8 9.3.2.2: odd numbers of one byte.
MAX_CONTEXTS = 128
USER_AND_PASSCODE = 2

# PS3.8 Table 9-21, by source and reason.
_REJECTIONS = {
    (1, 1): "no reason given",
    (1, 2): "application context name not supported",
    (1, 3): "calling AE title not recognized",
    (1, 7): "called AE title not recognized",
    (2, 1): "no reason given, perhaps user or password",
    (2, 2): "protocol version not supported",
    (3, 1): "temporary congestion",
    (3, 2): "local limit exceeded",
}
_REJECTION_CAUSES = {
    (1, 1): Cause.NOT_ALLOWED,
    (1, 3): Cause.UNKNOWN_CALLER,
    (1, 7): Cause.WRONG_AE_TITLE,
    (2, 1): Cause.NOT_ALLOWED,
    (3, 1): Cause.BUSY,
    (3, 2): Cause.BUSY,
}
# PS3.8 Table 9-26, those of the service provider.
_ABORTS = {
    1: "unrecognized PDU",
    2: "unexpected PDU",
    4: "unrecognized PDU parameter",
    5: "unexpected PDU parameter",
    6: "invalid PDU parameter value",
}
# PS3.8 Table 9-18.
_ACCEPTANCE, _ABSTRACT_SYNTAX_NOT_SUPPORTED = 0, 3
_CONTEXT, _TRANSFER_SYNTAX, _USER_INFORMATION, _MAXIMUM_LENGTH = 0x21, 0x40, 0x50, 0x51
_ITEMS_START = 68  # of the variable items, behind version, titles and reserved bytes


UserInformation = (
    MaximumLengthNotification
    | ImplementationClassUIDNotification
    | ImplementationVersionNameNotification
    | SCP_SCU_RoleSelectionNegotiation
    | UserIdentityNegotiation
)


class MalformedAnswer(Exception):
    """The answer to a request for an association is not what PS3.8 says."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One presentation context to ask for. `gives`: the other side shall be able to store with us (C-GET)."""

    abstract_syntax: str
    transfer_syntaxes: tuple[str, ...]
    gives: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A presentation context as it was answered; `identifier` 0 when it was refused."""

    proposal: Proposal
    identifier: int = 0
    transfer_syntax: str = ""
    is_class_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    contexts: tuple[Context, ...]
    max_length: int  # of what we may send in one piece; 0: no limit


def encode_request(node: Node, proposals: Sequence[Proposal]) -> bytes:
    """Return the A-ASSOCIATE-RQ PDU for at most MAX_CONTEXTS proposals."""
    request = A_ASSOCIATE()
    request.application_context_name = UID(APPLICATION_CONTEXT)
    request.calling_ae_title = node.calling_ae_title
    request.called_ae_title = node.ae_title
    request.presentation_context_definition_list = [
        _context(2 * index + 1, proposal) for index, proposal in enumerate(proposals)
    ]
    request.user_information = list(_user_information(node, proposals))
    pdu = A_ASSOCIATE_RQ()
    pdu.from_primitive(request)
    return pdu.encode()


def decode_acceptance(body: bytes, proposals: Sequence[Proposal]) -> Accepted:
    """Read an A-ASSOCIATE-AC, without its first six bytes (PS3.8 9.3.3). Raises MalformedAnswer."""
    contexts = {2 * index + 1: Context(proposal) for index, proposal in enumerate(proposals)}
    max_length = 0
    for kind, value in _items(body[_ITEMS_START:]):
        if kind == _CONTEXT and value and value[0] in contexts:
            contexts[value[0]] = _answered(contexts[value[0]].proposal, value)
        elif kind == _USER_INFORMATION:
            for inner, content in _items(value):
                if inner == _MAXIMUM_LENGTH and len(content) == struct.calcsize(">L"):
                    max_length = struct.unpack(">L", content)[0]
    return Accepted(tuple(contexts.values()), max_length)


def describe_rejection(body: bytes) -> str:
    """Return what an A-ASSOCIATE-RJ says (PS3.8 9.3.4), in the standard's words."""
    _, result, source, reason = body[:4].ljust(4, b"\0")
    lasting = "for the moment" if result == 2 else "permanently"  # noqa: PLR2004 - rejected-transient
    words = _REJECTIONS.get((source, reason), f"reason {reason} of source {source}")
    return f"the association was rejected {lasting}: {words}"


def rejection_cause(body: bytes) -> Cause:
    """Return what an A-ASSOCIATE-RJ means: of all others, that no association of ours is understood."""
    _, _, source, reason = body[:4].ljust(4, b"\0")
    return _REJECTION_CAUSES.get((source, reason), Cause.NOT_DICOM)


def describe_abort(body: bytes) -> str:
    """Return what an A-ABORT says (PS3.8 9.3.8)."""
    _, _, source, reason = body[:4].ljust(4, b"\0")
    by = "service user" if source == 0 else "service provider"
    return f"the destination aborted the association ({_ABORTS.get(reason, by) if source else by})"


def _context(identifier: int, proposal: Proposal) -> PresentationContext:
    context = PresentationContext()
    context.context_id = identifier
    context.abstract_syntax = UID(proposal.abstract_syntax)
    context.transfer_syntax = [UID(uid) for uid in proposal.transfer_syntaxes]
    return context


def _user_information(node: Node, proposals: Sequence[Proposal]) -> Iterator[UserInformation]:
    maximum = MaximumLengthNotification()
    maximum.maximum_length_received = MAX_RECEIVED
    implementation, name = ImplementationClassUIDNotification(), ImplementationVersionNameNotification()
    implementation.implementation_class_uid = UID(IMPLEMENTATION_UID)
    name.implementation_version_name = IMPLEMENTATION_NAME
    yield from (maximum, implementation, name)
    for abstract_syntax in dict.fromkeys(proposal.abstract_syntax for proposal in proposals if proposal.gives):
        role = SCP_SCU_RoleSelectionNegotiation()
        role.sop_class_uid = UID(abstract_syntax)
        role.scu_role, role.scp_role = False, True
        yield role
    if node.username:
        identity = UserIdentityNegotiation()
        identity.user_identity_type = USER_AND_PASSCODE
        identity.primary_field, identity.secondary_field = node.username.encode(), node.password.encode()
        yield identity


def _answered(proposal: Proposal, value: bytes) -> Context:
    """Read one presentation context's result (PS3.8 9.3.3.2)."""
    if len(value) < 4:  # noqa: PLR2004 - its fixed part
        raise MalformedAnswer("a presentation context ends early")
    identifier, result = value[0], value[2]
    if result != _ACCEPTANCE:
        return Context(proposal, is_class_unknown=result == _ABSTRACT_SYNTAX_NOT_SUPPORTED)
    chosen = next((content for kind, content in _items(value[4:]) if kind == _TRANSFER_SYNTAX), b"")
    transfer_syntax = chosen.decode("ascii", "replace").rstrip("\0 ")
    if transfer_syntax not in proposal.transfer_syntaxes:
        raise MalformedAnswer("a presentation context was accepted in a transfer syntax that was not proposed")
    return Context(proposal, identifier, transfer_syntax)


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 0
    while position < len(data):
        try:
            kind, _, length = struct.unpack_from(">BBH", data, position)
        except struct.error:
            raise MalformedAnswer("an item ends early") from None
        position += 4
        if length > len(data) - position:
            raise MalformedAnswer("an item is longer than its message")
        yield kind, data[position : position + length]
        position += length
