"""Lists of uploads, at ten thousand and a million of them, on SQLite and PostgreSQL (promise S7: p95 at most 100 ms).

Every figure is a whole call over HTTP to a gateway in a process of its own.

COUNTS=10000,1000000 DATABASES=sqlite,postgresql CALLS=30 python -m bench.lists
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from bench.many_uploads import RARE_NAME, Corpus, People, PostgresTarget, SqliteTarget, Target, study_of
from bench.servers import PASSWORD, Server, gateway, sign_in
from relaypacs.core.clock import now
from tests.servers.postgres import running_postgres

COUNTS = tuple(map(int, os.environ.get("COUNTS", "10000,1000000").split(",")))
DATABASES = os.environ.get("DATABASES", "sqlite,postgresql").split(",")
CALLS = int(os.environ.get("CALLS", "30"))
SITES, CLINICIANS = 10, 20
GOAL_MILLISECONDS = 100
PAGE = 200
Figures = dict[tuple[str, int], dict[str, tuple[float, float]]]


@dataclass(frozen=True)
class Case:
    name: str
    who: str
    asks: dict[str, Any]


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, Callable[[], Target]]]:
    """Return the URL of an empty database, and how to fill it."""
    if kind == "sqlite":
        path = folder / "relaypacs.db"
        yield f"sqlite:///{path}", lambda: SqliteTarget(str(path))
        return
    with running_postgres() as postgres:
        url = postgres.create_database()
        yield url, lambda: PostgresTarget(url)


class Hospital:
    """A gateway with people: one of each role at the first site, clinicians at every site, and their uploads."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.clients = {"admin": sign_in(server)}
        admin = self.clients["admin"]
        sites = [self._make("/sites", name=f"Site {number}") for number in range(SITES)]
        self.people = People(
            [UUID(site) for site in sites],
            [[UUID(self._user(f"c{s}-{n}", site)) for n in range(CLINICIANS)] for s, site in enumerate(sites)],
        )
        self._user("radiographer", sites[0], role="radiographer")
        self.destination = UUID(admin.get("/pacs").json()["items"][0]["id"])

    def _make(self, path: str, **facts: Any) -> str:
        return str(self.clients["admin"].post(path, json=facts).raise_for_status().json()["id"])

    def _user(self, name: str, site: str, **facts: Any) -> str:
        return self._make("/users", username=name, password=PASSWORD, site_id=site, **facts)

    def client(self, who: str) -> httpx.Client:
        if who not in self.clients:
            client = httpx.Client(base_url=f"{self._server.url}/api/v1", timeout=120)
            answer = client.post("/auth/login", json={"username": who, "password": PASSWORD}).raise_for_status()
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            self.clients[who] = client
        return self.clients[who]

    def page(self, case: Case) -> dict[str, Any]:
        answer = self.client(case.who).post("/upload/search", json=case.asks).raise_for_status()
        page: dict[str, Any] = answer.json()
        return page


def cases(hospital: Hospital) -> list[Case]:
    clinician, site, admin = "c0-0", "radiographer", "admin"
    cursor = None
    for _ in range(PAGE // 4 - 1):  # four pages of the usual size each
        page = hospital.page(Case("", site, {"limit": 200, "cursor": cursor}))
        cursor = page["next_cursor"] or cursor
    known = hospital.page(Case("", site, {"q": RARE_NAME, "limit": 1}))["items"][0]["upload_id"]
    study = study_of(UUID(known))
    month = (now() - timedelta(days=400)).isoformat()
    return [
        Case("first page, own", clinician, {}),
        Case("first page, site", site, {}),
        Case("first page, all", admin, {}),
        Case(f"page {PAGE}, site", site, {"cursor": cursor}),
        Case("a rare name, site", site, {"q": "zoe quincunx"}),
        Case("a rare name, own", clinician, {"q": "quincunx"}),
        Case("a rare name, all", admin, {"q": "quincunx"}),
        Case("a common name, site", site, {"q": "maria"}),
        Case("a common name, own", clinician, {"q": "maria jose"}),
        Case("two common names, all", admin, {"q": "garunski wei"}),
        Case("one letter, all", admin, {"q": "m"}),
        Case("what every identifier begins with, site", site, {"q": "PAT"}),
        Case("one identifier, site", site, {"q": "ACC202400000001"}),
        Case("a name that nobody has, all", admin, {"q": "xyzzy"}),
        Case("already sent, site", site, {"study_instance_uid": study}),
        Case("not sent yet, own", clinician, {"study_instance_uid": "2.25.1"}),
        Case("a rare status, site", site, {"stage": ["held"]}),
        Case("a rare status, own", clinician, {"stage": ["held"]}),
        Case("failed, all", admin, {"status": ["failed"]}),
        Case("only long ago, site", site, {"stage": ["expired"]}),
        Case("only long ago, all", admin, {"stage": ["expired"]}),
        Case("three rare facets, all", admin, {"stage": ["held"], "service_level": ["stat"], "modality": ["NM"]}),
        Case("two facets, own", clinician, {"service_level": ["stat"], "modality": ["MG"]}),
        Case("a month last year, site", site, {"created_to": month}),
        Case("a common name, held, site", site, {"q": "maria", "stage": ["held"]}),
        Case("every identifier, held, all", admin, {"q": "pat", "stage": ["held"]}),
        Case("a common name, long ago, all", admin, {"q": "maria", "stage": ["expired"]}),
        Case("a common name, stat MG, site", site, {"q": "maria", "service_level": ["stat"], "modality": ["MG"]}),
    ]


def measure(hospital: Hospital, case: Case) -> tuple[float, float]:
    """Return the median and the 95th percentile in milliseconds."""
    hospital.page(case)  # once to warm up; it also writes the look down
    taken = []
    for _ in range(CALLS):
        started = time.perf_counter()
        hospital.page(case)
        taken.append((time.perf_counter() - started) * 1000)
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def run(kind: str, count: int) -> dict[str, tuple[float, float]]:
    with (
        tempfile.TemporaryDirectory() as name,
        database(kind, Path(name)) as (url, target),
        gateway(DATABASE_URL=url) as server,
    ):
        hospital = Hospital(server)
        started = time.perf_counter()
        Corpus(count, hospital.people, hospital.destination).fill(target())
        print(f"{kind}: {count} uploads, made in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
        return {case.name: measure(hospital, case) for case in cases(hospital)}


def main() -> int:
    figures: Figures = {(kind, count): run(kind, count) for kind in DATABASES for count in COUNTS}
    print(f"{'milliseconds: median / 95 %':>42}" + "".join(f"{kind[:6]:>9} {count:>8}" for kind, count in figures))
    for case in next(iter(figures.values())):
        found = [figures[column][case] for column in figures]
        print(f"{case:>42}" + "".join(f"{median:>10.1f} / {late:>5.1f}" for median, late in found))
    slowest = max(late for column in figures.values() for _, late in column.values())
    print(f"slowest 95 %: {slowest:.0f} ms (goal: {GOAL_MILLISECONDS})")
    return 1 if slowest > GOAL_MILLISECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
