"""Examines the Redis that several processes share."""

from typing import Any

from redis.exceptions import AuthenticationError, NoPermissionError, RedisError

from relaypacs.adapters.redis.link import RedisLink, RedisUnavailable, open_link
from relaypacs.cli.findings import Finding, good, problem

OLDEST = (6, 2)
KEEPS_ALL = "noeviction"
WHAT = "Redis"


async def examine_redis(url: str) -> Finding:
    """Ask Redis what it is, and whether it would drop what we put there."""
    link = open_link(url)
    try:
        about = await link.ask(lambda redis: redis.info())
        await link.ask(lambda redis: redis.set(link.key("doctor"), b"1", ex=1))
    except RedisUnavailable as fault:
        return _unreachable(link, fault.__cause__)
    finally:
        await link.close()
    return _judged(about)


def _unreachable(link: RedisLink, cause: BaseException | None) -> Finding:
    where = f"{link.address.host}:{link.address.port}"
    if isinstance(cause, AuthenticationError):
        remedy = "Correct user and password in RELAYPACS_REDIS_URL."
        return problem(WHAT, f"{where} does not let us in", remedy, code="redis_not_allowed")
    if isinstance(cause, NoPermissionError):
        remedy = "Give the user of RELAYPACS_REDIS_URL all commands on its keys and channels."
        return problem(WHAT, f"{where} does not let us do what we must", remedy, code="redis_not_allowed")
    if (isinstance(cause, RedisError) and not link.is_up) or isinstance(cause, OSError):
        remedy = "Start it, and check RELAYPACS_REDIS_URL and the firewall. Uploads go on meanwhile; sign-ins do not."
        return problem(WHAT, f"{where} does not answer", remedy, code="redis_unreachable")
    remedy = "Look into its log: it may be full, read-only, or still loading."
    return problem(WHAT, f"{where} refuses what it is asked ({type(cause).__name__})", remedy, code="redis_refuses")


def _judged(about: dict[str, Any]) -> Finding:
    version = str(about.get("redis_version", ""))
    policy, most = str(about.get("maxmemory_policy", KEEPS_ALL)), int(about.get("maxmemory", 0))
    if tuple(int(part) for part in version.split(".")[:2] if part.isdecimal()) < OLDEST:
        return problem(WHAT, f"version {version} is too old", "Upgrade to 6.2 or newer.", code="redis_too_old")
    if most and policy != KEEPS_ALL:
        remedy = f"Set maxmemory-policy {KEEPS_ALL}: locks after wrong passwords must not be dropped."
        return problem(WHAT, f"it drops keys when it is full ({policy})", remedy, code="redis_evicts")
    return good(WHAT, f"version {version} answers")
