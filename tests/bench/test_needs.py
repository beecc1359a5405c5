"""The table of docs/operations.md is what the model makes of the costs that the page states."""

import re

import pytest

from bench.capacity import A_DAY
from bench.needs import BUSY, PACS_SPEED, PEAK, Average, Costs, needs, waits
from tests.docs.pages import page

SECTION = page("docs/operations.md").text.partition("\n## How much it takes\n")[2].partition("\n## ")[0]


def stated_costs() -> Costs:
    rows = r"^\| (a study|a chunk of 1 MiB|a check|a delivery|rows)\b.*\| ([\d.]+) "
    figures = dict(re.findall(rows, SECTION, re.MULTILINE))
    milliseconds = [float(figures[name]) / 1000 for name in ("a study", "a chunk of 1 MiB", "a check", "a delivery")]
    return Costs(*milliseconds, row_bytes=float(figures["rows"]))


@pytest.mark.parametrize("a_day", A_DAY)
def test_the_table_is_what_the_model_says(a_day: int) -> None:
    costs, study = stated_costs(), Average()
    found = needs(a_day, costs, study)
    (_, stat), _, (_, routine), _ = waits(a_day, costs, study)
    row = (
        f"| {a_day:,} | {found.gateways} | {found.workers} | {found.deliveries} | {found.inbound:,.0f} / "
        f"{found.outbound:,.0f} Mbit/s | {found.storage:,.0f} GB | {found.rows_a_year:,.0f} GB | "
        f"{stat:.0f} s | {routine:.0f} s |"
    )
    assert row in SECTION


def test_the_page_states_what_the_model_takes_for_granted() -> None:
    study = Average()
    for said in (
        f"{study.instances} instances and {study.megabytes:.0f} MB",
        f"{PEAK:.0f} times",
        f"{BUSY:.0%}".replace("%", " %"),
        f"{PACS_SPEED:.0f} MB/s",
    ):
        assert said in SECTION


def test_more_studies_need_more_of_everything() -> None:
    small, large = (needs(a_day, stated_costs(), Average()) for a_day in (1_000, 100_000))
    assert small.storage * 100 == pytest.approx(large.storage)
    assert small.workers < large.workers
    assert small.deliveries < large.deliveries
