"""Work that is answered before it is done, followed with the SDK and by hand."""

import secrets
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest

import sdk
import wire
from platforms import Platform

pytestmark = pytest.mark.journey

LATER = {"prefer": "respond-async"}
ITEMS = 12


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Commands"))
    dataset = project.datasets.create("Pens")
    with wire.client(platform.api, dl.client_api.token) as api:
        for number in range(ITEMS):
            reply = api.post(
                f"/datasets/{dataset.id}/items?mode=skip",
                content=wire.chunked(wire.form(f"/pen/{number}.txt")),
                headers=wire.MULTIPART,
            )
            assert reply.status_code == 201
        yield SimpleNamespace(
            platform=platform, dl=dl, commands=sdk.commands(dl), project=project, dataset=dataset, api=api
        )
    project.delete(sure=True, really=True)


def query(journey: SimpleNamespace, **what) -> httpx.Response:
    body = {"filter": {"dir": "/pen", "type": "file"}, "resource": "items", **what}
    return journey.api.post(f"/datasets/{journey.dataset.id}/query", json=body, headers=LATER)


def done(journey: SimpleNamespace, accepted: httpx.Response):
    """The command that a 202 leads to, when the SDK sees that it has ended."""
    assert accepted.status_code == 202, accepted.text
    assert accepted.headers["preference-applied"] == "respond-async"
    assert accepted.headers["retry-after"] == "1"
    assert accepted.headers["location"] == accepted.json()["url"]
    assert accepted.headers["location"].startswith(journey.platform.api)
    return journey.commands.get(url=accepted.headers["location"]).wait()


def test_changes_items_later(journey):
    command = done(journey, query(journey, update={"metadata": {"user": {"season": "spring"}}}))

    assert command.type == "UpdateItems"
    assert command.spec["itemsCount"] == ITEMS
    filters = journey.dl.Filters(field="metadata.user.season", values="spring")
    assert journey.dataset.items.list(filters=filters).items_count == ITEMS


def test_is_listed_by_the_sdk(journey):
    commands = journey.commands.list()

    assert commands[0].type == "UpdateItems"
    assert commands[0].abort().status == "success"


def test_is_asked_for_once_with_a_key(journey):
    headers = {**LATER, "idempotency-key": secrets.token_hex(8)}
    body = {"filter": {"dir": "/pen"}, "update": {"description": "kept"}}

    first, second = (
        journey.api.post(f"/datasets/{journey.dataset.id}/query", json=body, headers=headers) for _ in range(2)
    )

    assert second.headers["idempotency-replayed"] == "true"
    assert second.headers["location"] == first.headers["location"]
    assert done(journey, second).id == first.json()["id"]


def test_costs_a_304_to_ask_again(journey):
    path = f"/commands/{journey.commands.list()[0].id}"
    tag = journey.api.get(path).headers["etag"]

    assert journey.api.get(path, headers={"if-none-match": tag}).status_code == 304


def test_is_xml_where_xml_is_asked_for(journey):
    reply = journey.api.get("/commands", headers={"accept": "application/xml"})

    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("application/xml")


def test_deletes_a_directory_later(journey):
    directory = journey.dataset.items.get(filepath="/pen", is_dir=True)

    command = done(journey, journey.api.delete(f"/items/{directory.id}", headers=LATER))

    assert command.type == "DeleteDirectory"
    assert command.spec["itemsCount"] == ITEMS + 1
    assert journey.dataset.items.list().items_count == 0


def test_is_unknown_to_strangers(journey):
    stranger = sdk.new_user(journey.platform, "stranger")
    command = journey.commands.list()[0]
    with wire.client(journey.platform.api, sdk.token(journey.platform, stranger)) as api:
        assert api.get("/commands").json() == []
        assert api.get(f"/commands/{command.id}").status_code == 404
        assert api.post(f"/commands/{command.id}/abort").status_code == 404
