"""Makes PDFs of templates, in a child process for each: it is bounded, and leaves nothing behind.

Typst sets them, with the fonts that it carries, and of this machine only those in one folder, for letters that its own
fonts lack. The same template, facts and fonts always give the same bytes.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from relaypacs.adapters.metrics import CHILDREN_ENDED
from relaypacs.adapters.pdf.scripts import scripts_of

CHILD_MODULE = "relaypacs.adapters.pdf.child"
TIME_LIMIT_SECONDS = 30.0
AT_ONCE = 2


class TypesettingFailed(Exception):
    """No PDF came of it, which is our fault: the template is ours, and so is the form of the facts."""


class Typesetter:
    def __init__(self, time_limit: float = TIME_LIMIT_SECONDS, *, font_dir: Path | None = None) -> None:
        self._time_limit = time_limit
        self._fonts = [str(font_dir)] if font_dir and font_dir.is_dir() else []
        self._scripts: frozenset[str] | None = None
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def pdf(self, template: str, facts: Mapping[str, Any], made_at: datetime) -> bytes:
        """Return the PDF of a Typst template, which finds `facts`, plain JSON values, in `sys.inputs.facts`.

        `made_at` is what the PDF says of when it was made. Raises TypesettingFailed.
        """
        request = {"template": template, "facts": json.dumps(facts), "made_at": int(made_at.timestamp())}
        answer = await self._run(request)
        if not answer.startswith(b"%PDF-"):
            raise TypesettingFailed("The typesetting process gave no PDF.")
        return answer

    async def scripts(self) -> frozenset[str]:
        """Return the scripts whose letters can be shown, as `scripts.can_show` takes them. Raises TypesettingFailed."""
        if self._scripts is None:
            self._scripts = scripts_of(json.loads(await self._run({})))
        return self._scripts

    async def _run(self, request: Mapping[str, Any]) -> bytes:
        async with self._slots:
            return await self._answer(json.dumps({**request, "fonts": self._fonts}).encode())

    async def _answer(self, request: bytes) -> bytes:
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
            CHILDREN_ENDED.labels("typeset", "took_too_long").inc()
            raise TypesettingFailed("It took too long.") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if process.returncode != 0:
            CHILDREN_ENDED.labels("typeset", "died").inc()
            raise TypesettingFailed(f"The typesetting process ended with {process.returncode}.")
        return answer
