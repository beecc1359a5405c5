"""The servers behind the browser tests: `python -m tests.web.stage FOLDER`, told what to do over its standard input.

Each line in is `{"do": name, …arguments}`, each line out its answer, the first one without being asked: where the
gateway is and who may sign in. The end of the input stops everything.
"""

import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from tests.builders.dicom import make_dicom, make_study, make_uid, make_zip
from tests.client.bad_link import BadLink, running_bad_link
from tests.main_job.process import PASSWORD, USERNAME, GatewayProcess, gateway_process
from tests.servers.orthanc import Orthanc, running_orthanc

WEB = Path(__file__).parents[2] / "web"
APP = "app"  # the folder of this stage's own copy of what was built


class Stage:
    def __init__(self, folder: Path, gateway: GatewayProcess, orthanc: Orthanc, link: BadLink) -> None:
        self._folder = folder
        self._gateway = gateway
        self._orthanc = orthanc
        self._link = link

    def describe(self) -> dict[str, Any]:
        return {
            "address": self._gateway.address,
            "link": self._link.address,
            "username": USERNAME,
            "password": PASSWORD,
        }

    def make(self, name: str, slices: int, zipped: bool = False, **attributes: Any) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """Put a study into a folder of its own; return the folder, its files and each instance's SHA-256.

        With `study` it is more of the study that was made under that name, in a series of its own.
        """
        folder = self._folder / name
        folder.mkdir(parents=True)
        uid = make_uid("stage", attributes.pop("study", name))
        attributes.setdefault("series_uid", make_uid("stage", "series", name))
        study = make_study(slices, study_uid=uid, **attributes)
        written = [(f"{name}.zip", make_zip(dict(study)))] if zipped else study
        for file_name, content in written:
            (folder / file_name).write_bytes(content)
        files = [str(folder / file_name) for file_name, _ in written]
        digests = sorted(_digest(content) for _, content in study)
        return {"folder": str(folder), "files": files, "uid": uid, "digests": digests}

    def add(self, folder: str, file_name: str, **attributes: Any) -> dict[str, Any]:
        """Put one more instance into a folder."""
        (Path(folder) / file_name).write_bytes(make_dicom(**attributes))
        return {}

    def person(self, username: str, role: str, full_name: str = "", site: str = "") -> dict[str, Any]:
        """Make an account, at a new site where one is named; return how to sign in."""
        with httpx.Client(base_url=f"{self._gateway.address}/api/v1") as http:
            answer = http.post("/auth/login", json={"username": USERNAME, "password": PASSWORD}).raise_for_status()
            http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            account = {"username": username, "password": PASSWORD, "role": role, "full_name": full_name}
            if site:
                account["site_id"] = http.post("/sites", json={"name": site}).raise_for_status().json()["id"]
            http.post("/users", json=account).raise_for_status()
        return {"username": username, "password": PASSWORD}

    def stored(self) -> dict[str, Any]:
        """Return the SHA-256 of everything that the PACS holds."""
        return {"digests": sorted(_digest(self._orthanc.file(name)) for name in self._orthanc.instances().values())}

    def clear(self) -> dict[str, Any]:
        self._orthanc.clear()
        return {}

    def kill(self) -> dict[str, Any]:
        """End the gateway as a power failure would."""
        self._gateway.kill()
        return {}

    def start(self) -> dict[str, Any]:
        self._gateway.start()
        return {}

    def stop_pacs(self) -> dict[str, Any]:
        self._orthanc.kill()
        return {}

    def start_pacs(self) -> dict[str, Any]:
        self._orthanc.ensure_running()
        return {}

    def cut(self) -> dict[str, Any]:
        """Break every connection that goes over the bad link."""
        self._link.cut_all(0)
        return {}

    def release(self) -> dict[str, Any]:
        """Publish another version of the web app, which differs in nothing but that."""
        with (self._folder / APP / "sw.js").open("a") as script:
            script.write("\n// another version\n")
        return {}

    def sent(self) -> dict[str, Any]:
        """Return how many bytes have gone over the bad link towards the gateway."""
        return {"bytes": self._link.sent}


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main(folder: Path) -> None:
    with running_orthanc() as orthanc:
        app = shutil.copytree(WEB / "dist", folder / APP)
        settings = {
            "PACS": orthanc.pacs_url,
            "WEB_DIR": str(app),
            "COMPLETE_WAIT": "0",
            "CRITICAL_ESCALATION": "1",
            "OUTBOUND_NETWORKS": "127.0.0.0/8",
        }
        with (
            gateway_process(folder / "data", **settings) as gateway,
            running_bad_link(gateway.port, cuts=[]) as link,
        ):
            stage = Stage(folder, gateway, orthanc, link)
            _tell(stage.describe())
            for line in sys.stdin:
                arguments: dict[str, Any] = json.loads(line)
                act: Callable[..., dict[str, Any]] = getattr(stage, arguments.pop("do"))
                _tell(act(**arguments))


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
