"""What the cache of a gateway keeps, in whichever store."""

from relaypacs.adapters.cache.memory import MemoryCache
from tests.builders.gateway import GatewayClient


async def kept(gateway: GatewayClient) -> set[str]:
    """Return the keys of all that is kept."""
    if link := gateway.infrastructure.redis:
        prefix = link.key("cache", "")
        return {key.decode().removeprefix(prefix) async for key in link.client.scan_iter(f"{prefix}*")}
    return set(_memory(gateway)._kept)


async def forget_kept(gateway: GatewayClient) -> None:
    """Drop all of it, as the end of its time does."""
    for key in await kept(gateway):
        if link := gateway.infrastructure.redis:
            await link.client.delete(link.key("cache", key))
        else:
            _memory(gateway)._drop(key)


def _memory(gateway: GatewayClient) -> MemoryCache:
    cache = gateway.infrastructure.cache
    assert isinstance(cache, MemoryCache)
    return cache
