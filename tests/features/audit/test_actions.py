"""Everything that is to be written down is written down, by whom and about what, and says nothing about a patient."""

import asyncio
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from relaypacs.core.clock import now
from relaypacs.features.audit.models import Action, AuditEvent
from relaypacs.features.deliveries.models import Delivery, DeliveryInstance, Outcome
from relaypacs.features.deliveries.service.synchronise import synchronise
from relaypacs.features.reports.models import Report
from relaypacs.features.reports.service.critical import escalate
from relaypacs.features.studies.repository import StudyRepository
from relaypacs.features.uploads.models import Upload
from relaypacs.features.uploads.service.cancel import expire_uploads
from relaypacs.features.uploads.service.prove import read_back
from relaypacs.features.uploads.service.retention import remove_kept_files
from tests.builders.dicom import make_dicom, make_study, make_uid
from tests.builders.gateway import ADMIN, PASSWORD, GatewayClient
from tests.builders.pacs import change_destination, first_destination, make_destination
from tests.builders.people import make_site, make_user, nobody, signed_in, with_second_factor
from tests.builders.problems import is_problem
from tests.builders.reports import make_sr
from tests.servers.ports import free_port

ROSA, READER, SOMEBODY, SYSTEM = "dr.rosa", "dr.read", "", "system"
NEW_PASSWORD = "Another-Lantern-52-Orchard"
# Who did it, to what kind of thing, with what outcome. An action that is missing here, or is never produced, fails.
EXPECTED = {
    Action.SESSION_OPENED: {(ROSA, "", "success"), (READER, "", "success"), (ADMIN, "", "success")},
    Action.SESSION_REFUSED: {(ROSA, "", "failure"), (SOMEBODY, "", "failure")},
    Action.SESSION_ENDED: {(ROSA, "session", "success"), (ROSA, "", "success"), (ROSA, "", "failure")},
    Action.USER_CREATED: {(SYSTEM, "user", "success"), (ADMIN, "user", "success"), (SOMEBODY, "user", "success")},
    Action.SERVICE_STARTED: {(SYSTEM, "", "success")},
    Action.USER_CHANGED: {(ADMIN, "user", "success"), (ROSA, "user", "success")},
    Action.PASSWORD_CHANGED: {(ROSA, "user", "success")},
    Action.PASSWORD_RESET_ISSUED: {(ADMIN, "user", "success")},
    Action.SECOND_FACTOR_CHANGED: {(ROSA, "user", "success")},
    Action.INVITATION_CREATED: {(ADMIN, "invitation", "success")},
    Action.INVITATION_REVOKED: {(ADMIN, "invitation", "success")},
    Action.SITE_CREATED: {(ADMIN, "site", "success")},
    Action.SITE_CHANGED: {(ADMIN, "site", "success")},
    Action.USERS_LISTED: {(ADMIN, "", "success")},
    Action.UPLOAD_OPENED: {(ROSA, "upload", "success"), (ADMIN, "upload", "success")},
    Action.UPLOAD_VIEWED: {(ROSA, "upload", "success"), (SOMEBODY, "upload", "success")},
    Action.UPLOAD_COMPLETED: {(SOMEBODY, "upload", "success")},  # whoever held the upload's token
    Action.UPLOAD_CANCELLED: {(ROSA, "upload", "success")},
    Action.UPLOAD_DECIDED: {(ROSA, "upload", "success")},
    Action.UPLOAD_EXPIRED: {(SYSTEM, "upload", "success")},
    Action.UPLOAD_SETTLED: {(SYSTEM, "upload", "success")},
    Action.UPLOAD_CONTRADICTED: {(SYSTEM, "upload", "failure")},
    Action.UPLOAD_FILES_REMOVED: {(SYSTEM, "upload", "success")},
    Action.UPLOADS_LISTED: {(ROSA, "", "success")},
    Action.INSTANCES_LISTED: {(ROSA, "upload", "success")},
    Action.RECEIPT_DOWNLOADED: {(ROSA, "upload", "success")},
    Action.REPORT_VIEWED: {(ROSA, "report", "success"), (READER, "report", "success")},
    Action.REPORT_PRIORS_VIEWED: {(READER, "report", "success")},
    Action.REPORTS_LISTED: {(READER, "", "success")},
    Action.REPORT_CLAIMED: {(READER, "report", "success")},
    Action.REPORT_RELEASED: {(READER, "report", "success")},
    Action.REPORT_SIGNED: {(READER, "report", "success"), (READER, "report", "failure")},
    Action.REPORT_DATA_REQUESTED: {(READER, "report", "success")},
    Action.REPORT_DATA_PROVIDED: {(ROSA, "report", "success")},
    Action.REPORT_ESCALATED: {(SYSTEM, "report", "success")},
    Action.REPORT_ACKNOWLEDGED: {(ROSA, "report", "success")},
    Action.REPORT_FOUND: {(SYSTEM, "report", "success")},
    Action.REPORT_ASSIGNED: {(SYSTEM, "report", "success")},
    Action.TEMPLATE_SHARED: {(READER, "template", "success")},
    Action.TEMPLATE_CHANGED: {(ADMIN, "template", "success")},
    Action.TEMPLATE_WITHDRAWN: {(READER, "template", "success")},
    Action.DESTINATION_CREATED: {(SYSTEM, "destination", "success"), (ADMIN, "destination", "success")},
    Action.DESTINATION_CHANGED: {(ADMIN, "destination", "success")},
    Action.DESTINATION_REMOVED: {(ADMIN, "destination", "success")},
    Action.DESTINATION_TESTED: {(ADMIN, "destination", "success"), (ADMIN, "destination", "failure")},
    Action.DELIVERY_RETRIED: {(ADMIN, "delivery", "success")},
    Action.DELIVERY_CANCELLED: {(ADMIN, "delivery", "success")},
    Action.WEBHOOK_CREATED: {(ADMIN, "webhook", "success")},
    Action.WEBHOOK_CHANGED: {(ADMIN, "webhook", "success")},
    Action.WEBHOOK_REMOVED: {(ADMIN, "webhook", "success")},
    Action.WEBHOOK_TESTED: {(ADMIN, "webhook", "failure")},
    Action.AUDIT_VIEWED: {(ADMIN, "", "success")},
    Action.AUDIT_EXPORTED: {(ADMIN, "", "success")},
}
WRITTEN_AT_THE_END = {Action.SERVICE_STOPPED}
ON_THE_MACHINE = {Action.BACKUP_MADE, Action.KEYS_CHANGED}  # by `relaypacs admin` alone, whose tests show them


