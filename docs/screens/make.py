"""Makes the pictures of the documentation: `.venv/bin/python -m docs.screens.make [FOLDER]`.

A real gateway on a free port gets synthetic studies through the real command; Chromium then looks at every page in its
states, on a desktop and on a phone. Those that a document shows are kept here; FOLDER takes all of them.
Needs Chromium and `npm ci` in web/, and the web app built (`make web`).
"""
# ruff: noqa: INP001, S603 - a script beside its pictures, which starts this project's own commands

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.builders.dicom import make_study
from tests.client.bad_link import running_bad_link
from tests.servers.gateway import PASSWORD, USERNAME, Gateway, running_gateway

HERE = Path(__file__).parent
DOCUMENTS = (HERE.parents[1] / "README.md", *HERE.parent.rglob("*.md"))
RELAYPACS = Path(sys.executable).with_name("relaypacs")
WAIT_SECONDS = 180
READER, SENDER = "anna", "rosa"

Study = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Sender:
    """The command, with a memory of its own, as it runs on one sender's machine."""

    server: str
    home: Path

    def command(self, study: Study, *options: str) -> list[str | Path]:
        folder = Path(tempfile.mkdtemp(dir=self.home))
        for name, content in study:
            (folder / name).write_bytes(content)
        return [RELAYPACS, "upload", folder, "--server", self.server, "--username", USERNAME, "--quiet", *options]

    @property
    def environment(self) -> Mapping[str, str]:
        return os.environ | {"RELAYPACS_PASSWORD": PASSWORD, "XDG_STATE_HOME": str(self.home)}

    def send(self, study: Study, *options: str, exit_code: int = 0) -> None:
        """Send `study`; the command must end with `exit_code`."""
        ended = subprocess.run(
            self.command(study, *options), env=self.environment, check=False, stdout=subprocess.DEVNULL
        )
        if ended.returncode != exit_code:
            raise RuntimeError(f"relaypacs upload ended with {ended.returncode}, not {exit_code}")

    def send_until_power_fails(self, study: Study, gateway: Gateway) -> None:
        """Send half of `study` over a link that then stands still, and kill the command."""
        total = sum(len(content) for _, content in study)
        with running_bad_link(gateway.port, cuts=[]) as link:
            link.hold_after = total // 2
            away = Sender(link.address, self.home)
            command = away.command(study, "--chunk-size", "524288", "--compress", "never", "--connections", "1")
            process = subprocess.Popen(command, env=self.environment)
            deadline = time.monotonic() + WAIT_SECONDS
            while link.sent <= link.hold_after and time.monotonic() < deadline:
                time.sleep(0.01)
            process.kill()
            process.wait()


def send_studies(gateway: Gateway, folder: Path) -> None:
    """Bring the gateway into the states that a list of uploads shows on an ordinary day."""
    here, elsewhere = (Sender(gateway.address, folder / name) for name in ("here", "elsewhere"))
    here.home.mkdir()
    elsewhere.home.mkdir()
    knee = study_of("Vogel^Jonas", "Knee left", 12, modality="MR")
    here.send(knee)
    elsewhere.send(knee, exit_code=7)
    mixed = study_of("Okafor^Ada", "Neck", 1, study_uid="1.2.3.3")
    other = study_of("Lind^Olof", "Neck", 1, study_uid="1.2.3.3")
    here.send([*mixed, ("other.dcm", other[0][1])], exit_code=8)
    chest = study_of("Haddad^Layla", "Chest pa and lateral", 3, modality="DX", rows=512, columns=512)
    here.send([*chest[:2], ("cut.dcm", chest[2][1][:200_000])], "--service-level", "emergency", exit_code=5)
    here.send_until_power_fails(study_of("Novak^Petr", "Abdomen with contrast", 24), gateway)
    head = study_of("Muster^Erika", "Head native", 40)
    here.send(head, "--service-level", "stat", "--clinical-history", "Fall from a ladder. Bleeding?")


