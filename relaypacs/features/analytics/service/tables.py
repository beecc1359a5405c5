"""The answers as tables, for spreadsheets."""

from collections.abc import Iterator, Sequence

from relaypacs.core.csv_cells import csv_line
from relaypacs.features.analytics.schemas import Figures, LevelTurnaround, Summary, Trend, TrendPoint, Turnaround

PLAIN = ("uploads", "instances", "bytes", "bytes_saved", "completed", "failed", "under_way", "success_rate")
AFTERWARDS = ("reports_ready", "reports_open")
Line = Sequence[object]


def summary_table(summary: Summary) -> Iterator[str]:
    """One line for each figure, with that of the period before beside it."""
    now, before = dict(_cells(summary.now)), dict(_cells(summary.before)) if summary.before else {}
    names = [*now, *(name for name in before if name not in now)]
    others = {name: 0 for name in names if name[1]}  # what is counted by kind is not there, or is 0
    yield from _lines(
        ("figure", "key", "now", "before"),
        (
            (*name, now.get(name, others.get(name)), before.get(name, others.get(name)) if summary.before else None)
            for name in names
        ),
    )


def trend_table(trend: Trend) -> Iterator[str]:
    yield from _lines(tuple(TrendPoint.model_fields), (list(_values(point)) for point in trend.points))


def turnaround_table(turnaround: Turnaround) -> Iterator[str]:
    rows = [("now", level) for level in turnaround.levels] + [("before", level) for level in turnaround.before or ()]
    yield from _lines(("period", *_columns()), ((period, *_level(level)) for period, level in rows))


def _cells(figures: Figures) -> Iterator[tuple[tuple[str, str], object]]:
    values = figures.model_dump(mode="json")
    for name in PLAIN:
        yield (name, ""), values[name]
    for name in ("by_modality", "by_service_level"):
        for counted in values[name]:
            yield (name, counted["key"]), counted["count"]
    for failure in values["failures"]:
        yield (f"failures_{failure['kind']}", failure["reason"]), failure["count"]
    for name, value in values["to_verified"].items():
        yield (f"to_verified_{name}", ""), value
    for name in AFTERWARDS:
        yield (name, ""), values[name]


def _columns() -> list[str]:
    return ["service_level", "target_seconds", "count", "within_target", "p50_seconds", "p95_seconds"]


def _level(level: LevelTurnaround) -> list[object]:
    values = level.model_dump(mode="json")
    return [values[column] for column in _columns()]


def _values(point: TrendPoint) -> Iterator[object]:
    yield from point.model_dump(mode="json").values()


def _lines(head: Line, rows: Iterator[Line]) -> Iterator[str]:
    yield csv_line(head)
    for row in rows:
        yield csv_line(row)
