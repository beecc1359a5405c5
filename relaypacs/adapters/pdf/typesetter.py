"""Makes PDFs of templates, in a child process for each: it is bounded, and leaves nothing behind.

Typst sets them, with the fonts that it carries and nothing from this machine or a network. The same template and
facts always give the same bytes.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from datetime import datetime
from typing import Any

CHILD_MODULE = "relaypacs.adapters.pdf.child"
TIME_LIMIT_SECONDS = 30.0
AT_ONCE = 2


class TypesettingFailed(Exception):
    """No PDF came of it, which is our fault: the template is ours, and so is the form of the facts."""


class Typesetter:
    def __init__(self, time_limit: float = TIME_LIMIT_SECONDS) -> None:
        self._time_limit = time_limit
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def pdf(self, template: str, facts: Mapping[str, Any], made_at: datetime) -> bytes:
        """Return the PDF of a Typst template, which finds `facts`, plain JSON values, in `sys.inputs.facts`.

        `made_at` is what the PDF says of when it was made. Raises TypesettingFailed.
        """
        request = {"template": template, "facts": json.dumps(facts), "made_at": int(made_at.timestamp())}
        async with self._slots:
            return await self._run(json.dumps(request).encode())

    async def _run(self, request: bytes) -> bytes:
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.environ.get("PATH", "")}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", CHILD_MODULE),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # would quote the template, and perhaps the facts
            env=environment,
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self._time_limit):
                answer, _ = await process.communicate(request)
        except TimeoutError:
            raise TypesettingFailed("It took too long.") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode != 0 or not answer.startswith(b"%PDF-"):
            raise TypesettingFailed(f"The typesetting process ended with {process.returncode}.")
        return answer
