"""Promises R1 and R3: 200 kills at random moments, nothing lost, nothing different, nothing twice.

python -m bench.campaign                            # into the folder destination
DESTINATION=orthanc KILLS=200 SEED=7 python -m bench.campaign
"""

import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.campaign.campaign import Campaign, Tally
from tests.campaign.destinations import Destination, Folder, RealPacs
from tests.main_job.process import gateway_process
from tests.servers.orthanc import running_orthanc


def show(tally: Tally) -> None:
    print(f"\r{tally.kills} kills", end="", file=sys.stderr, flush=True)


def main() -> int:
    kills = int(os.environ.get("KILLS", "200"))
    seed = int(os.environ.get("SEED") or random.randrange(10**6))  # noqa: S311 - printed, so that it can be repeated
    kind = os.environ.get("DESTINATION", "folder")
    print(f"seed: {seed}, destination: {kind}", flush=True)
    began = time.monotonic()
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "data"
        orthanc = stack.enter_context(running_orthanc()) if kind == "orthanc" else None
        settings = {"PACS": orthanc.pacs_url} if orthanc else {}
        gateway = stack.enter_context(gateway_process(data, **settings))
        destination: Destination = RealPacs(orthanc) if orthanc else Folder(gateway)
        tally = Campaign(gateway, destination, seed, after_round=show).run(kills)
    print(f"{tally}\nminutes: {(time.monotonic() - began) / 60:.1f}")
    return 0 if tally.is_clean and tally.kills == kills else 1


if __name__ == "__main__":
    sys.exit(main())
