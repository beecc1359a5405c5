"""What every way of waking a worker guarantees (the docstrings of `relaypacs.adapters.wakeups.base`)."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from taskiq import AsyncBroker, InMemoryBroker

from relaypacs.adapters.redis.link import open_link
from relaypacs.adapters.wakeups.base import Task
from relaypacs.adapters.wakeups.broker import BrokerWakeups
from relaypacs.adapters.wakeups.streams import StreamBroker
from relaypacs.core.clock import new_id
from tests.servers.redis import RedisServer


@pytest.fixture(params=["memory", "redis"])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[AsyncBroker]:
    if request.param == "memory":
        yield InMemoryBroker()
        return
    server: RedisServer = request.getfixturevalue("redis")
    link = open_link(server.fresh_url())
    streams = StreamBroker(link)
    await streams.startup()
    yield streams
    await streams.shutdown()
    await link.close()


async def settled() -> None:
    await asyncio.sleep(0.1)


async def test_a_task_gets_its_key(broker: AsyncBroker) -> None:
    woken: list[tuple[Task, UUID]] = []
    for task in Task:

        async def run(key: str, task: Task = task) -> None:
            woken.append((task, UUID(key)))

        broker.register_task(run, task_name=task)
    sent = [(task, new_id()) for task in Task]
    for task, key in sent:
        await BrokerWakeups(broker).wake(task, key)
    await settled()
    assert sorted(woken) == sorted(sent)


async def test_waking_does_not_wait_for_the_work(broker: AsyncBroker) -> None:
    may_end = asyncio.Event()

    async def run(_key: str) -> None:
        await may_end.wait()

    broker.register_task(run, task_name=Task.DELIVER)
    async with asyncio.timeout(2):
        await BrokerWakeups(broker).wake(Task.DELIVER, new_id())
    may_end.set()
    await settled()


async def test_a_wake_up_that_cannot_be_sent_is_lost_without_an_error(broker: AsyncBroker) -> None:
    await BrokerWakeups(broker).wake(Task.DELIVER, new_id())  # nobody has registered this task
    await settled()


async def test_a_task_that_fails_harms_nobody(broker: AsyncBroker) -> None:
    async def run(_key: str) -> None:
        raise OSError("broken")

    broker.register_task(run, task_name=Task.DELIVER)
    await BrokerWakeups(broker).wake(Task.DELIVER, new_id())
    await settled()
