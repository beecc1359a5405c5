"""The web app on a phone: its first load (promise S10), and a CT of 150 MB over 2 Mbit/s.

Needs Chromium and the built web app (`make web`), and a machine that does nothing else meanwhile.
"""

import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from bench.servers import PASSWORD, gateway
from tests.builders.dicom import make_study
from tests.client.bad_link import running_bad_link
from tests.servers.chromium import WEB
from tests.servers.orthanc import running_orthanc

ROUNDS = 5
SLICES = 285  # of 512 x 512: 150 MB
USERNAME = "admin"
FIGURES = {  # name → (heading, unit, divisor, promise)
    "fcp": ("FCP", "s", 1000, "at most 1.2"),
    "lcp": ("LCP", "s", 1000, "no promise"),
    "tti": ("TTI", "s", 1000, "at most 2.5"),
    "tbt": ("TBT", "ms", 1, "no promise"),
    "cls": ("CLS", "", 1, "no promise"),
    "performance": ("performance", "", 1, "at least 95"),
    "accessibility": ("accessibility", "", 1, "100"),
}


def drive(script: str, *arguments: str | Path) -> dict[str, Any]:
    """Run `web/bench/<script>`; return what it printed."""
    command = ["node", f"bench/{script}", str(shutil.which("chromium")), *map(str, arguments)]
    environment = os.environ | {"USERNAME": USERNAME, "PASSWORD": PASSWORD}
    done = subprocess.run(command, cwd=WEB, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def first_load(folder: Path) -> None:
    with gateway(WEB_DIR=str(WEB / "dist")) as server:
        seen = drive("first-load.mjs", server.url, str(ROUNDS), folder / "profile")
    size = sum(seen["scripts"].values())
    print(f"first scripts, gzip: {size / 1000:.1f} kB (promise S10: at most 110)")
    for page, rounds in seen["pages"].items():
        print(f"{page}, median of {len(rounds)} (least to most)")
        for name, (heading, unit, divisor, bound) in FIGURES.items():
            values = [one[name] / divisor for one in rounds]
            spread = f"{min(values):.2f} to {max(values):.2f}"
            print(f"  {heading:13} {statistics.median(values):7.2f} {unit:2} ({spread}; promise S10: {bound})")


def slow_phone(folder: Path) -> None:
    study = folder / "study"
    study.mkdir()
    size = 0
    for name, content in make_study(SLICES, rows=512, columns=512):
        (study / name).write_bytes(content)
        size += len(content)
    with (
        running_orthanc() as orthanc,
        gateway(WEB_DIR=str(WEB / "dist"), PACS=orthanc.pacs_url) as server,
        running_bad_link(server.port, cuts=[]) as link,
    ):
        seen = drive("phone.mjs", link.address, study)
        sent = link.sent
    print(f"2 Mbit/s, 150 ms, processor four times slower; a CT of {size / 1e6:.0f} MB")
    print(f"  sign-in page usable after {seen['signInUsable']:.1f} s (promise: 5)")
    print(f"  send page usable after    {seen['sendUsable']:.1f} s from signing in (promise: 5)")
    print(f"  study read after          {seen['read']:.1f} s")
    print(f"  verified after            {seen['verified']:.0f} s; files alone would take {size * 8 / 2e6:.0f} s")
    print(f"  bytes on the wire         {sent / size:.2f} of the files (promise: at most 0.45)")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="relaypacs-bench-") as name:
        first_load(Path(name))
        slow_phone(Path(name))


if __name__ == "__main__":
    main()