async def administer(admin: GatewayClient) -> None:
    """Make and change people, sites and invitations; look at users and at the trail."""
    user_id, site_id = await make_user(admin, ROSA), await make_site(admin, "Elsewhere")
    for path, change in ((f"/users/{user_id}", {"full_name": "Rosa"}), (f"/sites/{site_id}", {"name": "There"})):
        (await admin.http.patch(path, json=change)).raise_for_status()
    revoked, accepted = [(await admin.http.post("/invitations", json={})).json() for _ in range(2)]
    (await admin.http.patch(f"/invitations/{revoked['id']}", json={"revoked": True})).raise_for_status()
    body = {"token": accepted["link"]["token"], "username": "invited", "password": PASSWORD, "full_name": "I"}
    (await nobody(admin).http.post("/auth/invitation/accept", json=body)).raise_for_status()
    link = (await admin.http.post(f"/users/{user_id}/reset-password")).json()
    reset = {"token": link["token"], "password": PASSWORD}
    (await nobody(admin).http.post("/auth/password/reset", json=reset)).raise_for_status()
    for path in ("/users", "/audit", "/audit/export"):
        (await admin.http.get(path)).raise_for_status()


async def deliver(admin: GatewayClient) -> None:
    """Set a destination up that does not answer, stop what waits for it and let it go on, and take it away again."""
    nobody_there = f"dicomweb+http://127.0.0.1:{free_port()}/"
    made = await make_destination(admin, "Elsewhere", nobody_there, required=False, password=PASSWORD)
    (await admin.http.post(f"/pacs/{(await first_destination(admin))['id']}/echo")).raise_for_status()
    is_problem(await admin.http.post(f"/pacs/{made['id']}/echo"), 503, "pacs-unavailable")
    await admin.send(make_study(1, patient_id="PAT-0002"))
    waiting = (await admin.http.get("/deliveries", params={"destination_id": made["id"]})).json()["items"]
    for action in ("cancel", "retry", "cancel"):
        (await admin.http.post(f"/deliveries/{waiting[0]['id']}/{action}")).raise_for_status()
    await change_destination(admin, made, enabled=False)
    (await admin.http.delete(f"/pacs/{made['id']}")).raise_for_status()


