"""Finds the newest uploads that somebody may see and asks for, without a look at all the others.

However many uploads there are, a page must cost the same. Three ways lead to it, each along an index:

- nothing but the extent (own, the site's, all): the newest ones lie in its index as they are wanted.
- facets (stage, service level, modality): each combination of them has its newest uploads first in the index. The
  newest of every combination are looked up and merged.
- words: those with one beginning lie side by side, but not by age. They are kept apart by epochs of twelve days, and
  the epochs are gone through from the newest one on.

Several words, or words and facets, go by what is met least often, and what that leads to is tested for the rest, some
uploads at a time, until the page is full.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    String,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from relaypacs.core.clock import new_id
from relaypacs.features.uploads.asked import ANY, Asked, Word
from relaypacs.features.uploads.models import Upload, UploadWord
from relaypacs.features.uploads.repository import batched
from relaypacs.features.uploads.word_rows import epoch_of, first_id_of

COUNTED = 200
"""Up to so many hits of a word are counted in an epoch: with more than that it is common, however many there are."""

TESTED_AT_ONCE = 500
COMBINED_AT_ONCE = 4000
"""Of so many uploads at most, over all combinations of facets, the newest are picked."""


class ListRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, asked: Asked) -> Sequence[Upload]:
        """Return the newest first, at most `limit` of them."""
        if not asked.facets.possible_stages:
            return []  # a status and a stage that exclude each other
        if asked.words:
            return await self._full_page(asked, self._with_words(asked))
        if asked.facets != ANY:
            return await self._full_page(asked, self._by_facets(asked))
        query = select(Upload).where(*asked.extent.of(Upload), *asked.bounds(Upload.id))
        return (await self._session.scalars(query.order_by(Upload.id.desc()).limit(asked.limit))).all()

    async def _full_page(self, asked: Asked, candidates: AsyncIterator[Sequence[UUID]]) -> Sequence[Upload]:
        found: list[UUID] = []
        async for some in candidates:
            found += some
            if len(found) >= asked.limit:
                break
        query = select(Upload).where(Upload.id.in_(found[: asked.limit])).order_by(Upload.id.desc())
        return (await self._session.scalars(query)).all()

    async def _with_words(self, asked: Asked) -> AsyncIterator[Sequence[UUID]]:
        """Yield the uploads with all words, and the facets, by whatever is met least often; the newest first."""
        hits = [(word, await self._hits(asked, word)) for word in asked.words]
        rarest, of_rarest = min(hits, key=lambda found: sum(found[1].values()))
        if not of_rarest:
            return
        tests = [word.is_of(Upload.id) for word in asked.words]
        if asked.facets != ANY and await self._is_rarer(asked, of_rarest):
            candidates = self._by_facets(_within(asked, of_rarest))
        else:
            tests = [word.is_of(Upload.id) for word in asked.words if word is not rarest]
            tests += asked.facets.conditions() if asked.facets != ANY else []
            at_once = TESTED_AT_ONCE if tests else asked.limit
            candidates = self._by_word(asked, rarest, list(_groups(of_rarest, at_once)))
        async for some in candidates:
            for part in batched(some, TESTED_AT_ONCE):
                yield await self._that_meet(part, tests)

    async def _that_meet(self, upload_ids: Sequence[UUID], tests: Sequence[ColumnElement[bool]]) -> Sequence[UUID]:
        if not tests:
            return upload_ids
        query = select(Upload.id).where(Upload.id.in_(upload_ids), *tests).order_by(Upload.id.desc())
        return (await self._session.scalars(query)).all()

    # -- by facets -----------------------------------------------------------------------------------------

    async def _by_facets(self, asked: Asked) -> AsyncIterator[Sequence[UUID]]:
        """Take the newest of each combination. Down to where the first of them may have more, nothing is missing."""
        before, at_once = asked.before, min(asked.limit, COMBINED_AT_ONCE // asked.facets.combinations + 1)
        while True:
            combinations, of_combination = _combinations(replace(asked, before=before))
            newest = of_combination.order_by(Upload.id.desc()).limit(at_once).subquery()
            together = func.aggregate_strings(cast(newest.c.id, String), ",")
            of_each = select(together).select_from(newest).scalar_subquery()
            rows = await self._session.scalars(select(of_each).select_from(combinations))
            found = [row.split(",") for row in rows if row]
            lowest = max((min(ids) for ids in found if len(ids) == at_once), default="")
            yield [
                UUID(each) for each in sorted((each for ids in found for each in ids if each >= lowest), reverse=True)
            ]
            if not lowest:
                return
            before = UUID(lowest)

    async def _is_rarer(self, asked: Asked, hits: Mapping[int, int]) -> bool:
        """Say whether fewer uploads have the facets than the word, or as many; always so where the word is common."""
        if COUNTED in hits.values():
            return True
        combinations, of_combination = _combinations(asked)
        counts = _counted(of_combination, sum(hits.values()) + 1)
        counted = (await self._session.scalars(select(counts).select_from(combinations))).all()
        return sum(counted) <= sum(hits.values())

    # -- by a word -----------------------------------------------------------------------------------------

    async def _hits(self, asked: Asked, word: Word) -> dict[int, int]:
        """Return how often a word is met in each epoch that has it, the newest one first."""
        of_extent = asked.extent.of(UploadWord)
        oldest = await self._session.scalar(select(func.min(UploadWord.epoch)).where(*of_extent))
        if oldest is None:
            return {}
        newest = epoch_of(new_id())
        if asked.before:
            newest = min(newest, epoch_of(asked.before))
        if asked.since:
            oldest = max(oldest, epoch_of(asked.since))
        epoch = _countdown(newest, oldest)
        in_epoch = select(UploadWord.upload_id).where(
            *of_extent, UploadWord.epoch == epoch.c.number, *word.conditions()
        )
        hits = _counted(in_epoch.correlate(epoch), COUNTED).label("hits")
        rows = await self._session.execute(select(epoch.c.number, hits).order_by(epoch.c.number.desc()))
        return {row.number: row.hits for row in rows if row.hits}

    async def _by_word(
        self, asked: Asked, word: Word, groups: Sequence[Sequence[int]]
    ) -> AsyncIterator[Sequence[UUID]]:
        upload_id = UploadWord.upload_id
        of_word = select(upload_id).where(*asked.extent.of(UploadWord), *word.conditions(), *asked.bounds(upload_id))
        for epochs in groups:
            query = of_word.where(UploadWord.epoch.in_(epochs)).distinct().order_by(upload_id.desc())
            yield (await self._session.scalars(query)).all()


def _combinations(asked: Asked) -> tuple[FromClause, Select[UUID]]:
    """Return every combination of the facets that are asked for, and the query for what has one of them."""
    facets = asked.facets
    stage, priority, group = (
        _each("stage", String(), [stage.value for stage in facets.possible_stages]),
        _each("priority", Integer(), facets.priorities),
        _each("modality_group", String(), [group.value for group in facets.groups]),
    )
    query = select(Upload.id).where(
        *asked.extent.of(Upload),
        Upload.stage == stage.c.stage,
        Upload.priority == priority.c.priority,
        Upload.modality_group == group.c.modality_group,
        *asked.bounds(Upload.id),
        *([Upload.status.in_(facets.statuses)] if facets.statuses else []),
    )
    return stage.join(priority, true()).join(group, true()), query.correlate(stage, priority, group)


def _each(name: str, kind: Integer | String, items: Sequence[int | str]) -> CTE:
    return union_all(*(select(literal(item, kind).label(name)) for item in items)).cte(f"each_{name}")


def _counted(query: Select[UUID], most: int) -> ScalarSelect[int]:
    return select(func.count()).select_from(query.limit(most).subquery()).scalar_subquery()


def _countdown(newest: int, oldest: int) -> CTE:
    """Return the numbers from `newest` down to `oldest`; at least `newest`."""
    numbers = select(literal(newest, Integer).label("number")).cte("epochs", recursive=True)
    return numbers.union_all(select(numbers.c.number - 1).where(numbers.c.number > oldest))


def _within(asked: Asked, hits: Mapping[int, int]) -> Asked:
    """Narrow a question to the time from the first epoch to the last in which a word is met."""
    since, before = first_id_of(min(hits)), first_id_of(max(hits) + 1)
    return replace(
        asked,
        since=max(since, asked.since) if asked.since else since,
        before=min(before, asked.before) if asked.before else before,
    )


def _groups(hits: Mapping[int, int], size: int) -> Iterator[list[int]]:
    """Group the epochs so that each group but the last has so many hits, or one epoch with more than were counted."""
    group: list[int] = []
    for epoch in hits:
        group.append(epoch)
        if hits[epoch] == COUNTED or sum(hits[each] for each in group) >= size:
            yield group
            group = []
    if group:
        yield group
