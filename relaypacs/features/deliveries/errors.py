"""What can go wrong with deliveries."""

from relaypacs.core.errors import RelayError


class ReceiptNotReady(RelayError):
    status, code, title = 404, "receipt-not-ready", "Receipt not ready"
