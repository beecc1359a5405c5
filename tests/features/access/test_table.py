"""Who may call what: every route, every role, own objects and those of others, against one table."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx
from fastapi.routing import iter_route_contexts

from relaypacs.app import create_app
from relaypacs.core.clock import new_id
from relaypacs.core.settings import Settings
from relaypacs.features.identity.models import Role
from relaypacs.features.notifications.models import PushSubscription
from relaypacs.features.templates.models import ReportTemplate
from tests.builders.dicom import make_dicom
from tests.builders.gateway import GatewayClient, OpenUpload
from tests.builders.pacs import make_destination
from tests.builders.people import ROLES, make_site, make_user, nobody, signed_in

# `+` served, `1` 401, `3` 403 role-forbidden, `4` 404. Where a route names an object, three signs: the caller's
# own, one of the own site, one of another site. The last column is nobody who holds the session token of an upload.
TABLE = """
method path                                     nobody clinician radiographer radiologist admin  token

POST   /api/v1/auth/register                    +      +         +            +           +      +
POST   /api/v1/auth/login                       +      +         +            +           +      +
POST   /api/v1/auth/refresh                     +      +         +            +           +      +
POST   /api/v1/auth/password/reset              +      +         +            +           +      +
POST   /api/v1/auth/invitation                  +      +         +            +           +      +
POST   /api/v1/auth/invitation/accept           +      +         +            +           +      +
GET    /api/v1/auth/oidc                        +      +         +            +           +      +
POST   /api/v1/auth/oidc/start                  4      4         4            4           4      4
POST   /api/v1/auth/oidc/finish                 +      +         +            +           +      +
POST   /api/v1/auth/logout                      1      +         +            +           +      1
GET    /api/v1/auth/me                          1      +         +            +           +      1
PATCH  /api/v1/auth/me                          1      +         +            +           +      1
POST   /api/v1/auth/password                    1      +         +            +           +      1
GET    /api/v1/auth/sessions                    1      +         +            +           +      1
DELETE /api/v1/auth/sessions                    1      +         +            +           +      1
DELETE /api/v1/auth/sessions/{session_id}       111    +44       +44          +44         +44    111
POST   /api/v1/auth/2fa/setup                   1      +         +            +           +      1
POST   /api/v1/auth/2fa/enable                  1      +         +            +           +      1
POST   /api/v1/auth/2fa/disable                 1      +         +            +           +      1

POST   /api/v1/upload/init                      1      +         +            +           +      1
GET    /api/v1/upload                           1      +         +            +           +      1
POST   /api/v1/upload/search                    1      +         +            +           +      1
PUT    /api/v1/upload/{upload_id}/chunk         111    111       111          111         111    +44
POST   /api/v1/upload/{upload_id}/complete      111    111       111          111         111    +44
GET    /api/v1/upload/{upload_id}               111    +44       ++4          +44         +++    +44
POST   /api/v1/upload/{upload_id}/decision      111    +44       +44          +44         +++    111
GET    /api/v1/upload/{upload_id}/instances     111    +44       ++4          +44         +++    111
GET    /api/v1/upload/{upload_id}/receipt       111    +44       ++4          +44         +++    111
POST   /api/v1/upload/{upload_id}/token         111    +44       +44          +44         +44    111
DELETE /api/v1/upload/{upload_id}               111    +44       +44          +44         +44    +44

GET    /api/v1/reports                          1      +         +            +           +      1
GET    /api/v1/reports/sites                    1      3         3            +           +      1
GET    /api/v1/reports/{report_id}              111    +44       ++4          +++         +++    111
GET    /api/v1/reports/{report_id}/pdf          111    444       444          444         444    111
GET    /api/v1/reports/{report_id}/priors       111    333       333          +++         +++    111
POST   /api/v1/reports/{report_id}/claim        111    333       333          +++         +++    111
POST   /api/v1/reports/{report_id}/release      111    333       333          +++         +++    111
PUT    /api/v1/reports/{report_id}/draft        111    333       333          +++         333    111
POST   /api/v1/reports/{report_id}/sign         111    333       333          +++         333    111
POST   /api/v1/reports/{report_id}/request-data 111    333       333          +++         333    111
POST   /api/v1/reports/{report_id}/provide-data 111    +44       ++4          +44         +44    111
POST   /api/v1/reports/{report_id}/acknowledge  111    +44       ++4          +44         +44    111
POST   /api/v1/reports/{report_id}/addenda      111    333       333          +++         333    111
PUT    /api/v1/reports/{report_id}/pdf          111    333       333          +++         333    111
DELETE /api/v1/reports/{report_id}/pdf          111    333       333          +++         333    111

