"""Judges problem documents (RFC 9457) the way a client reads them."""

from typing import Any

import httpx


def is_problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that the answer is the problem `code`, whole and consistent, and return its document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert body["trace_id"]
    assert body["trace_id"] == answer.headers["X-Trace-Id"]
    assert body["instance"] == answer.request.url.path
    return body
