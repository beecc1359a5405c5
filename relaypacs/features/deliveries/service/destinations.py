"""Where studies go: the first destination, and how one is opened."""

from relaypacs.adapters.pacs.base import Pacs
from relaypacs.adapters.pacs.factory import PacsAddress, open_pacs, parse_pacs_url
from relaypacs.core.clock import new_id
from relaypacs.core.security import Vault
from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import SYSTEM, AuditTrail, Entry
from relaypacs.features.deliveries.models import Destination, DestinationKind
from relaypacs.features.deliveries.repository import DeliveryRepository
from relaypacs.infrastructure import Infrastructure


async def seed_first_destination(infrastructure: Infrastructure) -> None:
    """Make a destination from RELAYPACS_PACS, or of the archive folder, when there is none yet."""
    settings, vault = infrastructure.settings, infrastructure.vault
    url = settings.pacs.get_secret_value() or f"folder://{settings.data_dir.absolute()}/archive"
    address = parse_pacs_url(url)
    async with infrastructure.database.write() as session:
        repository = DeliveryRepository(session)
        if await repository.any_destination():
            return
        identifier = new_id()
        await repository.add(
            Destination(
                id=identifier,
                name="First destination",
                kind=DestinationKind(address.kind),
                address=address.address,
                username=address.username or None,
                password=vault.seal(address.password, f"destination:{identifier}") if address.password else None,
                concurrency=settings.delivery_concurrency,
            )
        )
        entry = Entry(Action.DESTINATION_CREATED, SYSTEM, "destination", str(identifier))
        AuditTrail(infrastructure).record(session, entry)


def open_destination(destination: Destination, vault: Vault) -> Pacs:
    """Return the adapter for a destination, with its credentials unsealed."""
    password = vault.unseal(destination.password, f"destination:{destination.id}") if destination.password else ""
    return open_pacs(
        PacsAddress(
            kind=destination.kind.value,
            address=destination.address,
            username=destination.username or "",
            password=password,
        )
    )
