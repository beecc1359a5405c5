"""What holds for every page, from what `web/e2e/watch.mjs` saw of it."""

from typing import Any
from urllib.parse import urlsplit


def is_clean(page: dict[str, Any], server: str) -> None:
    """Nothing went wrong, the policy had nothing to forbid, and nobody but `server` was asked for anything."""
    assert page["errors"] == []
    assert page["violations"] == []
    # A blob: is made by the page itself, of what it has.
    asked = {urlsplit(url.removeprefix("blob:")).netloc for url in page["requested"]}
    assert asked == {urlsplit(server).netloc}
