"""Promises R9 to R11 for a region: a hundred clients send while processes and servers go; nothing fails or is lost."""

import time
from pathlib import Path

from tests.campaign.region import Load, Region, running_region
from tests.main_job.process import GatewayProcess
from tests.servers import need, orthanc, postgres, proxies, redis, require, s3

CLIENTS = 100
BETWEEN = 15  # uploads that must be verified after each thing that happens
AWAY_SECONDS = 3
GRACE_SECONDS = 30


def test_no_upload_fails_while_processes_and_servers_go_away(tmp_path: Path) -> None:
    for server in (postgres, redis, s3, orthanc):
        require(server)
    need(proxies.available("nginx"))
    with running_region(tmp_path) as region:
        with Load(region, CLIENTS) as load:
            load.goes_on(BETWEEN)
            region.gateways[0].kill()
            region.workers[0].kill()
            load.goes_on(BETWEEN)
            for process in (region.gateways[0], region.workers[0]):
                process.start()
            stop_servers(region, load)
            for process in (region.gateways[1], region.workers[1]):
                replace(process)
            load.goes_on(BETWEEN)
        assert (load.failures, load.lost) == ([], 0)
        assert region.more_than_once(load.verified) == {}
        assert load.compare() == (0, 0, 0)


def replace(process: GatewayProcess) -> None:
    """Have a process end, and another begin, as an upgrade does."""
    code, seconds = process.terminate()
    assert (code, seconds <= GRACE_SECONDS) == (0, True), (code, seconds)
    process.start()


def stop_servers(region: Region, load: Load) -> None:
    """Have every server be away for a while, one after the other."""
    for stop, start in (
        (region.redis.stop, region.redis.start),
        (region.store.stop, region.store.start),
        (region.archive.stop, region.archive.start),
        (region.postgres.stop, region.postgres.start_again),
    ):
        stop()
        time.sleep(AWAY_SECONDS)
        start()
        load.goes_on(BETWEEN)
