"""Where the commands of the documentation run: a folder like the project's, beside a real gateway.

What a page says of a hospital (its addresses, its folders) is replaced by what there is here; everything else is run as
it stands. `make` only says what it would do, because the suite itself is one of its targets.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.builders.dicom import make_dicom, make_study, make_zip
from tests.docs.pages import ROOT
from tests.servers.gateway import PASSWORD, Gateway, running_gateway
from tests.servers.ports import NO_CERTIFICATES, free_port

SECONDS = 120
ADMIN = "admin"  # as the pages call the administrator of the first start
WRAPPERS = {
    ".venv/bin/python": f'exec {sys.executable} "$@"',
    ".venv/bin/relaypacs": f"""
        [ "${{1:-}}" != serve ] || exec {sys.executable} -m tests.docs.serving "$@"
        exec {Path(sys.executable).with_name("relaypacs")} "$@"
    """,
    "bin/make": f'exec /usr/bin/env -u MAKEFLAGS PATH="$MAKE_PATH" make --dry-run --directory {ROOT} "$@" >/dev/null',
}


@dataclass
class Sandbox:
    folder: Path
    gateway: Gateway
    stand_ins: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, script: str, **variables: str) -> str:
        """Run a block, which must succeed; return what it prints."""
        script = f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}"  # what a block leaves running
        for said, here in sorted(self.stand_ins.items(), key=lambda pair: -len(pair[0])):
            script = script.replace(said, here)
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert ran.returncode == 0, f"{script}\n{ran.stdout}{ran.stderr}"
        return ran.stdout

    async def run_aside(self, script: str) -> str:
        """Run a block while servers of this process go on."""
        return await asyncio.to_thread(self.run, script)

    @property
    def environment(self) -> Mapping[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAYPACS_")}
        path = os.environ.get("PATH", os.defpath)
        return {
            **inherited,
            "PATH": f"{self.folder}/bin:{self.folder}/.venv/bin:{path}",
            "MAKE_PATH": path,
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            "XDG_STATE_HOME": str(self.folder / "state"),
            "RELAYPACS_DATA_DIR": str(self.gateway.data),
            "RELAYPACS_WEB_DIR": str(self.folder / "web"),
            "RELAYPACS_PASSWORD": PASSWORD,
            **self.variables,
        }


@contextmanager
def running_sandbox(folder: Path, **settings: str) -> Iterator[Sandbox]:
    """Make the folder, with studies in it, and start its gateway."""
    for name, script in WRAPPERS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
    _studies(folder)
    (folder / "backup").mkdir()
    (folder / "web").mkdir()
    (folder / "web/index.html").write_text("<!doctype html>")
    with running_gateway(folder / "data", **{"ADMIN_USERNAME": ADMIN, **settings}) as gateway:
        port = free_port()
        yield Sandbox(
            folder,
            gateway,
            stand_ins={
                "https://gateway.example": gateway.address,
                "http://127.0.0.1:8000": gateway.address,
                "--port 8000": f"--port {port}",
                "/var/lib/relaypacs": str(gateway.data),
                "/backup/": f"{folder}/backup/",
            },
        )


def _studies(folder: Path) -> None:
    write_study(folder / "study", seed=1)
    (folder / "another.zip").write_bytes(make_zip(dict(make_study(2, rows=64, columns=64, seed=2))))
    (folder / "image.dcm").write_bytes(make_dicom(seed=3))


def write_study(folder: Path, seed: int) -> None:
    folder.mkdir()
    for name, content in make_study(4, rows=64, columns=64, seed=seed):
        (folder / name).write_bytes(content)


@contextmanager
def signed_in(gateway: Gateway) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{gateway.address}/api/v1", verify=NO_CERTIFICATES, timeout=30) as http:
        answer = http.post("/auth/login", json={"username": ADMIN, "password": PASSWORD}).raise_for_status()
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield http


def make_person(gateway: Gateway, username: str, role: str) -> None:
    """Make an account with the password of all accounts here."""
    with signed_in(gateway) as http:
        http.post("/users", json={"username": username, "password": PASSWORD, "role": role}).raise_for_status()
