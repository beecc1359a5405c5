"""Promise R7 over real connections: the same thing asked many times at once has one effect."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

import httpx
import pytest

from tests.builders.dicom import make_study
from tests.campaign.phases import Rows
from tests.main_job.process import GatewayProcess, Sender, gateway_process

T = TypeVar("T")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with gateway_process(tmp_path_factory.mktemp("at-once") / "data") as running:
        yield running


def at_once(times: int, work: Callable[[int], T]) -> list[T]:
    """Do `work` in as many threads, which begin together."""
    barrier = Barrier(times)

    def begin(number: int) -> T:
        barrier.wait(10)
        return work(number)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(begin, range(times)))


def stored(sender: Sender) -> bytes:
    return (sender.gateway.data / "uploads" / sender.upload["upload_id"] / "0").read_bytes()


def test_one_chunk_on_32_connections_is_one_copy(gateway: GatewayProcess) -> None:
    body = bytes(range(256)) * 1024
    sender = Sender(gateway, [("scan.dcm", body)])
    sender.open()
    answers = at_once(32, lambda _: sender.put(("scan", 0)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert stored(sender) == body
    assert (sender.status()["uploaded_bytes"], sender.status()["uploaded_chunks"]) == (len(body), 1)


@pytest.mark.parametrize("is_acknowledged", [False, True])
def test_of_other_bytes_on_32_connections_one_content_stays(gateway: GatewayProcess, is_acknowledged: bool) -> None:  # noqa: FBT001
    bodies = [bytes([number]) * 100_000 for number in range(4)]
    sender = Sender(gateway, [("scan.dcm", bodies[0])])
    sender.open()
    if is_acknowledged:
        assert sender.put(("scan", 0)).status_code == 200
    answers: list[httpx.Response] = at_once(32, lambda number: sender.put_bytes(("scan", 0), bodies[number % 4]))
    (winner,) = {bodies[number % 4] for number, answer in enumerate(answers) if answer.status_code == 200}
    assert Counter(answer.status_code for answer in answers) == {200: 8, 409: 24}
    assert stored(sender) == winner
    assert winner == bodies[0] or not is_acknowledged


def test_complete_on_50_connections_is_one_delivery_and_one_report(gateway: GatewayProcess) -> None:
    sender = Sender(gateway, make_study(2))
    sender.open()
    sender.send(list(sender.chunks()))
    answers = at_once(50, lambda _: sender.complete())
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {answers[0].content}
    rows = Rows(gateway.data)
    assert rows.more_than_once(uploads=1) == 0
    rows.close()
    assert gateway.archived() == sender.instances()
