"""What can go wrong with analytics."""

from relaypacs.core.errors import RelayError


class StatsFilterNotFound(RelayError):
    status, code, title = 404, "stats-filter-not-found", "No such site or user to count"
