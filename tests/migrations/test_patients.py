"""Studies from before patients were compared are found as priors like all others."""

from sqlalchemy import select

from relaypacs.core.clock import new_id
from relaypacs.core.database import Database
from relaypacs.features.identity.models import Site
from relaypacs.features.studies.models import Study
from relaypacs.migrations.run import migrate
from tests.migrations.test_migrations import downgrade_to, empty, on

__all__ = ["empty"]
COUNT = 1_203  # more than two of the migration's batches
SAID = {"PatientID": " P 1", "IssuerOfPatientID": "CLINIC", "StudyDate": "20240229", "PatientName": "Doe^J"}


async def test_studies_that_were_there_say_of_whom_they_are(empty: Database) -> None:
    await migrate(empty)
    site = Site(id=new_id(), name="Main site")
    async with empty.write() as session:
        session.add(site)
        await session.flush()
        for number in range(COUNT):
            attributes = {**SAID, "PatientID": f" P {number} "} if number % 2 else {"PatientID": "\ufffd"}
            session.add(Study(id=new_id(), site_id=site.id, study_instance_uid=f"1.{number}", attributes=attributes))
    for _ in range(2):
        await on(empty, downgrade_to("0012"))
        await migrate(empty)
    async with empty.read() as session:
        studies = list(await session.scalars(select(Study)))
    assert len(studies) == COUNT
    for study in studies:
        number = int(study.study_instance_uid.removeprefix("1."))
        expected = (f"P {number}", "CLINIC", "20240229") if number % 2 else ("", "", "")
        assert (study.patient_id, study.issuer_of_patient_id, study.study_date) == expected
