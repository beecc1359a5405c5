"""Pages of reports as pictures, for people to look at: `python -m tests.features.reports.pictures FOLDER`.

Reports of every kind are signed over the API and rendered by Poppler (`pdftoppm`), which has no part in setting them.
"""

import asyncio
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from relaypacs.core.settings import Settings
from tests.builders.dicom import make_dicom, make_uid
from tests.builders.gateway import ADMIN, PASSWORD, GatewayClient
from tests.builders.people import make_site, make_user, signed_in
from tests.builders.reports import PDF
from tests.conftest import SECRET, running_gateway
from tests.features.reports.test_claims import claim
from tests.features.reports.test_writing import add, save, sign

FONTS = Path("/usr/share/fonts")
DPI = "80"
LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh^Hubert Blaine Maximilian Alexander"
ENGLISH = "The ventricles are of normal size. There is no midline shift, and no bleeding. " * 6
ARABIC = "لا يوجد نزيف داخل الجمجمة. البطينات ذات حجم طبيعي (CT 2024-02-29، 5 مم). " * 6
CHINESE = "未见颅内出血。脑室大小正常、中线结构居中。CT 平扫 5 mm。" * 6
FRENCH = "Pas d'hémorragie intracrânienne ; les cœlioscopies antérieures (n° 3) étaient déjà négatives. " * 6
UNBROKEN = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 6


def paragraphs(text: str, count: int) -> str:
    return "\n\n".join(f"{number}. {text}" for number in range(1, count + 1))


@dataclass(frozen=True)
class Case:
    """What is signed: the words, who the patient is, and what comes after."""

    findings: str
    impression: str = "Normal."
    recommendation: str = ""
    patient_name: str = "Muster^Erika"
    is_critical: bool = False
    kind: str = "final"
    addenda: int = 0
    is_brought: bool = False
    history: str = "Fell from a ladder."
    attributes: dict[str, Any] = field(default_factory=dict)


CASES = {
    "short": Case(ENGLISH[:200]),
    "long-name": Case(ENGLISH, patient_name=LONG_NAME, recommendation="Again in May."),
    "four-pages": Case(paragraphs(ENGLISH, 22), paragraphs(ENGLISH, 5), "Again in May.", patient_name=LONG_NAME),
    "french": Case(paragraphs(FRENCH, 2), "Examen normal.", patient_name="Lefèvre-Œuvrard^Zoé Anaïs"),
    "arabic": Case(paragraphs(ARABIC, 3), "طبيعي.", "إعادة الفحص في أيار.", "al-Masri^Salma=المصري^سلمى",
                   history="سقطت من سلم. No loss of consciousness."),
    "arabic-four-pages": Case(paragraphs(ARABIC, 28), "طبيعي.", "", "=المصري^سلمى"),
    "chinese": Case(paragraphs(CHINESE, 3), "正常。", "", "Wang^XiaoDong=王^小东", history="从梯子上摔下来。"),
    "preliminary": Case(ENGLISH, kind="preliminary", is_critical=True),
    "addenda": Case(paragraphs(ENGLISH, 3), addenda=2),
    "unbroken": Case(UNBROKEN, UNBROKEN, history=UNBROKEN, patient_name=f"{UNBROKEN[:60]}^Erika",
                     attributes={"StudyDescription": UNBROKEN[:64]}),
    "brought": Case("", is_brought=True, addenda=1),
}  # fmt: skip


async def signed(sender: GatewayClient, reader: GatewayClient, name: str, case: Case) -> bytes:
    """Send a study, sign its report, and return the pages."""
    uid = make_uid("picture", name)
    attributes = {"patient_name": case.patient_name, **case.attributes}
    file = make_dicom(study_uid=uid, rows=8, columns=8, **attributes)
    _, answer = await sender.send([("a.dcm", file)], metadata={"clinical_history": case.history})
    report_id = answer.raise_for_status().json()["report_id"]
    await claim(reader, report_id)
    words = {name: getattr(case, name) for name in ("findings", "impression", "recommendation", "is_critical")}
    (await save(reader, report_id, **words)).raise_for_status()
    if case.is_brought:
        (await reader.http.put(f"/reports/{report_id}/pdf", content=PDF)).raise_for_status()
    (await sign(reader, report_id, case.kind)).raise_for_status()
    for number in range(case.addenda):
        (await add(reader, report_id, findings=f"Compared with earlier images: {number}.")).raise_for_status()
    return (await reader.http.get(f"/reports/{report_id}/pdf")).raise_for_status().content


async def make(folder: Path, chosen: list[str]) -> None:
    with tempfile.TemporaryDirectory() as data:
        settings = Settings(
            data_dir=Path(data), secret_key=SecretStr(SECRET), admin_username=ADMIN, admin_password=SecretStr(PASSWORD),
            login_rate_limit="1000/minute", storage_reserve=0, font_dir=FONTS,
        )  # fmt: skip
        async with running_gateway(settings) as gateway:
            await gateway.sign_in(ADMIN)
            site = await make_site(gateway, "Hospital of the North, Department of Radiology")
            for name, role in (("rosa", "clinician"), ("anna", "radiologist")):
                await make_user(gateway, name, role=role, site_id=site, full_name=f"Dr. {name.title()} Lesender")
            sender, reader = [await signed_in(gateway, name) for name in ("rosa", "anna")]
            for name in chosen:
                pdf = folder / f"{name}.pdf"
                pdf.write_bytes(await signed(sender, reader, name, CASES[name]))
                command = ["pdftoppm", "-png", "-r", DPI, str(pdf), str(folder / name)]
                await asyncio.to_thread(subprocess.run, command, check=True)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(make(target, sys.argv[2:] or list(CASES)))
