"""Runs what the image runs, without the image: its environment, no rights, and a root that is read-only."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.docs.pages import ROOT
from tests.servers.ports import NO_CERTIFICATES, free_port
from tests.servers.processes import wait_until_ready

DOCKERFILE = ROOT / "deploy/container/Dockerfile"
NOBODY = 65534
BIN = Path(sys.executable).parent
PROGRAMS = {"relaypacs": BIN / "relaypacs", "python": sys.executable}


@dataclass(frozen=True)
class Image:
    """The last stage of the Dockerfile."""

    text: str = field(default_factory=lambda: DOCKERFILE.read_text().rpartition("\nFROM ")[2].replace("\\\n", " "))

    @cached_property
    def environment(self) -> Mapping[str, str]:
        lines = re.findall(r"^ENV (.+)$", self.text, re.MULTILINE)
        return dict(pair.split("=", 1) for line in lines for pair in line.split())

    @cached_property
    def health(self) -> list[str]:
        return self._words(r"^HEALTHCHECK .*CMD")

    def command(self, arguments: Sequence[str] = ()) -> list[str]:
        """Return what a container begins with; without arguments those of the image."""
        return [*self._words("^ENTRYPOINT"), *(arguments or self._words("^CMD"))]

    def _words(self, instruction: str) -> list[str]:
        found = re.search(rf"{instruction} (\[.+\])$", self.text, re.MULTILINE)
        assert found
        words: list[str] = json.loads(found[1])
        return words


@dataclass(frozen=True)
class Container:
    """A folder for `/data`, one for `/tmp`, and nothing else that could be written to."""

    folder: Path
    settings: dict[str, str]
    image: Image = field(default_factory=Image)

    def run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self._words(command), env=self._environment, capture_output=True, text=True, timeout=120, check=False
        )

    @contextmanager
    def serving(self, arguments: Sequence[str] = (), ready: str = "/health/ready") -> Iterator["Served"]:
        """Run what serves on a port of its own in place of the one it is told; SIGTERM must end it well."""
        command, port = self.image.command(arguments), str(free_port())
        told = command[[word.endswith("port") for word in command].index(True) + 1]
        served = Served(self, told, port)
        log = self.folder / f"{port}.log"
        with log.open("wb") as output:
            words = self._words([port if word == told else word for word in command])
            process = subprocess.Popen(words, env=self._environment, stdout=output, stderr=output)
        try:
            wait_until_ready(process, lambda: served.answers(ready), log)
            yield served
            process.send_signal(signal.SIGTERM)
            assert process.wait(40) == 0, log.read_text()[-2000:]
        except BaseException:
            sys.stderr.write(log.read_text(errors="replace")[-4000:])  # the folder will be gone
            raise
        finally:
            process.kill()
            process.wait()

    def _words(self, command: Sequence[str]) -> list[str]:
        words = [str(PROGRAMS[command[0]]), *command[1:]]
        return [*_confined(self.folder), *words]

    @property
    def _environment(self) -> Mapping[str, str]:
        """Nothing of this machine's own but where the code is."""
        return {
            **self.image.environment,
            "PATH": f"{BIN}:{os.defpath}",
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder / "data"),
            "RELAYPACS_DATA_DIR": str(self.folder / "data"),
            "RELAYPACS_WEB_DIR": str(ROOT / "web/dist"),
            "TMPDIR": str(self.folder / "tmp"),
            **self.settings,
        }


@dataclass(frozen=True)
class Served:
    container: Container
    told: str
    port: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answers(self, path: str) -> bool:
        try:
            return httpx.get(f"{self.address}{path}", timeout=5, verify=NO_CERTIFICATES).is_success
        except httpx.TransportError:
            return False

    def answers_the_probes_of(self, pods: Iterable[Mapping[str, Any]]) -> bool:
        """Tell whether it answers what the cluster asks its containers, at the port that they are asked at."""
        for pod in pods:
            ports = {port["name"]: str(port["containerPort"]) for port in pod["ports"]}
            probes = [pod[kind]["httpGet"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")]
            if not all(ports[probe["port"]] == self.told and self.answers(probe["path"]) for probe in probes):
                return False
        return True

    def is_healthy_by(self, check: Sequence[str]) -> bool:
        """Run a check of health, which knows the port that the command was told."""
        assert any(f":{self.told}/" in word for word in check)
        words = [word.replace(f":{self.told}/", f":{self.port}/") for word in check]
        return self.container.run(words).returncode == 0


@contextmanager
def container(**settings: str) -> Iterator[Container]:
    """Make what a container may write to; it is gone afterwards, as it is with a container."""
    folder = Path(tempfile.mkdtemp(prefix="relaypacs-container-"))
    folder.chmod(0o755)
    try:
        for name in ("data", "tmp"):
            (folder / name).mkdir(mode=0o700)
            if os.geteuid() == 0 and _others_may_read():
                os.chown(folder / name, NOBODY, NOBODY)
        yield Container(folder, settings)
    finally:
        shutil.rmtree(folder)


def _confined(folder: Path) -> list[str]:
    """Return the words that come before a command, so that it has no rights and a root that it cannot write to."""
    if os.geteuid() != 0:
        return []  # it has no rights to begin with, and cannot be given a root of its own
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        pytest.skip("util-linux is not installed")
    kept = "".join(f"mount --bind {folder / name} {folder / name} && " for name in ("data", "tmp"))
    confine = f'{kept}mount -o remount,bind,ro / && exec "$@"'
    rights = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--clear-groups"]
    user = [f"--reuid={NOBODY}", f"--regid={NOBODY}"] if _others_may_read() else []
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", confine, "sh", "setpriv", *rights, *user]


def _others_may_read() -> bool:
    """Tell whether another user finds the code and the programs; what lies below /root is for root alone.

    Then it stays root, by name: it may do nothing that others may not, but for what belongs to it.
    """
    ends = ROOT, BIN, Path(sys.executable).resolve().parent
    return all(place.stat().st_mode & 0o005 == 0o005 for end in ends for place in (end, *end.parents))
