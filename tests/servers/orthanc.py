"""A real Orthanc with its DICOMweb plugin, behind basic authentication."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.servers.ports import free_port
from tests.servers.processes import stop, wait_until_ready

PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
USER, PASSWORD = "relay", "relay"
AE_TITLE = "ORTHANC"


def available() -> str | None:
    if _program() is None:
        return "Orthanc is not installed: apt-get install --no-install-recommends orthanc"
    if not PLUGIN.exists():
        return "Orthanc has no DICOMweb plugin: apt-get install --no-install-recommends orthanc-dicomweb"
    return None


class Orthanc:
    """One Orthanc; its ports and its data stay the same when it is stopped and started again."""

    def __init__(self, folder: Path, **configuration: Any) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self.http_port = free_port()
        self.dicom_port = free_port()
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self.http_port}", auth=(USER, PASSWORD), timeout=60)
        (folder / "orthanc.json").write_text(json.dumps(self._configuration() | configuration))

    @property
    def dicomweb_url(self) -> str:
        """The root of the DICOMweb services, without credentials."""
        return f"http://127.0.0.1:{self.http_port}/dicom-web"

    @property
    def pacs_url(self) -> str:
        """The address as an administrator writes it, with credentials."""
        return f"dicomweb+http://{USER}:{PASSWORD}@127.0.0.1:{self.http_port}/dicom-web"

    @property
    def dicom_url(self) -> str:
        """The address of its DICOM listener, as an administrator writes it."""
        return f"dicom://{AE_TITLE}@127.0.0.1:{self.dicom_port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        log = self._folder / "log"
        program = _program()
        assert program is not None, available()
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [program, self._folder / "orthanc.json"],
                cwd=self._folder,
                env=os.environ | {"TCP_NODELAY": "1"},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        wait_until_ready(self._process, self._answers, log)

    def stop(self) -> None:
        """End the process and wait for it: a second one would find the database locked. Idempotent."""
        if self._process is not None:
            stop(self._process)

    def ensure_running(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self.start()

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        """End the process as a power failure would. Quick, where `stop` takes seconds. Idempotent."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        self.kill()
        self._client.close()

    def instances(self) -> dict[str, str]:
        """Return Orthanc's own identifier of each instance it holds, by SOPInstanceUID."""
        answer = self._client.get("/instances", params={"expand": ""}).raise_for_status()
        return {found["MainDicomTags"]["SOPInstanceUID"]: found["ID"] for found in answer.json()}

    def count(self, of: str = "Instances") -> int:
        """Return how many instances, or `Series` or `Studies`, it holds, by its own count."""
        return int(self._client.get("/statistics").raise_for_status().json()[f"Count{of}"])

    def file(self, identifier: str) -> bytes:
        """Return the file of one instance, named by Orthanc's own identifier."""
        return self._client.get(f"/instances/{identifier}/file").raise_for_status().content

    def store(self, content: bytes) -> None:
        """Put an instance there, as anybody else would."""
        self._client.post("/instances", content=content).raise_for_status()

    def delete(self, identifier: str) -> None:
        """Remove one instance, named by Orthanc's own identifier."""
        self._client.delete(f"/instances/{identifier}").raise_for_status()

    def clear(self) -> None:
        """Remove everything."""
        for patient in self._client.get("/patients").raise_for_status().json():
            self._client.delete(f"/patients/{patient}").raise_for_status()

    def _answers(self) -> bool:
        try:
            return self._client.get("/system").is_success
        except httpx.TransportError:
            return False

    def _configuration(self) -> dict[str, Any]:
        data = str(self._folder / "data")
        return {
            "StorageDirectory": data,
            "IndexDirectory": data,
            "Plugins": [str(PLUGIN)],
            "HttpPort": self.http_port,
            "DicomPort": self.dicom_port,
            "DicomAet": AE_TITLE,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": True,
            "RegisteredUsers": {USER: PASSWORD},
            "DicomAlwaysAllowStore": True,
            "DicomAlwaysAllowFind": True,
            "DicomAlwaysAllowGet": True,
            "DicomCheckCalledAet": False,
            "OverwriteInstances": False,
            "KeepAlive": True,
            "TcpNoDelay": True,
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }


@contextmanager
def running_orthanc(**configuration: Any) -> Iterator[Orthanc]:
    """Run an empty Orthanc until the context is left; `configuration` overrides its settings."""
    folder = Path(tempfile.mkdtemp(prefix="relaypacs-orthanc-"))
    orthanc = Orthanc(folder, **configuration)
    try:
        orthanc.start()
        yield orthanc
    finally:
        orthanc.close()
        shutil.rmtree(folder, ignore_errors=True)


def _program() -> str | None:
    return shutil.which("Orthanc", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
