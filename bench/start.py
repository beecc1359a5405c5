"""From the start of an embedded gateway until it is ready (promise S9: at most 3 s).

`python -m bench.start`
"""

import statistics
import tempfile
from pathlib import Path

from tests.main_job.process import GatewayProcess

ROUNDS = 5
GOAL_SECONDS = 3


def start_twice(folder: Path) -> tuple[float, float]:
    """Return the seconds that a first start takes, which makes the database, and the next one."""
    gateway = GatewayProcess(folder)
    first = gateway.start()
    gateway.terminate()
    again = gateway.start()
    gateway.terminate()
    return first, again


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        rounds = [start_twice(Path(name, str(number))) for number in range(ROUNDS)]
    for what, seconds in zip(("first start", "next start"), zip(*rounds, strict=True), strict=True):
        print(f"{what}: {statistics.median(seconds):.2f} s, {min(seconds):.2f} to {max(seconds):.2f}")
    print(f"promise S9: {GOAL_SECONDS} s")


if __name__ == "__main__":
    main()