async def call(admin: GatewayClient) -> None:
    """Have a webhook where nobody is, change it, try it, and take it away again."""
    site_id = (await admin.http.get("/sites")).json()["items"][0]["id"]
    hook = {"site_id": site_id, "url": "https://hook.invalid/", "types": []}
    path = f"/webhooks/{(await admin.http.post('/webhooks', json=hook)).raise_for_status().json()['id']}"
    (await admin.http.patch(path, json={"new_secret": True})).raise_for_status()
    is_problem(await admin.http.post(f"{path}/test"), 503, "webhook-unavailable")
    (await admin.http.delete(path)).raise_for_status()


async def come_and_go(admin: GatewayClient) -> None:
    """Sign in well and badly, renew, change everything about oneself, and sign out."""
    for name in (ROSA, "nobody"):
        await nobody(admin).http.post("/auth/login", json={"username": name, "password": "wrong"})
    client = await signed_in(admin, ROSA)
    (await client.http.patch("/auth/me", json={"full_name": "Dr. Rosa"})).raise_for_status()
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    (await client.http.post("/auth/password", json=change)).raise_for_status()
    _, codes = await with_second_factor(client)
    (await client.http.post("/auth/2fa/disable", json={"password": NEW_PASSWORD, "code": codes[0]})).raise_for_status()
    tokens = [(await client.sign_in(ROSA, NEW_PASSWORD))["refresh_token"]]
    for _ in range(2):
        answer = await client.http.post("/auth/refresh", json={"refresh_token": tokens[-1]})
        tokens.append(answer.json()["refresh_token"])
    answer = await client.http.post("/auth/refresh", json={"refresh_token": tokens[0]})
    is_problem(answer, 401, "refresh-token-reused")
    await client.sign_in(ROSA, NEW_PASSWORD)
    (await client.http.delete("/auth/sessions")).raise_for_status()
    await client.sign_in(ROSA, NEW_PASSWORD)
    (await client.http.post("/auth/logout")).raise_for_status()


async def send(admin: GatewayClient) -> None:
    """Send a study and look at all there is about it; decide on one, give one up, and let another one grow old."""
    client = nobody(admin)
    await client.sign_in(ROSA, NEW_PASSWORD)
    upload, answer = await client.send(make_study(1))
    assert answer.json()["stage"] == "verified"
    path = f"/upload/{upload.upload_id}"
    for looked_at in ("/upload", path, f"{path}/instances", f"{path}/receipt"):
        (await client.http.get(looked_at)).raise_for_status()
    await nobody(admin).status(upload)
    (await client.http.get(f"/reports/{answer.json()['report_id']}")).raise_for_status()
    held, _ = await client.send([(f"{name}.dcm", make_dicom(patient_id=name)) for name in ("one", "other")])
    (await client.http.post(f"/upload/{held.upload_id}/decision", json={"action": "confirm"})).raise_for_status()
    cancelled, expired = [await client.open([("scan.dcm", b"body")]) for _ in range(2)]
    (await client.http.delete(f"/upload/{cancelled.upload_id}")).raise_for_status()
    async with admin.infrastructure.database.write() as session:
        past = now() - timedelta(seconds=1)
        await session.execute(update(Upload).where(Upload.id == UUID(expired.upload_id)).values(expires_at=past))
    assert len(await expire_uploads(admin.infrastructure)) == 1


async def read(admin: GatewayClient) -> None:
    """Look for what is to be read, open it, let go of it, and sign it; it is critical, and acknowledged late."""
    await make_user(admin, READER, role="radiologist")
    reader = await signed_in(admin, READER)
    found = (await reader.http.get("/reports")).raise_for_status().json()["items"][0]
    path = f"/reports/{found['id']}"
    for looked_at in (path, f"{path}/priors"):
        (await reader.http.get(looked_at)).raise_for_status()
    client = nobody(admin)
    await client.sign_in(ROSA, NEW_PASSWORD)
    for action in ("claim", "release", "claim"):
        (await reader.http.post(f"{path}/{action}")).raise_for_status()
    (await reader.http.post(f"{path}/request-data", json={"text": "Which side is Muster's?"})).raise_for_status()
    (await client.http.post(f"{path}/provide-data", json={"text": "Left."})).raise_for_status()
    (await reader.http.post(f"{path}/claim")).raise_for_status()
    (
        await reader.http.put(f"{path}/draft", json={"impression": "Muster is ill.", "is_critical": True})
    ).raise_for_status()
    signature = {"kind": "final", "password": "wrong"}
    is_problem(await reader.http.post(f"{path}/sign", json=signature), 422, "password-wrong")
    (await reader.http.post(f"{path}/sign", json={**signature, "password": PASSWORD})).raise_for_status()
    async with admin.infrastructure.database.write() as session:
        await session.execute(update(Report).values(critical_since=now() - timedelta(days=1)))
    await escalate(admin.infrastructure)
    (await client.http.post(f"{path}/acknowledge", json={"how": "phone"})).raise_for_status()


