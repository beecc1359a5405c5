"""Promises R1 and R3, with fewer kills than `make campaign`."""

import random
from pathlib import Path

from tests.campaign.campaign import Campaign
from tests.campaign.destinations import Folder
from tests.campaign.phases import Phase
from tests.main_job.process import gateway_process

KILLS = 20
EACH_AT_LEAST = 4


def test_nothing_is_lost_and_nothing_happens_twice_when_the_gateway_is_killed(tmp_path: Path) -> None:
    seed = random.randrange(10**6)  # noqa: S311 - told by the assertion, so that a failure can be repeated
    with gateway_process(tmp_path / "data") as gateway:
        tally = Campaign(gateway, Folder(gateway), seed).run(KILLS)
    assert tally.is_clean, f"seed {seed}\n{tally}"
    assert tally.kills == KILLS
    assert min(tally.hits[phase] for phase in Phase) >= EACH_AT_LEAST, f"seed {seed}\n{tally}"
