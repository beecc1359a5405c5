"""Metrics of who comes in."""

from prometheus_client import Counter

SIGN_INS = Counter(
    "relaypacs_sign_ins_total", "Tries to sign in with a password: done, or the code of the refusal", ["outcome"]
)
