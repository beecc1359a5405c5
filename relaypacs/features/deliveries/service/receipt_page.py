"""A custody receipt as one page: what of the signed JSON is printed, and how."""

import io
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import segno

from relaypacs.adapters.pdf.typesetter import Typesetter

DESTINATIONS, INSTANCES = 6, 42
NAME_LENGTH = 40
ROWS_OF_A_DESTINATION = 1.4  # compared with those of instances
DIGEST_SHOWN = 16
# The worst that a destination says counts for the instance.
OUTCOMES = ("lost", "refused", "waiting", "delivered", "listed", "read_back")
SAFE = (
    "Safe to delete: yes.",
    "Every instance was accepted, and was read back from every destination that must have the study.",
)
NOT_SAFE = (
    "Safe to delete: no.",
    "Not every instance is proven to be kept by every destination that must have the study.",
)


async def receipt_page(typesetter: Typesetter, document: Mapping[str, Any]) -> bytes:
    """Return the PDF of a receipt `{receipt, signature}`; the same document always gives the same bytes."""
    return await typesetter.pdf(_template(), page_facts(document), _time(document["receipt"]["issued_at"]))


def page_facts(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template prints: as much as one page holds, and how much more there is."""
    receipt, signature = document["receipt"], document["signature"]
    revision = receipt.get("revision", 1)
    destinations, instances = receipt.get("destinations", []), receipt["instances"]
    shown = destinations[:DESTINATIONS]
    # The line that counts further destinations takes two rows.
    room = INSTANCES - round(ROWS_OF_A_DESTINATION * len(shown)) - 2 * (len(destinations) > len(shown))
    verdict, explanation = SAFE if receipt["safe_to_delete"] else NOT_SAFE
    return {
        "title": f"Custody receipt {receipt['receipt_id']}, revision {revision}",
        "receipt_id": receipt["receipt_id"],
        "revision": revision,
        "upload_id": receipt["upload_id"],
        "study_hash": receipt["study_hash"],
        "issued_at": _shown(receipt["issued_at"]),
        "verdict": verdict,
        "explanation": explanation,
        "destinations": [_destination(destination) for destination in shown],
        "more_destinations": _more(destinations, len(shown)),
        "instances": [_instance(instance) for instance in instances[:room]],
        "more_instances": _more(instances, room),
        "key_id": signature["key_id"],
        "public_key": signature["public_key"],
        "signature": signature["value"],
        "qr": _code(f"RELAYPACS-RECEIPT {receipt['receipt_id']} {revision} {_digest(signature['value'])}"),
    }


@cache
def _template() -> str:
    return (files("relaypacs.features.deliveries") / "receipt.typ").read_text()


def _destination(destination: Mapping[str, Any]) -> dict[str, Any]:
    name: str = destination["name"]
    return {
        "name": name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…",
        "required": "yes" if destination["required"] else "no",
        **{count: destination[count] for count in ("instances", "listed", "read_back", "refused", "lost")},
        "verified": _shown(destination["verified_at"])[: len("2026-01-14 10:00")]
        if destination["verified_at"]
        else "not yet",
    }


def _instance(instance: Mapping[str, Any]) -> dict[str, str]:
    said = {destination["outcome"] for destination in instance["destinations"]}
    worst = next((outcome for outcome in OUTCOMES if outcome in said), instance["verdict"])
    return {
        "uid": instance["sop_instance_uid"] or "none",
        "sha256": instance["sha256"][:DIGEST_SHOWN],
        "outcome": worst.replace("_", " "),
    }


def _more(everything: Sequence[Any], shown: int) -> str:
    rest = len(everything) - shown
    return f"and {rest} more; the JSON lists all" if rest > 0 else ""


def _digest(signature: str) -> str:
    return sha256(b64decode(signature)).hexdigest()


def _code(text: str) -> str:
    """Return a QR code (ISO/IEC 18004) as SVG."""
    target = io.BytesIO()
    segno.make_qr(text, error="m").save(target, kind="svg", border=2, xmldecl=False)
    return target.getvalue().decode()


def _time(iso: str) -> datetime:
    return datetime.fromisoformat(iso)


def _shown(iso: str) -> str:
    return f"{_time(iso):%Y-%m-%d %H:%M:%S} UTC"
