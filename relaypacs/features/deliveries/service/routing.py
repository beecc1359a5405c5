"""Which destination gets a study: the rule of each, held against what the files and the sender say."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from relaypacs.features.studies.models import Instance, ServiceLevel

Rule = Mapping[str, Sequence[str]]
"""What must be the case, by condition: `modalities`, `service_levels`, `stations` and `sites`.

Each condition that lists something holds when one of what it lists is the case; all conditions must hold. Without
any, everything is taken.
"""


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What rules ask about."""

    service_level: ServiceLevel
    site_id: UUID
    modalities: frozenset[str] = frozenset()  # of its instances (0008,0060)
    stations: frozenset[str] = frozenset()  # StationName of its instances (0008,1010)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A condition that does not hold: what the rule lists, and what is the case."""

    condition: str
    listed: Sequence[str]
    found: Sequence[str]


def refusals(rule: Rule, study: StudyFacts) -> Sequence[Refusal]:
    """Return the conditions that keep the study from a destination with this rule; none where it gets it."""
    facts: dict[str, Collection[str]] = {
        "modalities": study.modalities,
        "service_levels": {study.service_level.value},
        "stations": study.stations,
        "sites": {str(study.site_id)},
    }
    return [
        Refusal(condition, listed, sorted(facts[condition]))
        for condition, listed in rule.items()
        if listed and not _any_of(listed, facts[condition])
    ]


def takes(rule: Rule, study: StudyFacts) -> bool:
    """Say whether a destination with this rule gets the study."""
    return not refusals(rule, study)


def studies_in(instances: Sequence[Instance], service_level: ServiceLevel, site_id: UUID) -> Mapping[str, StudyFacts]:
    """Return what rules ask about of each study, by its StudyInstanceUID."""
    members: defaultdict[str, list[Instance]] = defaultdict(list)
    for instance in instances:
        members[instance.study_instance_uid].append(instance)
    return {
        uid: StudyFacts(service_level, site_id, _values(some, "Modality"), _values(some, "StationName"))
        for uid, some in members.items()
    }


def routed(rule: Rule, instances: Sequence[Instance], service_level: ServiceLevel, site_id: UUID) -> Sequence[Instance]:
    """Return the instances that a destination with this rule gets. A study goes whole, or not at all."""
    studies = studies_in(instances, service_level, site_id)
    taken = {uid for uid, facts in studies.items() if takes(rule, facts)}
    return [instance for instance in instances if instance.study_instance_uid in taken]


def _any_of(listed: Sequence[str], found: Collection[str]) -> bool:
    return not {word.casefold() for word in listed}.isdisjoint(word.casefold() for word in found)


def _values(instances: Sequence[Instance], keyword: str) -> frozenset[str]:
    return frozenset(value for instance in instances if (value := instance.attributes.get(keyword, "").strip()))
