"""Metrics of what comes in by DICOM."""

from prometheus_client import Counter

INSTANCES = Counter("relaypacs_inbound_instances_total", "Instances that came in by DICOM", ["origin", "outcome"])
BYTES = Counter("relaypacs_inbound_bytes_total", "Bytes of instances that came in by DICOM and were stored", ["origin"])
