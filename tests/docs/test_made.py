"""Tables that are made of the code are those that the code makes; conformance statements claim nothing else."""

import re

import pytest

from relaypacs.adapters.dicom.encapsulated import OF_STUDY, OF_STUDY_IF_KNOWN, _own
from relaypacs.adapters.pacs.dicomweb import PAGE, PART10
from relaypacs.adapters.pacs.dicomweb_session import MAX_ANSWER, TIMEOUTS
from relaypacs.adapters.pacs.stow import BATCH_BYTES, BATCH_INSTANCES
from relaypacs.features.inbound.endpoints import router
from relaypacs.features.inbound.service.outcome import Status
from tests.adapters.dicom.test_encapsulated import DOCUMENT
from tests.docs.made import MARKED, MEANINGS, OF_STOW_ALONE, PAGES, TABLES, filled
from tests.docs.pages import Page

DICOM, WEB, ENDPOINTS = (Page(path) for path in PAGES)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_tables_are_those_of_the_code(path):
    text = path.read_text()
    assert filled(text) == text, "write them anew: .venv/bin/python -m tests.docs.made"


def test_every_table_stands_somewhere():
    shown = {name for path in PAGES for _, name, _ in MARKED.findall(path.read_text())}
    assert shown == set(TABLES)


def test_every_status_has_its_meaning():
    assert {*MEANINGS, *OF_STOW_ALONE} == set(Status)


def test_the_document_that_is_made_has_the_attributes_that_are_listed():
    annex = DICOM.text.partition("### 8.1 ")[2].partition("### 8.2 ")[0]
    listed = set(re.findall(r"^\| (\w+) \|", annex, re.MULTILINE)) - {"attribute"}
    made = {*OF_STUDY, *OF_STUDY_IF_KNOWN, *_own(DOCUMENT), "ConceptNameCodeSequence"}
    assert listed == made


def test_the_requests_that_we_take_are_listed():
    taken = {f"{method} {route.path}" for route in router.routes for method in route.methods}
    served = re.findall(r"^\| `(POST \S+)` \|", WEB.text, re.MULTILINE)
    assert {re.sub(r"\{\w+\}", "{}", each) for each in served} == {re.sub(r"\{\w+\}", "{}", each) for each in taken}


def test_the_bounds_of_our_requests_are_those_of_the_code():
    for figure in (
        f"{BATCH_BYTES // 1_000_000} MB",
        f"{BATCH_INSTANCES} instances",
        f"`limit={PAGE}`",
        f"{MAX_ANSWER // 1024**2} MiB",
        f"{TIMEOUTS.connect} s",
        f"{TIMEOUTS.write} s",
        f"{TIMEOUTS.read} s",
        PART10["Accept"],
    ):
        assert figure in WEB.text, figure


def test_every_call_says_what_it_does():
    rows = re.findall(r"^\| `(\w+ /\S+)` \| (.+?) \|", ENDPOINTS.text, re.MULTILINE)
    assert rows
    assert [call for call, does in rows if not does.strip()] == []
