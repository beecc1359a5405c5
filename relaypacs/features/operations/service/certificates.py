"""When the certificates end that the gateway was given."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509

from relaypacs.core.settings import Settings
from relaypacs.features.deliveries.models import Destination
from relaypacs.features.operations.schemas import CertificateUse, CertificateView


async def certificates_of_settings(settings: Settings) -> Sequence[CertificateView]:
    """Return those of the files that settings name. One that cannot be read is left to `relaypacs doctor`."""
    files = (
        (CertificateUse.LISTENER, settings.dicom_tls_certificate),
        (CertificateUse.LISTENER_CA, settings.dicom_tls_ca),
        (CertificateUse.SYSLOG_CA, settings.audit_syslog_ca),
    )
    found = []
    for use, name in files:
        if name and (ends_at := _end(use, await asyncio.to_thread(_read, Path(name)))):
            found.append(CertificateView(use=use, name="", subject_id=None, ends_at=ends_at))
    return found


def certificates_of(destinations: Sequence[Destination]) -> Iterator[CertificateView]:
    for destination in destinations:
        for use, text in (
            (CertificateUse.DESTINATION, destination.tls_certificate),
            (CertificateUse.DESTINATION_CA, destination.tls_ca),
        ):
            if text and (ends_at := _end(use, text.encode())):
                yield CertificateView(use=use, name=destination.name, subject_id=destination.id, ends_at=ends_at)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _end(use: CertificateUse, pem: bytes) -> datetime | None:
    """Return when the first certificate of a chain ends; of authorities, when the last one does: any may do."""
    try:
        ends = [certificate.not_valid_after_utc for certificate in x509.load_pem_x509_certificates(pem)]
    except ValueError:
        return None
    own = (CertificateUse.DESTINATION, CertificateUse.LISTENER)
    return (ends[0] if use in own else max(ends)) if ends else None
