"""Which destinations get a study, and what becomes of the upload when some of them fail."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from relaypacs.features.deliveries.service.routing import Rule, StudyFacts, takes
from relaypacs.features.studies.models import ServiceLevel
from tests.builders.dicom import make_dicom, make_uid
from tests.builders.gateway import GatewayClient
from tests.builders.pacs import change_destination, files_in, first_destination, make_destination
from tests.builders.people import make_site, make_user, signed_in
from tests.builders.problems import is_problem
from tests.servers.ports import free_port

HERE, THERE = UUID(int=1), UUID(int=2)
HEAD_CT = StudyFacts(ServiceLevel.STAT, HERE, frozenset({"CT", "SR"}), frozenset({"CT-EAST"}))
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, True),
        ({"modalities": []}, True),
        ({"modalities": ["ct"]}, True),
        ({"modalities": ["MR", "SR"]}, True),
        ({"modalities": ["MR"]}, False),
        ({"service_levels": ["stat", "emergency"]}, True),
        ({"service_levels": ["routine"]}, False),
        ({"stations": ["ct-east"]}, True),
        ({"stations": ["CT-WEST"]}, False),
        ({"sites": [str(HERE)]}, True),
        ({"sites": [str(THERE)]}, False),
        ({"modalities": ["CT"], "sites": [str(THERE)]}, False),
        ({"modalities": ["CT"], "sites": [str(HERE)], "stations": ["CT-EAST"], "service_levels": ["stat"]}, True),
    ],
)
def test_a_rule_takes_a_study_when_all_its_conditions_hold(rule: Rule, expected: bool) -> None:  # noqa: FBT001
    assert takes(rule, HEAD_CT) is expected


def test_a_study_without_a_station_is_not_from_a_listed_one() -> None:
    assert not takes({"stations": ["CT-EAST"]}, StudyFacts(ServiceLevel.STAT, HERE))


def image(name: str, modality: str, **facts: str) -> tuple[str, bytes]:
    return name, make_dicom(modality, study_uid=make_uid(name), **facts)


async def test_each_study_goes_where_the_rules_say_and_whole(gateway: GatewayClient, tmp_path: Path) -> None:
    first = await first_destination(gateway)
    await change_destination(gateway, first, rule={"modalities": ["MR"]})
    for name, rule in {"ct": {"modalities": ["CT"]}, "all": {}, "none": {"stations": ["NOWHERE"]}}.items():
        await make_destination(gateway, name, f"folder://{tmp_path}/{name}", rule=rule)
    study = make_uid("mixed")
    mixed = [
        ("1.dcm", make_dicom("CT", study_uid=study, sop_instance_uid="1.2.3.1")),
        ("2.dcm", make_dicom("PT", study_uid=study, sop_instance_uid="1.2.3.2")),
    ]
    _, answer = await gateway.send(mixed, metadata={"modality": "OTHER"})
    assert answer.json()["status"] == "completed"
    _, answer = await gateway.send([image("mr", "MR")], metadata={"modality": "MRI"})
    assert answer.json()["status"] == "completed"
    assert files_in(tmp_path / "ct") == {"1.2.3.1", "1.2.3.2"}, "a PET-CT is not torn apart"
    assert len(files_in(Path(first["address"]))) == 1
    assert len(files_in(tmp_path / "all")) == 3
    assert not files_in(tmp_path / "none")


@on_sqlite_only
async def test_the_senders_site_and_the_service_level_decide_too(gateway: GatewayClient, tmp_path: Path) -> None:
    site = await make_site(gateway, "North")
    await make_user(gateway, "north", role="radiographer", site_id=site)
    north = await signed_in(gateway, "north")
    await make_destination(gateway, "north", f"folder://{tmp_path}/north", rule={"sites": [site]})
    await make_destination(gateway, "stat", f"folder://{tmp_path}/stat", rule={"service_levels": ["stat"]})
    await north.send([image("a", "CT")])
    await gateway.send([image("b", "CT")], metadata={"service_level": "stat"})
    assert (len(files_in(tmp_path / "north")), len(files_in(tmp_path / "stat"))) == (1, 1)


async def test_a_best_effort_destination_that_is_down_holds_nobody_up(gateway: GatewayClient) -> None:
    nobody = f"dicomweb+http://127.0.0.1:{free_port()}/dicom-web"
    best_effort = await make_destination(gateway, "copy", nobody, required=False)
    upload, answer = await gateway.send([image("a", "CT")])
    assert answer.json()["status"] == "completed"
    (seen,) = (await gateway.http.get(f"/upload/{upload.upload_id}/instances")).json()["items"]
    assert seen["outcome"] == "verified"
    receipt = (await gateway.http.get(f"/upload/{upload.upload_id}/receipt")).json()["receipt"]
    outcomes = {d["name"]: d["outcome"] for d in receipt["instances"][0]["destinations"]}
    assert outcomes == {"First destination": "read_back", "copy": "waiting"}
    waiting = (await gateway.http.get("/deliveries", params={"destination_id": best_effort["id"]})).json()["items"]
    assert [(item["state"], item["required"]) for item in waiting] == [("waiting", False)]


async def test_where_only_best_effort_destinations_take_a_study_they_must_have_it(
    gateway: GatewayClient, tmp_path: Path
) -> None:
    await change_destination(gateway, await first_destination(gateway), rule={"modalities": ["MR"]})
    await make_destination(gateway, "copy", f"folder://{tmp_path}/copy", required=False)
    _, answer = await gateway.send([image("a", "CT")])
    assert answer.json()["status"] == "completed"
    assert len(files_in(tmp_path / "copy")) == 1


# -- tried on an example -----------------------------------------------------------------------------------------


async def tried(gateway: GatewayClient, **example: Any) -> list[dict[str, Any]]:
    """Return the routes of the example's one study."""
    answer = await gateway.http.post("/pacs/route", json=example)
    (study,) = answer.raise_for_status().json()["studies"]
    routes: list[dict[str, Any]] = study["routes"]
    return routes


