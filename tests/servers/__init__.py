"""The real peers that tests start on the loopback interface, and `require`, which skips without them."""

import os
from types import ModuleType

import pytest


def require(server: ModuleType) -> None:
    """Skip the test when `server`, a module of this package, says what is missing; under CI, fail."""
    need(server.available())


def need(missing: str | None) -> None:
    """Skip the test when something is `missing`, which is to be said; under CI, fail."""
    if missing is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
