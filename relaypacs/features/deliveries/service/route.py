"""Rules tried on an example: which destinations would take it, and what keeps the others from it.

What decides is `routing.py`, as it does when a study is delivered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.features.deliveries.destination_rows import DestinationRepository
from relaypacs.features.deliveries.errors import ExampleNotFound
from relaypacs.features.deliveries.schemas import RouteCandidate, RouteExample
from relaypacs.features.deliveries.service.routing import Refusal, Rule, StudyFacts, refusals, studies_in
from relaypacs.features.deliveries.upload_rows import origin_of
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.infrastructure import Infrastructure


@dataclass(frozen=True, slots=True)
class Place:
    """A destination as far as routing goes; without an id it is one that is only being made."""

    id: UUID | None
    name: str
    required: bool
    enabled: bool
    rule: Rule


@dataclass(frozen=True, slots=True)
class Route:
    place: Place
    refusals: Sequence[Refusal]

    @property
    def takes(self) -> bool:
        return self.place.enabled and not self.refusals


class Routes:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database

    async def try_out(self, example: RouteExample) -> Sequence[tuple[StudyFacts, Sequence[Route]]]:
        """Return where each study of the example would go. Raises ExampleNotFound."""
        async with self._database.read() as session:
            studies = await _studies_of(session, example)
            places = await _places(session, example.candidate)
        return [(facts, [Route(place, refusals(place.rule, facts)) for place in places]) for facts in studies]


async def _studies_of(session: AsyncSession, example: RouteExample) -> Sequence[StudyFacts]:
    if study := example.study:
        modalities, stations = frozenset(study.modalities), frozenset(study.stations)
        return [StudyFacts(study.service_level, study.site_id, modalities, stations)]
    assert example.upload_id is not None  # noqa: S101 - the schema demands one of the two
    origin = await origin_of(session, example.upload_id)
    found = await StudyRepository(session).instances_of(example.upload_id) if origin else []
    accepted = [instance for instance in found if instance.is_acceptable]
    if origin is None or not accepted:
        raise ExampleNotFound("There is no such upload, or nothing of it has been accepted yet.")
    site_id, service_level = origin
    return list(studies_in(accepted, service_level, site_id).values())


async def _places(session: AsyncSession, candidate: RouteCandidate | None) -> Sequence[Place]:
    """Return every destination, the candidate in the place of the one that it is to become."""
    rows = await DestinationRepository(session).every_destination()
    places = [Place(row.id, row.name, row.required, row.enabled, row.rule) for row in rows]
    if candidate is None:
        return places
    rule = candidate.rule.model_dump(mode="json")
    changed = Place(candidate.destination_id, candidate.name, candidate.required, candidate.enabled, rule)
    if candidate.destination_id is None:
        return [*places, changed]
    return [changed if place.id == candidate.destination_id else place for place in places]
