"""How each person is told of what."""

from relaypacs.features.notifications.models import NotificationType
from tests.builders.gateway import GatewayClient
from tests.builders.people import make_user, signed_in
from tests.builders.problems import is_problem
from tests.builders.telling import prefer, preferences

ADMINS = {"storage_alert", "delivery_alert", "webhook_alert"}


def by_email(view: dict[str, object]) -> set[str]:
    choices = view["choices"]
    assert isinstance(choices, list)
    return {choice["type"] for choice in choices if choice["email"]}


async def test_the_defaults_tell_of_what_cannot_wait(gateway: GatewayClient) -> None:
    rosa = await gateway.another("rosa")
    view = await preferences(rosa)
    assert by_email(view) == {"critical_result", "additional_data_required", "upload_failed", "upload_held"}
    assert (view["version"], view["language"]) == (0, "en")
    assert view["channels"]["email"] == {"offered": False, "address": "rosa@example.org"}


async def test_each_role_is_asked_for_what_it_can_be_told_of(gateway: GatewayClient) -> None:
    await make_user(gateway, "reader", role="radiologist")
    listed = {}
    for name, client in (
        ("clinician", await gateway.another("rosa")),
        ("radiologist", await signed_in(gateway, "reader")),
        ("admin", gateway),
    ):
        listed[name] = {choice["type"] for choice in (await preferences(client))["choices"]}
    everything = {kind.value for kind in NotificationType}
    assert listed["clinician"] == everything - ADMINS - {"report_assigned"}
    assert listed["radiologist"] == everything - ADMINS
    assert listed["admin"] == everything - {"report_assigned"}


async def test_what_was_chosen_stays_and_the_rest_keeps_its_default(gateway: GatewayClient) -> None:
    rosa = await gateway.another("rosa")
    await prefer(rosa, NotificationType.UPLOAD_COMPLETE, email=True, language="ar")
    await prefer(rosa, NotificationType.CRITICAL_RESULT, email=False, language="ar")
    view = await preferences(rosa)
    assert by_email(view) == {"upload_complete", "additional_data_required", "upload_failed", "upload_held"}
    assert (view["version"], view["language"]) == (2, "ar")
    await prefer(rosa, NotificationType.CRITICAL_RESULT, email=True, language="ar")
    assert "critical_result" in by_email(await preferences(rosa))
    bert = await gateway.another("bert")
    assert "upload_complete" not in by_email(await preferences(bert))


async def test_the_app_is_always_told(gateway: GatewayClient) -> None:
    view = await preferences(gateway)
    assert all(choice["in_app"] is True for choice in view["choices"])
    silenced = {"language": "en", "choices": [{"type": "critical_result", "in_app": False, "email": False}]}
    is_problem(await gateway.http.put("/notifications/preferences", json=silenced), 400, "validation-error")


async def test_a_change_on_something_stale_is_refused(gateway: GatewayClient) -> None:
    body = {"language": "fr", "choices": []}
    answer = await gateway.http.get("/notifications/preferences")
    stale = {"If-Match": answer.headers["etag"]}
    changed = await gateway.http.put("/notifications/preferences", json=body, headers=stale)
    assert (changed.status_code, changed.headers["etag"]) == (200, '"1"')
    again = await gateway.http.put("/notifications/preferences", json=body, headers=stale)
    is_problem(again, 409, "stale-edit")
