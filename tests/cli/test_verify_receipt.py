"""`relaypacs verify-receipt`: what it proves, and what it says that it does not."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from relaypacs.cli.main import app
from relaypacs.core.keys import Keys
from relaypacs.core.signing import ReceiptSigner

SIGNER = ReceiptSigner(Keys.of("a secret key of more than 32 characters"))
PAYLOAD = {
    "receipt_id": "r-1",
    "revision": 2,
    "issued_at": "2026-01-14T10:00:00Z",
    "safe_to_delete": True,
    "instances": [{"sha256": "00"}, {"sha256": "01"}],
}


@pytest.fixture
def receipt(tmp_path: Path) -> Path:
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(SIGNER.sign(PAYLOAD), indent=2))
    return path


def verify(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["verify-receipt", *map(str, arguments)])
    return result.exit_code, result.output


def test_a_whole_receipt_without_a_key_leaves_the_signer_open(receipt: Path) -> None:
    code, said = verify(receipt)
    assert code == 0
    assert "instances: 2" in said
    assert "revision: 2" in said
    assert f"not proven. The key's id is {json.loads(receipt.read_text())['signature']['key_id']}" in said


def test_with_the_gateways_key_the_signer_is_proven(receipt: Path) -> None:
    code, said = verify(receipt, "--public-key", SIGNER.public_key)
    assert code == 0
    assert "the key that you gave" in said
    assert "not proven" not in said


@pytest.mark.parametrize("key", [ReceiptSigner(Keys.of("b" * 40)).public_key, "no base64!"])
def test_another_key_is_refused(receipt: Path, key: str) -> None:
    code, said = verify(receipt, "--public-key", key)
    assert (code, "INVALID" in said) == (1, True)


@pytest.mark.parametrize("content", ["", "[]", "{}", "no JSON", '{"receipt": {}, "signature": {"public_key": "AA=="}}'])
def test_what_is_no_receipt_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(content)
    code, said = verify(path)
    assert (code, "INVALID" in said) == (1, True)


def test_a_changed_receipt_is_refused(receipt: Path) -> None:
    receipt.write_text(receipt.read_text().replace('"sha256": "01"', '"sha256": "02"'))
    code, said = verify(receipt)
    assert (code, "changed after it was signed" in said) == (1, True)
