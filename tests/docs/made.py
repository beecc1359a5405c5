"""Tables of the documents that are made of the code.

`.venv/bin/python -m tests.docs.made` writes them into the pages.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any

from pydicom._uid_dict import UID_dictionary

from relaypacs.adapters.dicom.encapsulated import ENCAPSULATED_PDF
from relaypacs.adapters.listener import contexts, spool
from relaypacs.adapters.pacs.dimse import commitment, negotiation, queries, retrieval
from relaypacs.adapters.pacs.dimse.adapter import VERIFICATION
from relaypacs.adapters.pacs.dimse.node import Timeouts
from relaypacs.adapters.pacs.statuses import describe_status, store_status
from relaypacs.core.settings import Settings
from relaypacs.features.inbound.service.outcome import Status
from tests.docs.pages import ROOT
from tests.features.access.test_table import TABLE as ACCESS

PAGES = [ROOT / f"docs/{name}.md" for name in ("conformance-dicom", "conformance-dicomweb", "endpoints")]
MARKED = re.compile(r"(<!-- made: ([\w-]+) -->\n).*?(<!-- made -->)", re.DOTALL)
BECOMES = {
    "stored": "stored",
    "coerced": "stored, with a warning",
    "refused": "not sent again; the delivery needs attention",
    "failed": "sent again later, without end",
}
MEANINGS = {
    Status.STORED: "stored durably and accepted by the check, perhaps with a warning that the upload shows",
    Status.PROCESSING_FAILURE: "the gateway failed; its log says more",
    Status.NOT_AUTHORIZED: "the account is not active, or the AE has none",
    Status.OUT_OF_RESOURCES: "no room, too large, too many, too slow, or the gateway is about to stop: send it again",
    Status.CANNOT_UNDERSTAND: "not readable as DICOM, or rejected by the check; Error Comment (0000,0902) says why",
}
OF_STOW_ALONE = {
    Status.STORED_WITH_WARNING: "stored; the check has a warning, which the upload names",
    Status.OTHER_STUDY: "an instance of another study than the address",
}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def name_of(uid: str) -> str:
    return UID_dictionary[uid][0] if uid in UID_dictionary else "private"


def storage_classes() -> str:
    found = sorted(contexts.KNOWN_STORAGE, key=lambda uid: [int(part) for part in uid.split(".")])
    return table(("SOP class", "UID"), [(name_of(uid), uid) for uid in found])


def transfer_syntaxes() -> str:
    """Those of PS3.6 for data sets: accepted for C-STORE, and asked for with C-GET."""
    known = [uid for uid, entry in UID_dictionary.items() if entry[1] == "Transfer Syntax"]
    given = {uid for proposal in next(retrieval.proposals_for(ENCAPSULATED_PDF)) for uid in proposal.transfer_syntaxes}
    rows = [(name_of(uid), uid, yes(contexts.is_readable(uid)), yes(uid in given)) for uid in known]
    accepted = [row for row in rows if "yes" in row[2:]]
    return table(("Transfer syntax", "UID", "C-STORE SCP", "C-GET SCU"), accepted)


def yes(holds: bool) -> str:  # noqa: FBT001
    return "yes" if holds else "no"


def services() -> str:
    return table(
        ("Service", "SOP class", "UID", "SCU", "SCP"),
        [
            (service, name_of(uid), uid, yes(scu), yes(scp))
            for service, uid, scu, scp in (
                ("Verification", VERIFICATION, True, VERIFICATION in contexts.OTHERS),
                ("Storage commitment", commitment.PUSH_MODEL, True, False),
                ("Query", queries.STUDY_ROOT_FIND, True, False),
                ("Retrieval", retrieval.STUDY_ROOT_GET, True, False),
            )
        ],
    )


def identification() -> str:
    pdu_bytes = Settings.model_fields["dicom_pdu_bytes"].default
    return table(
        ("", "DELIVERY", "LISTENER"),
        [
            ("Implementation Class UID", negotiation.IMPLEMENTATION_UID, spool.IMPLEMENTATION_CLASS_UID),
            ("Implementation Version Name", negotiation.IMPLEMENTATION_NAME, spool.IMPLEMENTATION_VERSION),
            ("Application Context Name", negotiation.APPLICATION_CONTEXT, negotiation.APPLICATION_CONTEXT),
            ("Maximum PDU size received", negotiation.MAX_RECEIVED, f"{pdu_bytes}, a setting"),
            ("Presentation contexts in one request, at most", negotiation.MAX_CONTEXTS, "128, as PS3.8 allows"),
        ],
    )


def timeouts() -> str:
    words = {
        "connect": "until the connection stands",
        "association": "for the answer to a request for an association",
        "progress": "until the network takes a piece of what is sent",
        "answer": "for the answer to a message",
        "commitment": "for the report of storage commitment, on the same association or by the listener",
        "release": "for the answer to a release",
    }
    return table(("Waits", "seconds"), [(words[each.name], f"{each.default:g}") for each in fields(Timeouts)])


def store_answers() -> str:
    """What we answer to C-STORE."""
    return table(("Status", "when"), [(f"{status:04X}", meaning) for status, meaning in MEANINGS.items()])


def stow_reasons() -> str:
    """What stands for an instance in the answer of STOW-RS."""
    rows = sorted({**MEANINGS, **OF_STOW_ALONE}.items())
    return table(("Reason", "when"), [(f"{status:04X}", meaning) for status, meaning in rows if status])


def store_statuses() -> str:
    """What we make of the answer to our own C-STORE, or of a reason in the answer of STOW-RS; ranges as they come."""

    def said(code: int) -> tuple[str, str]:
        return describe_status(code)[len("0000") :].strip(), BECOMES[store_status(code).value]

    rows: list[tuple[str, str, str]] = []
    for (words, becomes), codes in groupby(range(0x10000), said):
        first, *_, last = [*codes] * 2
        if words:
            rows.append((f"{first:04X}" if first == last else f"{first:04X} to {last:04X}", words, becomes))
    rows.append(("any other", "", BECOMES[store_status(0xFFFE).value]))
    return table(("Status", "meaning", "the instance is"), rows)


def parameters() -> str:
    shown = [(name, field.default) for name, field in Settings.model_fields.items() if name.startswith("dicom_")]
    return table(
        ("Parameter", "unless set"),
        [
            (f"[RELAYPACS_{name.upper()}](configuration.md#relaypacs_{name})", default or "empty")
            for name, default in shown
        ],
    )


MAY = {"+": "yes", "+44": "own", "++4": "site", "+++": "all", "4": "if on", "444": "if there"}


def endpoints() -> str:
    """Every call, with what the table of access says."""
    described = json.loads((ROOT / "web/openapi.json").read_text())["paths"]
    columns, *rows = [line.split() for line in ACCESS.strip().splitlines() if line]
    calls = [(method, path, signs) for method, path, *signs in rows]
    return table(
        ("Call", "does", *columns[2:]),
        [(f"`{method} {path}`", words_of(described, method, path), *map(may, signs)) for method, path, signs in calls],
    )


def may(sign: str) -> str:
    return "no" if set(sign) <= {"1", "3"} else MAY[sign]


def words_of(described: dict[str, Any], method: str, path: str) -> str:
    """Return the first sentence of what the API says of a call."""
    call = described.get(path, {}).get(method.lower(), {})
    sentence = re.split(r"(?<=[.:;]) ", " ".join(call.get("description", "").split()), maxsplit=1)[0].rstrip(".:;")
    return (sentence or call.get("summary", "").capitalize()).replace("|", "\\|")


TABLES: dict[str, Callable[[], str]] = {
    "services": services,
    "identification": identification,
    "timeouts": timeouts,
    "store-answers": store_answers,
    "stow-reasons": stow_reasons,
    "store-statuses": store_statuses,
    "parameters": parameters,
    "transfer-syntaxes": transfer_syntaxes,
    "storage-classes": storage_classes,
    "endpoints": endpoints,
}


def filled(text: str) -> str:
    """Return the text of a page with its tables as the code has them."""
    return MARKED.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[3]}", text)


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(filled(path.read_text()))
