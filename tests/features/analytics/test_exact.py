"""Every number equals a count of the rows, whatever has happened to them and whenever days were counted."""

import random
from dataclasses import replace
from uuid import UUID

import pytest

from relaypacs.adapters.cache.memory import MemoryCache
from relaypacs.features.analytics.models import NOBODY, Kind
from relaypacs.features.analytics.schemas import Figures, Period, TrendPoint
from relaypacs.features.analytics.service.analytics import Analytics
from relaypacs.features.analytics.service.asking import Asked
from relaypacs.features.analytics.service.summarise import summarise
from relaypacs.features.analytics.subjects import Subject
from relaypacs.features.identity.models import Role
from relaypacs.infrastructure import Infrastructure
from tests.features.analytics.history import History, People
from tests.features.analytics.reference import Belongs, Rows

STEPS, LOOKS = 200, 6
EVERYTHING = Asked(Role.ADMIN, Subject(Kind.REGION), Period.ALL)
TARGETS = [3600, 4 * 3600, 24 * 3600, 72 * 3600]


def as_counted(found: Figures) -> dict[str, object]:
    """Return figures in the form of the reference: what is counted by kind is in no order there."""
    values = found.model_dump(mode="json")
    for name in ("by_modality", "by_service_level"):
        values[name] = {each["key"]: each["count"] for each in values[name]}
    values["failures"] = {(each["kind"], each["reason"]): each["count"] for each in values["failures"]}
    return values


def subjects(people: People) -> list[tuple[Subject, str, UUID]]:
    """Return whose numbers to compare, and how the reference calls them."""
    return [
        (Subject(Kind.REGION), "", NOBODY),
        *((Subject(Kind.SITE, site, site), "of_site", site) for site in people.sites),
        *((Subject(Kind.SENDER, who), "of_sender", who) for who in people.senders),
        *((Subject(Kind.READER, who), "of_reader", who) for who in people.readers),
    ]


def whose(rows: Rows, subject: Subject, name: str, who: UUID) -> tuple[Belongs, Belongs]:
    uploads, reports = getattr(rows, name)(who) if name else ((lambda _: True), (lambda _: True))
    if subject.site_id == NOBODY:
        return uploads, reports
    at_site = rows.of_site(subject.site_id)
    return (lambda row: uploads(row) and at_site[0](row)), (lambda row: reports(row) and at_site[1](row))


async def compare(infrastructure: Infrastructure, people: People, chance: random.Random) -> None:
    analytics = Analytics(replace(infrastructure, cache=MemoryCache(most_bytes=0)))
    rows = await Rows.read(infrastructure.database)
    subject, name, who = chance.choice(subjects(people))
    if subject.kind in (Kind.SENDER, Kind.READER) and chance.random() < 0.5:
        subject = replace(subject, site_id=chance.choice(people.sites))
    belongs = whose(rows, subject, name, who)
    asked = Asked(Role.ADMIN, subject, chance.choice(list(Period)))

    summary = await analytics.summary(asked)
    assert as_counted(summary.now) == rows.figures(belongs, summary.start, summary.end)
    if asked.period is Period.ALL:
        assert summary.before is None
        assert summary.now.uploads == sum(map(belongs[0], rows.uploads))
    else:
        assert summary.before
        assert summary.before_start
        assert summary.before_end
        assert summary.before_end - summary.before_start == summary.end - summary.start
        assert as_counted(summary.before) == rows.figures(belongs, summary.before_start, summary.before_end)

    trend = await analytics.trend(asked)
    ends = [*(point.start for point in trend.points[1:]), trend.end]
    for point, end in zip(trend.points, ends, strict=True):
        expected = rows.figures(belongs, point.start, end)
        names = TrendPoint.model_fields.keys() - {"start"}
        assert point.model_dump(include=names) == {name: expected[name] for name in names}

    turnaround = await analytics.turnaround(asked)
    found = [level.model_dump(mode="json") for level in turnaround.levels]
    assert found == rows.turnaround(belongs[1], turnaround.start, turnaround.end, TARGETS)


async def compare_all(infrastructure: Infrastructure) -> None:
    analytics = Analytics(replace(infrastructure, cache=MemoryCache(most_bytes=0)))
    rows = await Rows.read(infrastructure.database)
    summary = await analytics.summary(EVERYTHING)
    everybody = whose(rows, EVERYTHING.subject, "", NOBODY)
    assert as_counted(summary.now) == rows.figures(everybody, summary.start, summary.end)


@pytest.mark.parametrize("seed", range(2))
async def test_numbers_are_those_of_the_rows(infrastructure: Infrastructure, seed: int) -> None:
    history, chance = History(infrastructure.database, seed), random.Random(seed)  # noqa: S311 - the same each time
    await history.begin()
    for number in range(1, STEPS + 1):
        await history.step()
        if chance.random() < 0.1:
            await summarise(infrastructure)
        if number % 4 == 0:
            await compare_all(infrastructure)
        if number % (STEPS // LOOKS) == 0:
            await compare(infrastructure, history.people, chance)
    await summarise(infrastructure)
    for _ in range(LOOKS):
        await compare(infrastructure, history.people, chance)
