"""Addresses as an administrator writes them."""

import pytest

from relaypacs.adapters.pacs.dicomweb import DicomwebPacs
from relaypacs.adapters.pacs.dimse.adapter import DimsePacs
from relaypacs.adapters.pacs.factory import PacsAddress, open_pacs, parse_pacs_url
from relaypacs.adapters.pacs.folder import FolderPacs


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("folder:///srv/archive", PacsAddress("folder", "/srv/archive")),
        ("folder:///srv/two%20words", PacsAddress("folder", "/srv/two words")),
        (
            "dicomweb+http://relay:secret@pacs:8042/dicom-web",
            PacsAddress("dicomweb", "http://pacs:8042/dicom-web", "relay", "secret"),
        ),
        ("dicomweb+https://pacs.example/rs/", PacsAddress("dicomweb", "https://pacs.example/rs")),
        (
            "dicomweb+https://a%40b:p%3A%2F%23%25@pacs.example/rs",
            PacsAddress("dicomweb", "https://pacs.example/rs", "a@b", "p:/#%"),
        ),
        ("dicomweb+http://[::1]:8042/rs", PacsAddress("dicomweb", "http://[::1]:8042/rs")),
        ("dicom://ORTHANC@pacs.example:104", PacsAddress("dimse", "dicom://ORTHANC@pacs.example:104")),
        ("dicom://MY%20PACS@[::1]:4242/", PacsAddress("dimse", "dicom://MY%20PACS@[::1]:4242")),
        ("dicom+tls://A%2FB@192.0.2.1:2762", PacsAddress("dimse", "dicom+tls://A%2FB@192.0.2.1:2762")),
    ],
)
def test_addresses_are_read(url: str, expected: PacsAddress) -> None:
    assert parse_pacs_url(url) == expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://relay:hunter2@pacs/", "must start with"),
        ("http://relay:hunter2@pacs/", "must start with"),
        ("dicomweb+http://relay:hunter2@/rs", "no host"),
        ("dicomweb+http://relay:7/hunter2@pacs/rs", "%2F"),
        ("dicomweb+http://relay:hunter2/3@pacs/rs", "percent-encoded"),
        ("dicomweb+http://relay:hunter2#3@pacs/rs", "%23"),
        ("dicomweb+http://relay:hunter2?3@pacs/rs", "%3F"),
        ("dicomweb+http://relay:hunter2@pacs:port/rs", "percent-encoded"),
        ("dicomweb+http://relay:hunter2@pacs:99999/rs", "percent-encoded"),
        ("dicomweb+http://relay:hunter2@[pacs/rs", "percent-encoded"),
        ("dicomweb+http://relay:hunter2@169.254.169.254/rs", "not allowed"),
        ("dicomweb+http://relay:hunter2@[fe80::1%25eth0]/rs", "not allowed"),
        ("dicomweb+http://relay:hunter2@[::ffff:169.254.169.254]/rs", "not allowed"),
        ("dicomweb+http://relay:hunter2@two words/rs", "neither a name"),
        ("dicom://PACS:hunter2@pacs:104", "without user, password"),
        ("dicom://pacs:104", "dicom://AETITLE@host:port"),
        ("dicom://PACS@pacs", "dicom://AETITLE@host:port"),
        ("dicom://PACS@pacs:0", "dicom://AETITLE@host:port"),
        ("dicom://PACS@:104", "dicom://AETITLE@host:port"),
        ("dicom://PACS@pacs:104/hunter2", "without user, password and path"),
        ("dicom://HUNTER2HUNTER2HUN@pacs:104", "1 to 16 characters"),
        ("dicom://A%5CB@pacs:104", "1 to 16 characters"),
        ("dicom://A%0AB@pacs:104", "1 to 16 characters"),
        ("dicom://%C3%84RZTE@pacs:104", "1 to 16 characters"),
        ("dicom://%20%20@pacs:104", "1 to 16 characters"),
        ("dicom://PACS@169.254.169.254:104", "not allowed"),
        ("dicom://PACS@two words:104", "neither a name"),
        ("folder://host/hunter2", "absolute path"),
        ("folder:relative", "absolute path"),
        ("folder:///", "absolute path"),
        ("", "must start with"),
    ],
)
def test_a_wrong_address_is_explained_without_its_password(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_pacs_url(url)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_no_password_is_shown() -> None:
    assert "secret" not in repr(parse_pacs_url("dicomweb+http://relay:secret@pacs/rs"))


async def test_each_kind_has_its_adapter() -> None:
    assert isinstance(open_pacs(PacsAddress("folder", "/srv/archive")), FolderPacs)
    dicomweb = open_pacs(PacsAddress("dicomweb", "https://pacs.example/rs", "relay", "secret"))
    assert isinstance(dicomweb, DicomwebPacs)
    await dicomweb.close()
    assert isinstance(open_pacs(PacsAddress("dimse", "dicom://PACS@pacs.example:104")), DimsePacs)
    with pytest.raises(ValueError, match="16 characters"):
        open_pacs(PacsAddress("dimse", "dicom://PACS@pacs.example:104", calling_ae_title="WAY TOO LONG A TITLE"))
    with pytest.raises(ValueError, match="carrier pigeon"):
        open_pacs(PacsAddress("carrier pigeon", "roof"))
