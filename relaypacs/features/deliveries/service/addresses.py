"""From what an administrator writes to a destination's row, and back to the adapter's address."""

from relaypacs.adapters.pacs.factory import PacsAddress, parse_pacs_url
from relaypacs.adapters.pacs.tls import Tls
from relaypacs.core.security import Vault
from relaypacs.features.deliveries.errors import DestinationAddressWrong
from relaypacs.features.deliveries.models import Destination, DestinationKind

PREFIXES = {
    DestinationKind.FOLDER: "folder://",
    DestinationKind.DICOMWEB: "dicomweb+",
    DestinationKind.DIMSE: "dicom://",
}
SCHEMES = ("folder:", "dicomweb+", "dicom:", "dicom+tls:")


def read_address(address: str, kind: DestinationKind | None, otherwise: DestinationKind | None = None) -> PacsAddress:
    """Return the parts of an address. Raises DestinationAddressWrong, which does not repeat it: it may hold a password.

    It is one as RELAYPACS_PACS takes it, or the same without the prefix that the kind stands for: `kind`, or
    `otherwise` where that is not said.
    """
    prefix = ""
    if not address.startswith(SCHEMES):
        if not (stands_for := kind or otherwise):
            raise DestinationAddressWrong("Say which kind of destination this is.")
        prefix = PREFIXES[stands_for]
    try:
        found = parse_pacs_url(prefix + address)
    except ValueError as fault:
        raise DestinationAddressWrong(sentence(fault)) from None
    if kind and found.kind != kind.value:
        raise DestinationAddressWrong(f"This is not the address of a destination of the kind {kind.value}.")
    return found


def sentence(fault: ValueError) -> str:
    """Return what an adapter says of an address, for a person."""
    words = str(fault)
    return f"{words[:1].upper()}{words[1:]}."


def seal_password(vault: Vault, destination: Destination, password: str | None) -> None:
    """Keep a password so that only this gateway can read it, and only for this destination."""
    destination.password = vault.seal(password, _password_context(destination)) if password else None


def seal_tls_key(vault: Vault, destination: Destination, key: str | None) -> None:
    """Keep a private key (PEM) in the same way."""
    destination.tls_key = vault.seal(key, _key_context(destination)) if key else None


def address_of(destination: Destination, vault: Vault) -> PacsAddress:
    """Return where a destination is, with its secrets unsealed. Raises ValueError when its TLS texts are wrong."""
    key = vault.unseal(destination.tls_key, _key_context(destination)) if destination.tls_key else ""
    return PacsAddress(
        kind=destination.kind.value,
        address=destination.address,
        username=destination.username or "",
        password=vault.unseal(destination.password, _password_context(destination)) if destination.password else "",
        calling_ae_title=destination.calling_ae_title,
        tls=Tls(destination.tls_ca, destination.tls_certificate, key),
    )


def _password_context(destination: Destination) -> str:
    return f"destination:{destination.id}"


def _key_context(destination: Destination) -> str:
    return f"destination-tls-key:{destination.id}"
