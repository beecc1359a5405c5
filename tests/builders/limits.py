"""What rate limits have counted, in whichever store; time passes there when a test says so."""

from limits.aio.storage import MemoryStorage

from relaypacs.adapters.redis.link import RedisLink
from tests.builders.gateway import GatewayClient


async def pass_time(gateway: GatewayClient, seconds: float) -> None:
    """Bring the end of every lock and window nearer, as the clock would."""
    if link := gateway.infrastructure.redis:
        for key in await counted(gateway):
            await _age(link, link.key("limits", key), seconds)
        return
    storage = gateway.infrastructure.rate_limits.storage
    assert isinstance(storage, MemoryStorage)
    for key in storage.expirations:
        storage.expirations[key] -= seconds
    for events in storage.events.values():
        for event in events:
            event.atime, event.expiry = event.atime - seconds, event.expiry - seconds


async def counted(gateway: GatewayClient) -> list[str]:
    """Return the keys of all that is counted, in an order that stays."""
    if link := gateway.infrastructure.redis:
        prefix = link.key("limits", "")
        return sorted({key.decode().removeprefix(prefix) async for key in link.client.scan_iter(f"{prefix}*")})
    storage = gateway.infrastructure.rate_limits.storage
    assert isinstance(storage, MemoryStorage)
    return sorted({*storage.expirations, *storage.events})


async def _age(link: RedisLink, key: str, seconds: float) -> None:
    """A counter is a number that ends; a moving window is a list of moments, and ends with the last of them."""
    left = await link.client.pttl(key)
    if await link.client.type(key) == b"list":
        for index, moment in enumerate(await link.client.lrange(key, 0, -1)):
            await link.client.lset(key, index, float(moment) - seconds)
    await link.client.pexpire(key, max(1, left - round(seconds * 1000)))