async def test_an_example_goes_where_the_study_itself_went(gateway: GatewayClient, tmp_path: Path) -> None:
    first = await first_destination(gateway)
    await change_destination(gateway, first, rule={"modalities": ["MR"]})
    rules: dict[str, dict[str, list[str]]] = {
        "either": {"modalities": ["pt", "NM"]},
        "all": {},
        "stat": {"service_levels": ["stat"]},
        "elsewhere": {"sites": [str(THERE)], "stations": ["CT-EAST"]},
    }
    for name, rule in rules.items():
        await make_destination(gateway, name, f"folder://{tmp_path}/{name}", rule=rule)
    await make_destination(gateway, "off", f"folder://{tmp_path}/off", enabled=False)
    study = make_uid("tried")
    files = [
        (f"{modality}.dcm", make_dicom(modality, study_uid=study, seed=seed))
        for seed, modality in enumerate(("CT", "PT"))
    ]
    upload, answer = await gateway.send(files, metadata={"service_level": "stat"})
    assert answer.json()["status"] == "completed"
    delivered = (await gateway.http.get("/deliveries", params={"upload_id": upload.upload_id})).json()["items"]
    routes = await tried(gateway, upload_id=upload.upload_id)
    assert {route["name"] for route in routes if route["takes"]} == {item["destination_name"] for item in delivered}
    assert {route["name"] for route in routes if route["takes"]} == {"either", "all", "stat"}
    refused = {route["name"]: [each["condition"] for each in route["refusals"]] for route in routes}
    assert refused["First destination"] == ["modalities"]
    assert refused["elsewhere"] == ["stations", "sites"]
    assert refused["off"] == []
    (modality,) = routes[0]["refusals"]
    assert (modality["listed"], modality["found"]) == (["MR"], ["CT", "PT"])


@on_sqlite_only
async def test_a_rule_that_is_not_saved_is_tried_in_the_place_of_the_saved_one(gateway: GatewayClient) -> None:
    first = await first_destination(gateway)
    study = {"modalities": ["CT"], "stations": [], "service_level": "routine", "site_id": str(HERE)}
    narrow = {"destination_id": first["id"], "name": "First", "rule": {"modalities": ["MR"]}}
    (route,) = await tried(gateway, study=study, candidate=narrow)
    assert (route["name"], route["takes"]) == ("First", False)
    saved, new = await tried(gateway, study=study, candidate={"name": "New", "rule": {"stations": ["CT-EAST"]}})
    assert (saved["takes"], new["destination_id"], new["takes"]) == (True, None, False)
    assert (await first_destination(gateway))["rule"]["modalities"] == []


@on_sqlite_only
async def test_an_example_is_a_study_or_an_upload_that_there_is(gateway: GatewayClient) -> None:
    assert is_problem(await gateway.http.post("/pacs/route", json={}), 400, "validation-error")
    nowhere = await gateway.http.post("/pacs/route", json={"upload_id": str(HERE)})
    assert is_problem(nowhere, 404, "example-not-found")