async def share(admin: GatewayClient) -> None:
    """Share a template with colleagues, have an administrator change it, and take it back."""
    reader = await signed_in(admin, READER)
    body = {"name": "Of Muster", "findings": "As Muster has it.", "is_shared": True}
    made = (await reader.http.post("/report-templates", json=body)).raise_for_status().json()
    path = f"/report-templates/{made['id']}"
    (await admin.http.patch(path, json={"modality": "CT"})).raise_for_status()
    (await reader.http.delete(path)).raise_for_status()


async def report(admin: GatewayClient) -> None:
    """Have a report written in the archive."""
    client = nobody(admin)
    await client.sign_in(ROSA, NEW_PASSWORD)
    _, answer = await client.send([("a.dcm", make_dicom(study_uid=make_uid("reported")))])
    written = make_sr(make_uid("reported"))
    path = admin.infrastructure.settings.data_dir / "archive" / make_uid("reported") / "1.2" / "1.2.3.dcm"
    path.parent.mkdir()
    path.write_bytes(written)
    await synchronise(admin.infrastructure)
    assert answer.json()["report_id"]


async def prove(admin: GatewayClient) -> None:
    """Let an archive lose an instance after it was verified, and the time of what it has kept be over."""
    infrastructure, client = admin.infrastructure, nobody(admin)
    await client.sign_in(ROSA, NEW_PASSWORD)
    (upload, _), (kept, _) = [await client.send(make_study(5, patient_id=name)) for name in ("LOST", "KEPT")]
    async with infrastructure.database.write() as session:
        query = select(DeliveryInstance).where(DeliveryInstance.outcome == Outcome.LISTED)
        instances = await StudyRepository(session).instances_of(UUID(upload.upload_id))
        listed = {row.instance_id for row in await session.scalars(query)}
        lost = next(instance for instance in instances if instance.id in listed)
        archive = infrastructure.settings.data_dir / "archive" / lost.study_instance_uid / lost.series_instance_uid
        (archive / f"{lost.sop_instance_uid}.dcm").unlink()
        of_both = Delivery.upload_id.in_([UUID(upload.upload_id), UUID(kept.upload_id)])
        await session.execute(update(Delivery).where(of_both).values(verified_at=now() - timedelta(minutes=1)))
        destination_id = await session.scalar(select(Delivery.destination_id).where(of_both))
    assert destination_id
    async with asyncio.timeout(30):  # the worker may have been quicker, and be at it
        while (await nobody(admin).status(kept))["safe_to_delete"] is False:
            await read_back(infrastructure, destination_id)
            await asyncio.sleep(0.1)
    async with infrastructure.database.write() as session:
        old = update(Upload).where(Upload.id == UUID(kept.upload_id)).values(completed_at=now() - timedelta(days=365))
        await session.execute(old)
    assert await remove_kept_files(infrastructure) == 1


async def test_every_action_is_written_down_by_whom_and_about_what(gateway: GatewayClient) -> None:
    assert set(Action) == set(EXPECTED) | WRITTEN_AT_THE_END | ON_THE_MACHINE
    for scene in (administer, call, come_and_go, send, deliver, read, share, report, prove):
        await scene(gateway)
    async with gateway.infrastructure.database.read() as session:
        events = (await session.scalars(select(AuditEvent))).all()
    written: dict[Action, set[tuple[str, str, str]]] = {}
    for event in events:
        written.setdefault(event.action, set()).add((event.actor_name, event.object_kind, event.outcome.value))
        assert bool(event.object_kind) == bool(event.object_id)
        if event.actor_name not in ("", SYSTEM):
            assert event.actor_id
        if event.actor_name != SYSTEM:
            assert event.address == "127.0.0.1"
            assert event.trace_id
    assert written == EXPECTED
    assert (await gateway.http.get("/audit/verify")).json()["broken_at"] is None
    text = (await gateway.http.get("/audit/export")).text
    for secret in (PASSWORD, NEW_PASSWORD, "Muster", "PAT-0001", "19700101", "ACC-0001", "Landarzt"):
        assert secret not in text
