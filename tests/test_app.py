"""Several applications in one process, as every run of these tests has them."""

from pathlib import Path

from pydantic import SecretStr

from relaypacs.app import create_app
from relaypacs.core.settings import Settings
from tests.builders.gateway import PASSWORD, GatewayClient
from tests.conftest import running_gateway


async def test_two_gateways_share_their_routes_and_nothing_else(
    gateway: GatewayClient, settings: Settings, tmp_path: Path
) -> None:
    await gateway.another("clinician")
    apart = settings.model_copy(
        update={
            "data_dir": tmp_path / "another",
            "database_url": f"sqlite:///{tmp_path}/another.db",
            "secret_key": SecretStr("the secret key of the other gateway, long enough"),
            "login_rate_limit": "2/minute",
        }
    )
    async with running_gateway(apart) as other:
        with_a_token_of_the_first = await other.http.get("/auth/me", headers=gateway.http.headers)
        tries = [await sign_in(other) for _ in range(3)]

        assert with_a_token_of_the_first.status_code == 401
        assert tries == [401, 401, 429]
        assert await sign_in(gateway) == 200


async def sign_in(client: GatewayClient) -> int:
    return (await client.http.post("/auth/login", json={"username": "clinician", "password": PASSWORD})).status_code


def test_the_routes_are_prepared_once_in_a_process(tmp_path: Path) -> None:
    """FastAPI prepares them for whatever includes them: anew for each application, half the time of most tests."""
    one, another = (create_app(Settings(data_dir=tmp_path, web_dir=tmp_path)) for _ in range(2))

    shared = {id(route) for route in one.routes} & {id(route) for route in another.routes}

    assert len(shared) >= 9, "seven routers and two questions for health"