GET    /api/v1/report-templates                 1      3         3            +           +      1
POST   /api/v1/report-templates                 1      3         3            +           3      1
PATCH  /api/v1/report-templates/{template_id}   111    333       333          +44         +44    111
DELETE /api/v1/report-templates/{template_id}   111    333       333          +44         +44    111

GET    /api/v1/notifications                    1      +         +            +           +      1
GET    /api/v1/notifications/stream             1      +         +            +           +      1
GET    /api/v1/notifications/preferences        1      +         +            +           +      1
PUT    /api/v1/notifications/preferences        1      +         +            +           +      1
POST   /api/v1/notifications/test-email         1      +         +            +           +      1
POST   /api/v1/notifications/push               1      +         +            +           +      1
POST   /api/v1/notifications/push/{subscription_id}/test 111 +44 +44          +44         +44    111
DELETE /api/v1/notifications/push/{subscription_id} 111 +44      +44          +44         +44    111
POST   /api/v1/notifications/read-all           1      +         +            +           +      1
POST   /api/v1/notifications/{notification_id}/read 111 +44      +44          +44         +44    111

GET    /api/v1/stats                            1      +         +            +           +      1
GET    /api/v1/stats/trend                      1      +         +            +           +      1
GET    /api/v1/stats/turnaround                 1      +         +            +           +      1
GET    /api/v1/stats/export                     1      +         +            +           +      1

GET    /api/v1/users                            1      3         3            3           +      1
POST   /api/v1/users                            1      3         3            3           +      1
GET    /api/v1/users/counts                     1      3         3            3           +      1
GET    /api/v1/users/{user_id}                  111    333       333          333         +++    111
PATCH  /api/v1/users/{user_id}                  111    333       333          333         +++    111
POST   /api/v1/users/{user_id}/reset-password   111    333       333          333         +++    111
GET    /api/v1/users/{user_id}/sessions         111    333       333          333         +++    111
DELETE /api/v1/users/{user_id}/sessions         111    333       333          333         +++    111
GET    /api/v1/sites                            1      3         3            3           +      1
POST   /api/v1/sites                            1      3         3            3           +      1
GET    /api/v1/sites/{site_id}                  111    333       333          333         +++    111
PATCH  /api/v1/sites/{site_id}                  111    333       333          333         +++    111
GET    /api/v1/invitations                      1      3         3            3           +      1
POST   /api/v1/invitations                      1      3         3            3           +      1
PATCH  /api/v1/invitations/{invitation_id}      111    333       333          333         +++    111
GET    /api/v1/pacs                             1      3         3            3           +      1
POST   /api/v1/pacs                             1      3         3            3           +      1
POST   /api/v1/pacs/route                       1      3         3            3           +      1
GET    /api/v1/pacs/{pacs_id}                   111    333       333          333         +++    111
PATCH  /api/v1/pacs/{pacs_id}                   111    333       333          333         +++    111
POST   /api/v1/pacs/{pacs_id}/echo              111    333       333          333         +++    111
DELETE /api/v1/pacs/{pacs_id}                   111    333       333          333         +++    111
GET    /api/v1/webhooks                         1      3         3            3           +      1
POST   /api/v1/webhooks                         1      3         3            3           +      1
GET    /api/v1/webhooks/{webhook_id}            111    333       333          333         +++    111
PATCH  /api/v1/webhooks/{webhook_id}            111    333       333          333         +++    111
GET    /api/v1/webhooks/{webhook_id}/messages   111    333       333          333         +++    111
POST   /api/v1/webhooks/{webhook_id}/test       111    333       333          333         +++    111
DELETE /api/v1/webhooks/{webhook_id}            111    333       333          333         +++    111
GET    /api/v1/deliveries                       1      3         3            3           +      1
POST   /api/v1/deliveries/retry                 1      3         3            3           +      1
GET    /api/v1/deliveries/{delivery_id}         111    333       333          333         +++    111
GET    /api/v1/deliveries/{delivery_id}/instances 111  333       333          333         +++    111
POST   /api/v1/deliveries/{delivery_id}/retry   111    333       333          333         +++    111
POST   /api/v1/deliveries/{delivery_id}/cancel  111    333       333          333         +++    111
GET    /api/v1/system                           1      3         3            3           +      1
GET    /api/v1/audit                            1      3         3            3           +      1
GET    /api/v1/audit/export                     1      3         3            3           +      1
GET    /api/v1/audit/verify                     1      3         3            3           +      1

