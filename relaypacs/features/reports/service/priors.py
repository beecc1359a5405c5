"""What else is known of a patient: the other reports under his PatientID, beside the one that is being written."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from relaypacs.features.audit.models import Action
from relaypacs.features.audit.service.trail import AuditTrail, Entry
from relaypacs.features.identity.repository import IdentityRepository
from relaypacs.features.identity.service.caller import Caller
from relaypacs.features.reports.errors import ReportNotFound
from relaypacs.features.reports.models import ReportVersion, VersionKind
from relaypacs.features.reports.prior_rows import PriorRepository
from relaypacs.features.reports.prior_schemas import Difference, PriorAddendum, PriorList, PriorView
from relaypacs.features.reports.repository import ReportRepository
from relaypacs.features.reports.schemas import ReportRow
from relaypacs.features.reports.service.views import report_rows
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.infrastructure import Infrastructure

AT_MOST = 50
OF_ROW = tuple(name for name in PriorView.model_fields if name in ReportRow.model_fields)
TEXTS = ("findings", "impression", "recommendation")


class Priors:
    def __init__(self, infrastructure: Infrastructure) -> None:
        self._database = infrastructure.database
        self._trail = AuditTrail(infrastructure)

    async def of(self, report_id: UUID, caller: Caller) -> PriorList:
        """Return the other reports of the patient, the newest study first, to somebody who reads.

        An earlier report on the same study is one of them. Which reports were shown is written down before they are.
        Raises ReportNotFound.
        """
        async with self._database.read() as session:
            found = await ReportRepository(session).with_study(report_id)
            if found is None:
                raise ReportNotFound("There is no such report.")
            report, study = found
            repository = PriorRepository(session)
            others = await StudyRepository(session).others_of_patient(study, AT_MOST)
            reports = [each for each in await repository.reports_of([study.id, *others]) if each.id != report_id]
            this, *rows = await report_rows(session, [report, *reports])
            rows = sorted(rows, key=lambda row: (row.study_date, row.id), reverse=True)[:AT_MOST]
            signed = await repository.signed([row.id for row in rows])
            authors = {version.author_id for versions in signed.values() for version in versions}
            names = await IdentityRepository(session).names(authors)
        shown = {"reports": [str(row.id) for row in rows]}
        entry = Entry(Action.REPORT_PRIORS_VIEWED, caller.actor, "report", str(report_id), details=shown)
        await self._trail.note_look(entry)
        return PriorList(items=[_prior(row, this, signed[row.id], names) for row in rows])


def differences(row: ReportRow, other: ReportRow) -> list[Difference]:
    """Return in what two studies disagree about the patient. What only one of them says is no disagreement."""
    found = []
    if not _same_name(row.patient_name, other.patient_name):
        found.append(Difference.PATIENT_NAME)
    days = {row.patient_birth_date, other.patient_birth_date} - {None, ""}
    if len(days) > 1:
        found.append(Difference.PATIENT_BIRTH_DATE)
    return found


def _same_name(name: str, other: str) -> bool:
    """Compare what two person names (PS3.5 6.2.1) have in the same script; they differ if there is no such script."""
    groups = zip(_groups(name), _groups(other), strict=False)
    pairs = [(mine, theirs) for mine, theirs in groups if mine and theirs]
    return bool(pairs) and all(mine == theirs for mine, theirs in pairs)


def _groups(name: str) -> list[str]:
    """Return the groups of a name in a form in which capitals and empty components do not matter."""
    return [" ".join(group.replace("^", " ").casefold().split()) for group in name.split("=")]


def _prior(row: ReportRow, this: ReportRow, versions: Sequence[ReportVersion], names: Mapping[UUID, str]) -> PriorView:
    body = _body(versions)
    return PriorView(
        **{name: getattr(row, name) for name in OF_ROW},
        report_id=row.id,
        differs=differences(row, this),
        kind=body.kind if body else None,
        **{name: getattr(body, name) if body else None for name in TEXTS},
        addenda=[
            PriorAddendum(
                number=version.number,
                author=names[version.author_id],
                signed_at=version.signed_at,
                is_critical=version.is_critical,
                **{name: getattr(version, name) for name in TEXTS},
            )
            for version in versions
            if version.kind is VersionKind.ADDENDUM and version.signed_at
        ],
    )


def _body(versions: Sequence[ReportVersion]) -> ReportVersion | None:
    """Return the final report, else the latest preliminary one."""
    for kind in (VersionKind.FINAL, VersionKind.PRELIMINARY):
        for version in versions:
            if version.kind is kind:
                return version
    return None
