"""The worklist and lists of reports, at ten thousand and a million of them (promise S7: p95 at most 100 ms, and flat).

Two corpora: everything is read here, and nothing is, so that all reports stay open.

COUNTS=10000,1000000 DATABASES=sqlite,postgresql CALLS=30 python -m bench.worklist
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.lists import CALLS, COUNTS, DATABASES, GOAL_MILLISECONDS, Case, Hospital, database
from bench.many_reports import ReportCorpus
from bench.servers import PASSWORD, gateway

READERS = 10
PAGES = 50
KINDS = (True, False)


def page(hospital: Hospital, case: Case) -> dict[str, Any]:
    answer = hospital.client(case.who).get("/reports", params=case.asks).raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def make_readers(hospital: Hospital) -> list[UUID]:
    admin, site = hospital.client("admin"), str(hospital.people.sites[0])
    people = [{"username": f"reader{n}", "password": PASSWORD, "site_id": site} for n in range(READERS)]
    answers = [admin.post("/users", json={**each, "role": "radiologist"}).raise_for_status() for each in people]
    return [UUID(answer.json()["id"]) for answer in answers]


def cases(hospital: Hospital) -> list[Case]:
    reader, clinician, site = "reader0", "c0-0", "radiographer"
    first_site, small_site = [str(hospital.people.sites[number]) for number in (0, 5)]
    cursor = None
    for _ in range(PAGES):
        found = page(hospital, Case("", reader, {"limit": 200} | ({"cursor": cursor} if cursor else {})))
        cursor = found["next_cursor"] or cursor
    return [
        Case("worklist", reader, {}),
        Case("worklist, page of 200", reader, {"limit": 200}),
        Case(f"worklist, page {PAGES}", reader, {"cursor": cursor} if cursor else {}),
        Case("unread", reader, {"share": "unread"}),
        Case("mine", reader, {"share": "mine"}),
        Case("one site", reader, {"site_id": first_site}),
        Case("a small site", reader, {"site_id": small_site}),
        Case("CT", reader, {"modality": "CT"}),
        Case("NM and XA, STAT", reader, {"modality": ["NM", "XA"], "service_level": "stat"}),
        Case("small site, RF, STAT", reader, {"site_id": small_site, "modality": "RF", "service_level": "stat"}),
        Case("more data needed", reader, {"status": "additional_data_required"}),
        Case("read, all", reader, {"status": "ready"}),
        Case("read, mine", reader, {"status": "ready", "share": "mine"}),
        Case("read, mine, one small site", reader, {"status": "ready", "share": "mine", "site_id": small_site}),
        Case("read, NM, STAT", reader, {"status": "ready", "modality": "NM", "service_level": "stat"}),
        Case("own", clinician, {}),
        Case("own, read", clinician, {"status": "ready"}),
        Case("own, open", clinician, {"status": ["assigned", "pending"]}),
        Case("own, MG, STAT", clinician, {"modality": "MG", "service_level": "stat"}),
        Case("the site's", site, {}),
        Case("the site's, open", site, {"status": ["assigned", "pending", "additional_data_required"]}),
    ]  # fmt: skip


def measure(hospital: Hospital, case: Case) -> tuple[float, float]:
    """Return the median and the 95th percentile in milliseconds."""
    page(hospital, case)  # once to warm up; it also writes the look down
    taken = []
    for _ in range(CALLS):
        started = time.perf_counter()
        page(hospital, case)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def run(kind: str, count: int, *, is_read: bool) -> dict[str, tuple[float, float]]:
    with (
        tempfile.TemporaryDirectory() as name,
        database(kind, Path(name)) as (url, target),
        gateway(DATABASE_URL=url) as server,
    ):
        hospital = Hospital(server)
        readers = make_readers(hospital)
        started = time.perf_counter()
        ReportCorpus(count, hospital.people, hospital.destination, readers=readers, is_read=is_read).fill(target())
        print(f"{kind}: {count} reports, made in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
        return {case.name: measure(hospital, case) for case in cases(hospital)}


def main() -> int:
    columns = [(kind, count, is_read) for kind in DATABASES for is_read in KINDS for count in COUNTS]
    figures = {column: run(*column[:2], is_read=column[2]) for column in columns}
    heads = [f"{kind[:6]} {count} {'read' if is_read else 'open'}" for kind, count, is_read in columns]
    print(f"{'milliseconds: median / 95 %':>32}" + "".join(f"{head:>20}" for head in heads))
    for case in next(iter(figures.values())):
        found = [figures[column][case] for column in columns]
        print(f"{case:>32}" + "".join(f"{median:>11.1f} / {late:>5.1f} " for median, late in found))
    slowest = max(late for column in figures.values() for _, late in column.values())
    print(f"slowest 95 %: {slowest:.0f} ms (goal: {GOAL_MILLISECONDS})")
    return 1 if slowest > GOAL_MILLISECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
