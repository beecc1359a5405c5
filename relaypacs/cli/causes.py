"""What to do about each cause for which a destination does not take studies."""

from collections.abc import Mapping

from relaypacs.adapters.pacs.causes import Cause

REMEDIES: Mapping[Cause, str] = {
    Cause.UNREACHABLE: "Start the PACS, and compare host and port with its own; then look at firewalls in between.",
    Cause.UNKNOWN_HOST: "Correct the host's name, or the DNS of this machine.",
    Cause.FORBIDDEN_ADDRESS: "Give another address: link-local and metadata addresses are never called.",
    Cause.TLS: "Give the authority that has signed the PACS's certificate as tls.ca, and compare http with https.",
    Cause.TIMED_OUT: "The PACS is slow: look at its load, database and disk, or lower the destination's concurrency.",
    Cause.CONNECTION_LOST: "Read the PACS's log: many hang up on callers whose address or AE title they do not know.",
    Cause.NOT_ALLOWED: "Give the user and the password that the PACS knows, with the right to store, list and fetch.",
    Cause.WRONG_AE_TITLE: "Correct the AE title in the destination's address: the PACS goes by another one.",
    Cause.UNKNOWN_CALLER: "Enter the destination's calling AE title in the PACS, with this machine's address.",
    Cause.NOT_FOUND: "Correct the path of the address: it ends where /studies begins.",
    Cause.NOT_DICOM: "Compare port and path: something else than DICOM is served there.",
    Cause.NOT_OFFERED: "Switch the service on in the PACS: STOW-RS, QIDO-RS, WADO-RS, or C-ECHO, C-STORE, C-FIND.",
    Cause.OUT_OF_RESOURCES: "The PACS is full: make room there. What waits goes by itself.",
    Cause.BUSY: "The PACS takes no more for the moment. If it lasts, lower the destination's concurrency.",
    Cause.TOO_LARGE: "Raise the body limit of the PACS or of the proxy before it: requests have 10 MB or more.",
    Cause.REFUSED_SOP_CLASS: "Allow the SOP class in the PACS, or route such studies elsewhere; then retry.",
    Cause.REFUSED_TRANSFER_SYNTAX: "Allow the transfer syntax in the PACS: files are never converted; then retry.",
    Cause.REFUSED_CONTENT: "Read the PACS's log about the instance; then retry the delivery, or cancel it.",
    Cause.NOT_KEPT: "Look for the instances in the PACS before anybody deletes the originals; then retry.",
    Cause.OTHER_CONTENT: "Decide in the PACS which of the two is right: nothing is ever overwritten.",
    Cause.OWN_COPY: "Look at this machine's disk: the gateway cannot read its own copy.",
    Cause.GATEWAY: "Read the gateway's log.",
    Cause.OTHER: "Read what the PACS says, and its log.",
}
