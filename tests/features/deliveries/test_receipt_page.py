"""The receipt as one page: what is on it, that it is one, and that it says nothing about a patient."""

import io
import json
from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest
import typst
import zxingcpp
from PIL import Image

from relaypacs.adapters.pdf.typesetter import Typesetter, TypesettingFailed
from relaypacs.core.clock import now
from relaypacs.core.keys import Keys
from relaypacs.core.signing import ReceiptSigner
from relaypacs.features.deliveries.service import receipt_page
from relaypacs.features.deliveries.service.receipt_page import INSTANCES, page_facts
from tests.builders.dicom import make_study, make_uid
from tests.builders.gateway import GatewayClient
from tests.builders.problems import is_problem

ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SIGNER = ReceiptSigner(Keys.of("a secret key of more than 32 characters"))
AT = "2026-11-24T16:02:29.123456+00:00"


def document(instances: int, destinations: int = 1, name: str = "PACS", *, safe: bool = True) -> dict[str, Any]:
    outcome = "read_back" if safe else "listed"
    return SIGNER.sign(
        {
            "receipt_id": "01a20e4b-563d-737a-942b-cc6f8255320d",
            "revision": 3,
            "upload_id": "01a20e4b-5a80-75d2-8d9c-4c51eaf34b3a",
            "study_hash": "ab" * 32,
            "issued_at": AT,
            "safe_to_delete": safe,
            "destinations": [
                {
                    "name": name,
                    "required": number == 0,
                    **dict.fromkeys(("instances", "listed", "read_back", "refused", "lost"), instances),
                    "verified_at": AT,
                }
                for number in range(destinations)
            ],
            "instances": [
                {
                    "sop_instance_uid": make_uid("page", number).ljust(64, "1")[:64],
                    "sha256": sha256(bytes([number % 256])).hexdigest(),
                    "verdict": "accepted",
                    "destinations": [{"outcome": outcome}],
                }
                for number in range(instances)
            ],
        }
    )


def pictures(of: dict[str, Any]) -> list[bytes]:
    """Set the same page as pictures, one for each page that it takes."""
    compiler = typst.Compiler(
        receipt_page._template().encode(), sys_inputs={"facts": json.dumps(page_facts(of))}, ignore_system_fonts=True
    )
    pages = compiler.compile(format="png", ppi=150)
    assert pages
    return pages if isinstance(pages, list) else [pages]


@pytest.mark.parametrize("instances", [0, 1, INSTANCES, 5000])
@pytest.mark.parametrize("destinations", [1, 6, 40])
def test_whatever_is_in_it_it_is_one_page(instances: int, destinations: int) -> None:
    for name in ("PACS", "W" * 100, "Radiology Department of the University Hospital"):
        assert len(pictures(document(instances, destinations, name))) == 1


def test_what_does_not_fit_is_counted() -> None:
    facts = page_facts(document(500, 8))
    shown = len(facts["instances"])
    assert shown < INSTANCES
    assert facts["more_instances"] == f"and {500 - shown} more; the JSON lists all"
    assert facts["more_destinations"] == "and 2 more; the JSON lists all"
    assert page_facts(document(3))["more_instances"] == ""


def test_it_says_in_words_whether_the_copy_may_go() -> None:
    assert page_facts(document(3))["verdict"] == "Safe to delete: yes."
    assert page_facts(document(3, safe=False))["verdict"] == "Safe to delete: no."


def test_the_code_names_the_receipt_and_the_signature() -> None:
    receipt = document(3)
    (picture,) = pictures(receipt)
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    digest = sha256(b64decode(receipt["signature"]["value"])).hexdigest()
    assert code.text == f"RELAYPACS-RECEIPT {receipt['receipt']['receipt_id']} 3 {digest}"


async def test_the_same_receipt_is_always_the_same_bytes() -> None:
    receipt = document(30)
    pages = [await receipt_page.receipt_page(Typesetter(), receipt) for _ in range(2)]
    assert pages[0] == pages[1]
    other = document(30)
    other["receipt"]["revision"] = 4
    assert await receipt_page.receipt_page(Typesetter(), other) != pages[0]


@pytest.mark.parametrize(
    "template", ["#while true {}", "#panic()", '#read("/etc/hostname")', '#import "@preview/cetz:0.3.0"']
)
async def test_a_template_that_goes_wrong_is_bounded(template: str) -> None:
    with pytest.raises(TypesettingFailed):
        await Typesetter(time_limit=3).pdf(template, {}, now())


async def test_a_receipt_is_given_as_a_page_to_who_asks_for_one(delivering: GatewayClient) -> None:
    files = make_study(2, patient_name="CANARY^JANE", patient_id="CANARY-1")
    upload, _ = await delivering.send(files)
    path = f"/upload/{upload.upload_id}/receipt"
    whole = (await delivering.http.get(path)).json()
    assert "CANARY" not in json.dumps(page_facts(whole))
    receipt = whole["receipt"]
    asked = await delivering.http.get(path, params={"format": "pdf"})
    accepted = await delivering.http.get(path, headers={"Accept": "application/pdf"})
    for answer in (asked, accepted):
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/pdf"
        name = f"receipt-{receipt['receipt_id']}-{receipt['revision']}.pdf"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer.content.startswith(b"%PDF-")
    assert asked.content == accepted.content
    for headers in ({"Accept": "application/json"}, {"Accept": "*/*"}, {"Accept": "application/pdf, application/json"}):
        assert (await delivering.http.get(path, headers=headers)).json()["receipt"] == receipt


@ONE_DATABASE
async def test_there_is_no_page_before_there_is_a_receipt(delivering: GatewayClient) -> None:
    upload = await delivering.open([("a.dcm", b"body")])
    path = f"/upload/{upload.upload_id}/receipt?format=pdf"
    is_problem(await delivering.http.get(path), 404, "receipt-not-ready")
