"""The list of those who may send by DICOM."""

import pytest

from relaypacs.core.dicom_peers import DicomPeer, parse_peers, peer_for


def test_a_list_is_read_and_the_address_decides() -> None:
    peers = parse_peers("CT1=anna, CT1@10.0.0.5=bert,PACS=, MR 1@::1=carla,")
    assert peers == (
        DicomPeer("CT1", None, "anna"),
        DicomPeer("CT1", "10.0.0.5", "bert"),
        DicomPeer("PACS", None, ""),
        DicomPeer("MR 1", "::1", "carla"),
    )
    assert peer_for(peers, "CT1", "10.0.0.5") == peers[1]
    assert peer_for(peers, "CT1", "10.0.0.6") == peers[0]
    assert peer_for(peers, "MR 1", "10.0.0.6") is None
    assert peer_for(peers, "ct1", "10.0.0.5") is None


@pytest.mark.parametrize(
    "text",
    ["CT1", "=anna", "CT1@=anna", "CT1@host=anna", "A" * 17 + "=anna", "CT\\1=anna", "CT1=anna,CT1=bert", "Ä=anna"],
)
def test_a_list_that_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|gives|has"):
        parse_peers(text)
