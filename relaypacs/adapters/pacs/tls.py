"""The certificates of one destination, kept as texts, and the TLS that they make."""

import os
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes


@dataclass(frozen=True, slots=True)
class Tls:
    """What a destination's TLS needs, as PEM texts (RFC 7468); all empty where the system's trust suffices.

    Making one raises ValueError, whose sentence repeats nothing of the texts.
    """

    ca: str = ""  # who signs the destination's certificate; empty: whom the system trusts
    certificate: str = ""  # ours, with those between it and its root
    key: str = field(default="", repr=False)  # of our certificate, without a passphrase

    def __post_init__(self) -> None:
        if bool(self.certificate) != bool(self.key):
            raise ValueError("a client certificate and its key are given together, or not at all")
        if self.ca:
            _certificates(self.ca, "the certificate authority")
        if self.certificate:
            first = _certificates(self.certificate, "the client certificate")[0]
            if _public_bytes(first.public_key()) != _public_bytes(_private_key(self.key).public_key()):
                raise ValueError("the client certificate does not belong to the key")


def client_context(tls: Tls) -> ssl.SSLContext:
    """Return what connects with TLS 1.2 or newer, and checks the destination's certificate and host name."""
    context = ssl.create_default_context(cadata=tls.ca or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.certificate:
        with _as_file(f"{tls.certificate}\n{tls.key}\n") as path:
            context.load_cert_chain(path)
    return context


@contextmanager
def _as_file(text: str) -> Iterator[str]:
    """Give a text a path, which is all that OpenSSL's binding takes; on Linux the text stays in memory."""
    if hasattr(os, "memfd_create"):
        with os.fdopen(os.memfd_create("relaypacs-certificate"), "w") as file:
            file.write(text)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
        return
    with tempfile.NamedTemporaryFile("w", prefix="relaypacs-") as file:  # readable by its owner alone
        file.write(text)
        file.flush()
        yield file.name


def _certificates(text: str, name: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(text.encode())
    except ValueError:
        # `from None`, here and below: the original may quote what it could not read.
        raise ValueError(f"{name} is not a certificate in PEM form") from None


def _private_key(text: str) -> PrivateKeyTypes:
    try:
        return serialization.load_pem_private_key(text.encode(), None)
    except TypeError:
        raise ValueError("the key has a passphrase; store it without one, it is sealed here") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError("the key is not a private key in PEM form") from None


def _public_bytes(key: object) -> bytes:
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    encoded: bytes = key.public_bytes(encoding, form)  # type: ignore[attr-defined]
    return encoded