POST   /dicom-web/studies                       1      +         +            +           +      1
POST   /dicom-web/studies/{study}               1      +         +            +           +      1

GET    /health/live                             +      +         +            +           +      +
GET    /health/ready                            +      +         +            +           +      +
GET    /metrics                                 +      +         +            +           +      +
GET    /openapi.json                            +      +         +            +           +      +
GET    /docs                                    +      +         +            +           +      +
GET    /{path:path}                             +      +         +            +           +      +
"""

HEADER, *ROWS = [line.split() for line in TABLE.splitlines() if line]
ACTORS = HEADER[2:]
EXPECTED = {(method, path): dict(zip(ACTORS, signs, strict=True)) for method, path, *signs in ROWS}
# Enough to be judged, too little to do anything: access comes before validation.
BODIES = {"/chunk": {"params": {"file_id": "scan", "chunk_index": 9}, "content": b"x"}}
MAY_END_THE_SESSION = ("/api/v1/auth/logout", "/api/v1/auth/sessions", "/api/v1/auth/password")
HEADERS = {"/stream": {"Last-Event-ID": "none"}}  # a stream that is served would never end


@dataclass
class Person:
    """Somebody with one object of each kind."""

    name: str
    user_id: str
    site_id: str
    objects: dict[str, str] = field(default_factory=dict)
    upload: OpenUpload | None = None


class Stage:
    """One person of each role at a site, a colleague of theirs, and a stranger at another site."""

    def __init__(self, gateway: GatewayClient) -> None:
        self.gateway = gateway
        self.actors: dict[str, Person] = {}
        self.others: dict[str, Person] = {}
        self.clients: dict[str, httpx.AsyncClient] = {}

    async def fill(self) -> None:
        here, there = [await make_site(self.gateway, name) for name in ("Here", "There")]
        for role in ROLES:
            self.actors[role] = await self._person(f"a-{role}", role, here)
        self.others["own site"] = await self._person("colleague", "clinician", here)
        self.others["other site"] = await self._person("stranger", "clinician", there)

    async def _person(self, name: str, role: str, site: str) -> Person:
        user_id = await make_user(self.gateway, name, role=role, site_id=site)
        person = Person(name, user_id, site)
        client = await signed_in(self.gateway, name)
        files = [("scan.dcm", make_dicom(rows=8, columns=8, patient_id=name))]
        person.upload, answer = await client.send(files)
        assert answer.json()["stage"] == "verified"
        sessions = (await client.http.get("/auth/sessions")).json()["items"]
        notifications = (await client.http.get("/notifications")).json()["items"]
        invitation = (await self.gateway.http.post("/invitations", json={"site_id": site})).json()
        elsewhere = f"folder://{self.gateway.infrastructure.settings.data_dir}/elsewhere"
        destination = await make_destination(self.gateway, f"of {name}", elsewhere, enabled=False)
        hook = {"site_id": site, "url": "https://hook.invalid/", "types": []}
        webhook = (await self.gateway.http.post("/webhooks", json=hook)).json()
        found = (await self.gateway.http.get("/deliveries", params={"upload_id": person.upload.upload_id})).json()
        person.objects = {
            "report_id": answer.json()["report_id"],
            "pacs_id": destination["id"],
            "delivery_id": found["items"][0]["id"],
            "user_id": user_id,
            "site_id": site,
            "upload_id": person.upload.upload_id,
            "session_id": sessions[0]["id"],
            "notification_id": notifications[0]["id"],
            "subscription_id": await self._browser(user_id, sessions[0]["id"]),
            "invitation_id": invitation["id"],
            "template_id": await self._template(user_id),
            "webhook_id": webhook["id"],
            "path:path": "anything",
            "study": "2.25.1",
        }
        return person

    async def _template(self, owner_id: str) -> str:
        """Keep a template of somebody's own, whatever his role: only a radiologist could make one by a call."""
        words = dict.fromkeys(("findings", "impression", "recommendation"), "")
        template = ReportTemplate(id=new_id(), owner_id=UUID(owner_id), name="Head", **words)
        async with self.gateway.infrastructure.database.write() as session:
            session.add(template)
        return str(template.id)

    async def _browser(self, user_id: str, session_id: str) -> str:
        """Have a browser that somebody is told by; the gateway of this test sends no push messages itself."""
        row = PushSubscription(id=new_id(), user_id=UUID(user_id), session_id=UUID(session_id))
        row.endpoint, row.endpoint_hash, row.p256dh, row.auth = "https://push.example/", row.id.hex, "", ""
        async with self.gateway.infrastructure.database.write() as session:
            session.add(row)
        return str(row.id)

    async def caller(self, actor: str) -> tuple[httpx.AsyncClient, Person]:
        """Return a client, in a session that is open, and whose "own" objects it is judged by."""
        if actor in ("nobody", "token"):
            person = self.actors["clinician"]
            client = nobody(self.gateway).http
            if actor == "token" and person.upload:
                client.headers.update(person.upload.token)
            return client, person
        person = self.actors[actor]
        if actor not in self.clients:
            client = self.clients[actor] = (await signed_in(self.gateway, person.name)).http
            sessions = (await client.get("/auth/sessions")).json()["items"]
            (person.objects["session_id"],) = [session["id"] for session in sessions if session["is_current"]]
        return self.clients[actor], person


