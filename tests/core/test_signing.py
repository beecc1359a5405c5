"""A custody receipt proves who signed it, and that nothing in it was changed since."""

import copy
import json
from typing import Any

import pytest

from relaypacs.core.keys import Keys
from relaypacs.core.signing import ReceiptInvalid, ReceiptSigner, canonical, key_id, verify_receipt

PAYLOAD = {"upload_id": "1", "instances": [{"sha256": "ab", "size": 3}], "site": "Zürich"}


@pytest.fixture
def signer() -> ReceiptSigner:
    return ReceiptSigner(Keys.of("a secret key that only the tests know"))


def test_a_signed_receipt_is_verified_also_after_a_round_trip_through_a_file(signer: ReceiptSigner) -> None:
    document = signer.sign(PAYLOAD)
    verify_receipt(document)
    verify_receipt(json.loads(json.dumps(document, indent=2, sort_keys=True)), [signer.public_key])


def test_every_replica_has_the_same_key_and_every_gateway_its_own(signer: ReceiptSigner) -> None:
    assert ReceiptSigner(Keys.of("a secret key that only the tests know")).public_key == signer.public_key
    other = ReceiptSigner(Keys.of("the secret key of another gateway"))
    with pytest.raises(ReceiptInvalid, match="another key"):
        verify_receipt(signer.sign(PAYLOAD), [other.public_key])


@pytest.mark.parametrize(
    "change",
    [
        lambda receipt: receipt.update(upload_id="2"),
        lambda receipt: receipt["instances"].append({"sha256": "cd", "size": 4}),
        lambda receipt: receipt["instances"][0].update(size=4),
        lambda receipt: receipt.pop("site"),
        lambda receipt: receipt.update(extra=None),
    ],
)
def test_any_change_is_found(signer: ReceiptSigner, change: Any) -> None:
    document = copy.deepcopy(signer.sign(PAYLOAD))
    change(document["receipt"])
    with pytest.raises(ReceiptInvalid, match="changed"):
        verify_receipt(document)


def test_somebody_elses_key_in_the_receipt_does_not_help(signer: ReceiptSigner) -> None:
    document = signer.sign(PAYLOAD)
    document["signature"]["public_key"] = ReceiptSigner(Keys.of("the secret key of a forger")).public_key
    with pytest.raises(ReceiptInvalid):
        verify_receipt(document)


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        "text",
        {"receipt": {}},
        {"receipt": {}, "signature": None},
        {"receipt": {}, "signature": {"public_key": "AAAA", "value": "AAAA"}},
        {"receipt": {}, "signature": {"public_key": "not base64!", "value": ""}},
        {"receipt": {}, "signature": {"public_key": 7, "value": 7}},
    ],
)
def test_what_is_no_receipt_is_named_so(document: Any) -> None:
    with pytest.raises(ReceiptInvalid, match="not a custody receipt"):
        verify_receipt(document)


def test_what_is_signed_does_not_depend_on_the_order_of_members() -> None:
    assert canonical({"b": 1, "a": "ü"}) == canonical({"a": "ü", "b": 1}) == '{"a":"ü","b":1}'.encode()


def test_a_key_id_names_the_key(signer: ReceiptSigner) -> None:
    signature = signer.sign(PAYLOAD)["signature"]
    assert (signature["algorithm"], len(signature["key_id"])) == ("Ed25519", 16)
    assert key_id(b"one") != key_id(b"two")
