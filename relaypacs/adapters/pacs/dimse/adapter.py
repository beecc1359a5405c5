"""A PACS that speaks DIMSE (PS3.7): C-STORE to store, commitment or C-FIND to list, C-GET to read back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import NoReturn, TypeVar

from relaypacs.adapters.pacs.base import (
    HeldDocument,
    InstanceKey,
    NotOffered,
    OutgoingInstance,
    PacsUnavailable,
    StoreOutcome,
)
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.adapters.pacs.commitments import CommitmentReport, CommitmentReports
from relaypacs.adapters.pacs.dimse import commitment, queries, retrieval
from relaypacs.adapters.pacs.dimse.association import (
    Association,
    AssociationAborted,
    AssociationLost,
    NoAssociation,
    associate,
)
from relaypacs.adapters.pacs.dimse.commands import NO_DATA_SET, Element, Field
from relaypacs.adapters.pacs.dimse.data_sets import UNCOMPRESSED
from relaypacs.adapters.pacs.dimse.negotiation import MAX_CONTEXTS, Proposal
from relaypacs.adapters.pacs.dimse.node import Node, Timeouts
from relaypacs.adapters.pacs.dimse.sender import Pair, refusal
from relaypacs.adapters.pacs.dimse.sending import StoreCall
from relaypacs.adapters.pacs.listing import confirm_by_listing
from relaypacs.adapters.pacs.statuses import SUCCESS
from relaypacs.adapters.pacs.tls import client_context
from relaypacs.adapters.pacs.uids import is_uid
from relaypacs.adapters.pacs.workers import Emit, run_workers

T = TypeVar("T")

VERIFICATION = "1.2.840.10008.1.1"


class DimsePacs:
    """Implements `Pacs`. All calls of `store` together have at most `connections` associations.

    Associations last for one call: a peer gives up idle ones, and some allow only few.
    """

    def __init__(
        self,
        node: Node,
        *,
        connections: int = 4,
        timeouts: Timeouts | None = None,
        reports: CommitmentReports | None = None,
    ) -> None:
        self._node = node
        self._tls = client_context(node.tls) if node.tls is not None else None
        self._timeouts = timeouts or Timeouts()
        self._connections = connections
        self._slots = asyncio.Semaphore(connections)
        self._reports = reports or CommitmentReports()
        # A destination that does not answer once will not do so a second later.
        self._asks_for_commitment = True

    async def echo(self) -> None:
        async with self._association([Proposal(VERIFICATION, UNCOMPRESSED)]) as association:
            context = association.context(VERIFICATION)
            if context is None:
                raise PacsUnavailable("the destination does not answer C-ECHO", Cause.NOT_OFFERED)
            number = association.next_message_id()
            await association.send(
                context,
                {
                    Element.AFFECTED_SOP_CLASS_UID: VERIFICATION,
                    Element.COMMAND_FIELD: Field.C_ECHO,
                    Element.MESSAGE_ID: number,
                    Element.DATA_SET_TYPE: NO_DATA_SET,
                },
            )
            answer = await association.receive_answer(number)
            if answer.status != SUCCESS:
                raise queries.failure(answer)

    async def list_instances(self, study_instance_uid: str) -> set[str]:
        if not is_uid(study_instance_uid):
            return set()
        return await self._query(lambda finder: finder.instances(study_instance_uid))

    async def find_documents(self, study_instance_uid: str) -> Sequence[HeldDocument]:
        if not is_uid(study_instance_uid):
            return []
        return await self._query(lambda finder: finder.documents(study_instance_uid))

    async def confirm(self, instances: Sequence[OutgoingInstance]) -> set[str]:
        report = await self._commitment(instances) if instances and self._asks_for_commitment else None
        if report is None:
            return await confirm_by_listing(self, instances)
        confirmed = set(report.committed) & {instance.key.sop_instance_uid for instance in instances}
        # What the destination lists and yet takes no responsibility for is not confirmed.
        said = confirmed | report.failed.keys()
        unsaid = [instance for instance in instances if instance.key.sop_instance_uid not in said]
        return confirmed | await confirm_by_listing(self, unsaid)

    async def store(self, instances: Iterable[OutgoingInstance]) -> AsyncIterator[StoreOutcome]:
        call = StoreCall(instances, self._associate)

        async def work(emit: Emit) -> None:
            async with self._slots:
                await call.work(emit)

        async with aclosing(run_workers([work] * self._connections)) as outcomes:
            async for outcome in outcomes:
                yield outcome

    async def retrieve(self, key: InstanceKey) -> AsyncIterator[bytes]:
        if not all(map(is_uid, (key.study_instance_uid, key.series_instance_uid, key.sop_instance_uid))):
            raise FileNotFoundError(key.sop_instance_uid)
        failure: PacsUnavailable | None = None
        for proposals in retrieval.proposals_for(await self._sop_class_of(key)):
            given = False
            try:
                async with (
                    self._association(proposals) as association,
                    aclosing(retrieval.Retrieval(association, key).content()) as content,
                ):
                    async for piece in content:
                        given = True
                        yield piece
            except AssociationAborted as fault:
                if given:
                    raise
                await self._explain_abort(f"{retrieval.NOT_OFFERED}: {fault}")
            except (NoAssociation, AssociationLost):
                raise
            except PacsUnavailable as fault:
                if given:
                    raise
                failure = fault  # perhaps because its class was not among those proposed
            if given:
                return
        raise failure or FileNotFoundError(key.sop_instance_uid)

    async def refused(self, pairs: Sequence[Pair]) -> list[tuple[str, Cause]]:
        """Return what it says of SOP classes in transfer syntaxes that it would not take; at most 128 are asked for.

        Nothing is sent. Raises PacsUnavailable.
        """
        asked = [Proposal(sop_class, (syntax,)) for sop_class, syntax in pairs[:MAX_CONTEXTS]]
        async with self._association(asked) as association:
            refusals = [refusal(association, *pair) for pair in pairs[:MAX_CONTEXTS] if not association.context(*pair)]
        return list(dict.fromkeys(refusals))

    async def close(self) -> None:
        """Nothing is held open between calls."""

    async def _commitment(self, instances: Sequence[OutgoingInstance]) -> CommitmentReport | None:
        """Return what the destination commits itself to; None when it does not say."""
        report = None
        try:
            # With a second service, because some reject an association of which they take nothing.
            async with self._association([commitment.PROPOSAL, queries.PROPOSAL]) as association:
                if context := association.context(commitment.PUSH_MODEL):
                    report = await commitment.request_commitment(
                        association, context, instances, self._reports, self._timeouts.commitment
                    )
        except NoAssociation:
            raise
        except PacsUnavailable:
            pass  # the lists decide
        self._asks_for_commitment = report is not None
        return report

    async def _query(self, ask: Callable[[queries.Finder], Awaitable[T]]) -> T:
        """Ask on an association of its own. Raises NotOffered and PacsUnavailable."""
        try:
            async with self._association([queries.PROPOSAL]) as association:
                return await ask(queries.Finder(association))
        except AssociationAborted as fault:
            await self._explain_abort(f"{queries.NOT_OFFERED}: {fault}")

    async def _explain_abort(self, not_offered: str) -> NoReturn:
        """Tell a destination that is in trouble from one that hangs up on who may not ask it, as Orthanc does.

        Raises NotOffered when it answers otherwise, and PacsUnavailable when it does not.
        """
        await self.echo()
        raise NotOffered(not_offered)

    async def _sop_class_of(self, key: InstanceKey) -> str:
        """Return the SOP class of an instance, empty when it cannot be known. Raises FileNotFoundError."""
        try:
            found = await self._query(lambda finder: finder.sop_class_of(key))
        except NotOffered:
            return ""
        if found is None:
            raise FileNotFoundError(key.sop_instance_uid)
        return found if is_uid(found) else ""

    async def _associate(self, proposals: Sequence[Proposal]) -> Association:
        return await associate(self._node, proposals, self._tls, self._timeouts)

    @asynccontextmanager
    async def _association(self, proposals: Sequence[Proposal]) -> AsyncIterator[Association]:
        association = await self._associate(proposals)
        try:
            yield association
        except NotOffered:
            await association.release()
            raise
        except BaseException:
            await association.abort()
            raise
        await association.release()
