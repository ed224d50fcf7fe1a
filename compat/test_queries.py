"""The query language, as the SDK words it and by hand."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

import sdk
import wire
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

DAYS = ["2026-11-18", "2026-11-19", "2026-11-20"]


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    """Three visits in each of nine fields: open ones and, on the last day, one that is done."""
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Queries"))
    dataset = project.datasets.create("Fields")
    with wire.client(platform.api, dl.client_api.token) as api:
        for number in range(9):
            visits = [{"day": day, "who": f"w{number % 3}", "state": "open"} for day in DAYS]
            visits[-1]["state"] = "done"
            user = {"user": {"number": number, "visits": visits, "soil": {"sand": number % 2, "clay": 1}}}
            reply = api.post(
                f"/datasets/{dataset.id}/items?mode=skip",
                content=wire.chunked(wire.form(f"/{number % 2}/field{number}.txt", metadata=json.dumps(user))),
                headers=wire.MULTIPART,
            )
            assert reply.status_code == 201
        yield SimpleNamespace(dl=dl, dataset=dataset, api=api, url=f"/datasets/{dataset.id}/query")
    project.delete(sure=True, really=True)


def found(journey, field, values, operator=None) -> set[int]:
    filters = journey.dl.Filters(field=field, values=values, operator=operator)
    return {item.metadata["user"]["number"] for item in journey.dataset.items.list(filters=filters).all()}


def test_single_elements_of_lists(journey):
    match = "match"

    done = {"who": "w1", "state": "done", "day": {"$gt": "2026-11-19"}}
    assert found(journey, "metadata.user.visits", done, match) == {1, 4, 7}
    assert not found(journey, "metadata.user.visits", {"state": "done", "day": {"$lt": "2026-11-20"}}, match)
    assert found(journey, "metadata.user.visits", {"who": {"$in": ["w0", "w2"]}}, "matchAll") == {0, 2, 3, 5, 6, 8}


def test_objects_patterns_and_choices(journey):
    assert found(journey, "metadata.user.soil", {"clay": 1, "sand": 1}) == {1, 3, 5, 7}
    assert found(journey, "filename", "/0/field?.*", "glob") == {0, 2, 4, 6, 8}
    assert found(journey, "metadata.user.number", [{"$lt": 2}, {"$gt": 7}], "or") == {0, 1, 8}


def test_pages_by_number_survive_what_is_done_on_the_way(journey):
    filters = journey.dl.Filters(field="dir", values="/1")
    filters.sort_by(field="createdAt")
    filters.page_size = 1
    seen = []
    for page in journey.dataset.items.list(filters=filters):
        seen += [item.metadata["user"]["number"] for item in page]
    assert seen == [1, 3, 5, 7]


def test_references_come_and_go(journey):
    refs = [{"type": "task", "id": "t1"}]
    query = {"filter": {"dir": "/1", "type": "file"}, "resource": "items"}
    tagged = {"$match": {"type": "task", "id": "t1"}}

    for operation, expected in (("create", {1, 3, 5, 7}), ("create", {1, 3, 5, 7}), ("delete", set())):
        reply = journey.api.post(journey.url, json={**query, "references": {"operation": operation, "refs": refs}})
        assert reply.status_code == 200, reply.text
        assert reply.json()["spec"]["itemsCount"] == 4
        assert found(journey, "metadata.system.refs", tagged) == expected


def test_selects_and_explains(journey):
    query = {"filter": {"name": "*3.txt"}, "select": {"metadata.user.number": 1}}

    page = journey.api.post(journey.url, json=query).json()
    plan = journey.api.post(f"{journey.url}?explain=true", json=query).json()

    assert page["totalItemsCount"] == 1
    assert [set(item) for item in page["items"]] == [{"id", "metadata"}]
    assert page["items"][0]["metadata"] == {"user": {"number": 3}}
    assert any(advice.startswith("name: ") for advice in plan["advice"])


def test_refuses_what_only_the_database_knows(journey):
    inside = {"name": {"$match": {"a": {"$expr": 1}}}}
    for condition in ({"$where": "1"}, {"name": {"$function": {}}}, inside, {"name": {"a": {"$gt": ""}}}):
        reply = journey.api.post(journey.url, json={"filter": condition})

        assert reply.status_code == 422
        assert "$" in reply.json()["errors"][0]["field"]
