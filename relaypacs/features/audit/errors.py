"""What can go wrong with the audit trail."""

from relaypacs.core.errors import RelayError


class KeysChanged(RelayError):
    status, code, title = 503, "keys-changed", "Secret key changed"
