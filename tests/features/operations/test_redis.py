"""What administrators see of Redis, and what a gateway without it answers."""

from relaypacs.core.settings import Settings
from tests.builders.gateway import ADMIN, PASSWORD
from tests.conftest import running_gateway
from tests.servers.redis import RedisServer


async def test_redis_is_shown_and_missed_and_only_sign_ins_are_refused_without_it(
    settings: Settings, redis: RedisServer
) -> None:
    async with running_gateway(settings.model_copy(update={"redis_url": redis.fresh_url()})) as gateway:
        await gateway.sign_in(ADMIN)
        view = (await gateway.http.get("/system")).raise_for_status().json()
        assert view["redis"]["version"].count(".") == 2
        assert (view["redis"]["used_bytes"] > 0, view["redis"]["milliseconds"] >= 0) == (True, True)
        assert not [each for each in view["unanswered"] if each["part"] == "redis"]
        redis.stop()
        view = (await gateway.http.get("/system")).raise_for_status().json()
        assert view["redis"] == {"milliseconds": None, "version": None, "used_bytes": None, "wakeups": None}
        assert [(each["part"], each["problem"]) for each in view["unanswered"]] == [("redis", "redis-unavailable")]
        assert "redis-silent" in [each["code"] for each in view["concerns"]]
        refused = await gateway.http.post("/auth/login", json={"username": ADMIN, "password": PASSWORD})
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/limits-unavailable")
        opened = await gateway.init([("a.dcm", b"x" * 1000)])
        assert opened.is_success
