"""An account that is disabled sends nothing more, also with the token of an upload that it had opened."""

import httpx
from sqlalchemy import update

from relaypacs.features.identity.models import AccountState, User
from tests.builders.dicom import make_study
from tests.builders.gateway import CHUNK_SIZE, GatewayClient, OpenUpload
from tests.builders.problems import is_problem


async def set_state(gateway: GatewayClient, username: str, state: AccountState) -> None:
    async with gateway.infrastructure.database.write() as session:
        await session.execute(update(User).where(User.username == username).values(state=state))


async def use_token(client: GatewayClient, upload: OpenUpload, content: bytes, chunk: int) -> list[httpx.Response]:
    body = content[chunk * CHUNK_SIZE : (chunk + 1) * CHUNK_SIZE]
    return [
        await client.put(upload, upload.files[0]["file_id"], chunk, body),
        await client.http.get(f"/upload/{upload.upload_id}", headers=upload.token),
        await client.complete(upload),
    ]


async def test_the_token_of_an_upload_dies_with_the_account_and_revives_with_it(gateway: GatewayClient) -> None:
    files = make_study(1, rows=1024, columns=1024)
    client = await gateway.another("dr.rosa")
    upload = await client.open(files)
    content = files[0][1]
    (await client.put(upload, upload.files[0]["file_id"], 0, content[:CHUNK_SIZE])).raise_for_status()

    await set_state(gateway, "dr.rosa", AccountState.DISABLED)
    for answer in await use_token(client, upload, content, 1):
        is_problem(answer, 401, "invalid-upload-token")

    await set_state(gateway, "dr.rosa", AccountState.ACTIVE)
    status = (await client.status(upload))["files"][0]
    assert [first for first, _ in status["missing"]] == [1]  # what was acknowledged is there, nothing else
    await client.send_chunks(upload, files)
    assert (await client.complete(upload)).status_code == 200
