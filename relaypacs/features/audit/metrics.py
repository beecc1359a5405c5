"""Metrics of the audit trail."""

from prometheus_client import Gauge

from relaypacs.core.metrics import LOOKED_UP

TO_FORWARD = Gauge(
    "relaypacs_audit_events_to_forward",
    "Events that the syslog server has not got yet; 0 without one",
    registry=LOOKED_UP,
)