def url_of(path: str, person: Person) -> str:
    """Return the address of the person's object."""
    for name, value in person.objects.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path, f"a kind of object that the table does not know: {path}"
    return f"http://gateway{path}"


async def sign_of(client: httpx.AsyncClient, method: str, path: str, person: Person) -> str:
    """Call the route, and return the sign of the answer."""
    ending = f"/{path.rpartition('/')[2]}"
    request = BODIES.get(ending) or ({"json": {}} if method != "GET" else {})
    answer = await client.request(method, url_of(path, person), headers=HEADERS.get(ending), **request)
    assert answer.status_code < 500 or answer.json()["type"] == "/problems/webhook-unavailable", answer.text
    if answer.status_code == 403:
        assert answer.json()["type"] == "/problems/role-forbidden"
    return {401: "1", 403: "3", 404: "4"}.get(answer.status_code, "+")


def test_the_table_has_a_row_for_each_route_and_a_column_for_each_role(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path, web_dir=tmp_path))
    routes = {
        (method, context.path)
        for context in iter_route_contexts(app.routes)
        for method in (context.methods or {"MOUNT"}) - {"HEAD"}
    }
    assert routes == set(EXPECTED)
    assert {(method.upper(), path) for path, calls in app.openapi()["paths"].items() for method in calls} <= routes
    assert ["nobody", *(role.value for role in Role), "token"] == ACTORS


async def test_everybody_gets_what_the_table_says_and_nothing_else(gateway: GatewayClient) -> None:
    stage = Stage(gateway)
    await stage.fill()
    wrong = []
    for (method, path), signs in EXPECTED.items():
        for actor, expected in signs.items():
            client, person = await stage.caller(actor)
            owners = [person, *stage.others.values()][: len(expected)]
            others = [await sign_of(client, method, path, owner) for owner in owners[1:]]
            got = "".join(
                [await sign_of(client, method, path, person), *others]
            )  # last: it may be the end of the session
            if got != expected:
                wrong.append(f"{method} {path} as {actor}: {got} instead of {expected}")
            if path.startswith(MAY_END_THE_SESSION):
                stage.clients.clear()
    assert not wrong, "\n".join(wrong)