def begin_reading(gateway: Gateway) -> None:
    """Make who reads and who waits for reports; one study is being read by a colleague."""
    with signed_in(gateway, USERNAME) as admin:
        for username, role, name in (
            (READER, "radiologist", "Anna Weber"),
            ("colleague", "radiologist", "Ruth Roe"),
            (SENDER, "radiographer", "Rosa Graf"),
        ):
            account = {"username": username, "password": PASSWORD, "role": role, "full_name": name}
            admin.post("/users", json=account).raise_for_status()
    with signed_in(gateway, "colleague") as colleague:
        (study,) = colleague.get("/reports", params={"modality": "MR"}).raise_for_status().json()["items"]
        colleague.post(f"/reports/{study['id']}/claim").raise_for_status()


@contextmanager
def signed_in(gateway: Gateway, username: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{gateway.address}/api/v1") as http:
        answer = http.post("/auth/login", json={"username": username, "password": PASSWORD}).raise_for_status()
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield http


def study_of(patient: str, description: str, slices: int, **more: object) -> Study:
    """Return a study that depends on the patient's name alone; there is nobody of that name."""
    seed = sum(patient.encode())
    attributes = {"rows": 256, "columns": 256, "StudyDescription": description, "StudyDate": "20240229", **more}
    return make_study(slices, patient_name=patient, patient_id=f"P-{seed}", seed=seed, **attributes)


def studies_to_send(folder: Path) -> Path:
    """Return a folder with studies that the browser picks."""
    for name, study in {
        "sent": study_of("Okoye^Ngozi", "Hand left", 4, modality="MR"),
        "sent-phone": study_of("Silva^Rui", "Hand right", 4, modality="MR"),
        "picked": study_of("Lind^Olof", "Chest", 24),
    }.items():
        (folder / name).mkdir(parents=True)
        for file_name, content in study:
            (folder / name / file_name).write_bytes(content)
    return folder


def have_something_to_mend(gateway: Gateway, folder: Path) -> None:
    """Make two more sites, and a second archive that does not answer, with a study that waits for it."""
    with signed_in(gateway, USERNAME) as admin:
        for username, role, name, site in (
            ("ines", "clinician", "Ines Moreau", "Harbour Hospital"),
            ("tomas", "radiographer", "Tomas Berg", "Hill Clinic"),
        ):
            made = admin.post("/sites", json={"name": site}).raise_for_status().json()
            account = {"username": username, "password": PASSWORD, "role": role, "full_name": name}
            admin.post("/users", json=account | {"site_id": made["id"]}).raise_for_status()
        archive = {
            "name": "Archive of the region",
            "kind": "dicomweb",
            "address": "https://pacs.region.example/dicom-web",
            "required": False,
            "rule": {"modalities": ["MR"]},
        }
        admin.post("/pacs", json=archive).raise_for_status()
    sender = Sender(gateway.address, folder / "later")
    sender.home.mkdir()
    sender.send(study_of("Rossi^Marta", "Shoulder right", 8, modality="MR"))


def take_pictures(gateway: Gateway, pictures: Path, part: str, *studies: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    node = shutil.which("node")
    if chromium is None or node is None:
        raise RuntimeError("Chromium and Node are needed to take pictures")
    environment = os.environ | {"USERNAME": USERNAME, "PASSWORD": PASSWORD, "READER": READER, "SENDER": SENDER}
    command: list[str | Path] = [node, HERE / "capture.mjs", chromium, gateway.address, pictures, part, *studies]
    subprocess.run(command, env=environment, check=True, timeout=WAIT_SECONDS)


def keep_those_shown(pictures: Path) -> None:
    """Copy the pictures that documents show to this folder, and remove all others from it."""
    for kept in HERE.glob("*.png"):
        kept.unlink()
    for document in DOCUMENTS:
        for name in re.findall(r"screens/([\w-]+\.png)", document.read_text()):
            shutil.copy(pictures / name, HERE)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="relaypacs-screens-") as name:
        folder = Path(name)
        pictures = Path(sys.argv[1]) if len(sys.argv) > 1 else folder / "pictures"
        pictures.mkdir(parents=True, exist_ok=True)
        with running_gateway(folder / "data") as gateway:
            send_studies(gateway, folder)
            begin_reading(gateway)
            take_pictures(gateway, pictures, "daily", studies_to_send(folder / "studies"))
            have_something_to_mend(gateway, folder)
            take_pictures(gateway, pictures, "administering")
        keep_those_shown(pictures)


if __name__ == "__main__":
    main()
