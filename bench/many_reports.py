"""Fills a database with the reports of three years: where everything is read here, and where nothing is."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from uuid import UUID

from bench.many_uploads import AT_ONCE, Corpus, Row, Target, study_of
from relaypacs.core.clock import now

OPEN_SHARE = 0.002  # of what is read here: a day's work waits
TURNAROUND = [timedelta(minutes=minutes) for minutes in (60, 240, 1440, 4320)]


@dataclass
class ReportCorpus(Corpus):
    """`count` reports, each of one study in one upload."""

    readers: Sequence[UUID] = ()
    is_read: bool = True

    def fill(self, target: Target) -> None:
        end = now() - timedelta(minutes=1)
        uploads = (self._upload(number, end) for number in range(self.count))
        while batch := list(islice(uploads, AT_ONCE)):
            studies = [self._study(upload) for upload in batch]
            reports = [self._report(upload, study) for upload, study in zip(batch, studies, strict=True)]
            target.insert("uploads", batch)
            target.insert("studies", studies)
            target.insert("reports", reports)
            senders = [(report["id"], upload) for report, upload in zip(reports, batch, strict=True)]
            target.insert(
                "report_senders",
                [{"upload_id": u["id"], "report_id": report_id, "user_id": u["user_id"]} for report_id, u in senders],
            )
        target.finish()

    def _study(self, upload: Row) -> Row:
        return {
            "id": self._id(upload["created_at"]),
            "site_id": upload["site_id"],
            "study_instance_uid": study_of(upload["id"]),
            "attributes": json.dumps({"PatientName": "SOMEBODY^ELSE", "PatientID": "1", "StudyDate": "20240229"}),
            "created_at": upload["created_at"],
        }

    def _report(self, upload: Row, study: Row) -> Row:
        made, reader = upload["created_at"], self.chance.choice(self.readers)
        is_open = not self.is_read or self.chance.random() < OPEN_SHARE
        is_begun = is_open and self.chance.random() < 0.1
        return {
            "id": self._id(made),
            "upload_id": upload["id"],
            "study_id": study["id"],
            "site_id": upload["site_id"],
            "status": ("pending" if is_begun else "assigned") if is_open else "ready",
            "radiologist_id": reader if is_begun or not is_open else None,
            "urgency": upload["priority"],
            "due_at": made + TURNAROUND[upload["priority"]],
            "modality_group": upload["modality_group"],
            "form": upload["metadata"],
            **dict.fromkeys(("images_expected", "images_verified"), 300),
            "reported_at": None if is_open else made,
            **dict.fromkeys(("created_at", "updated_at"), made),
        }
