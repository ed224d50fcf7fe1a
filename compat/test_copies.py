"""Datasets and items that are made out of others, subsets and collections, with the SDK."""

import io
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace

import dtlpy
import pytest

import sdk
import wire
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

ITEMS = 20


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Copies"))
    dataset = project.datasets.create("Pens")
    with wire.client(platform.api, dl.client_api.token) as api:
        for number in range(ITEMS):
            reply = api.post(
                f"/datasets/{dataset.id}/items?mode=skip",
                content=wire.chunked(wire.form(f"/pen/{number % 2}/{number}.txt", f"sheep {number}".encode())),
                headers=wire.MULTIPART,
            )
            assert reply.status_code == 201
        yield SimpleNamespace(dl=dl, project=project, dataset=dataset, api=api)
    project.delete(sure=True, really=True)


def names(dataset) -> list[str]:
    return sorted(item.filename for item in dataset.items.list().all())


def subsets(dataset) -> list[tuple[str, ...]]:
    return [
        tuple(name for name, is_in in item.metadata["system"]["tags"].items() if is_in) for item in dataset.items.list().all()
    ]


# Subsets


def test_splits_a_dataset_into_subsets(journey):
    assert journey.dataset.split_ml_subsets(percentages={"train": 70, "validation": 15, "test": 15})

    assert Counter(subsets(journey.dataset)) == {("train",): 14, ("validation",): 3, ("test",): 3}
    assert journey.dataset.get_items_missing_ml_subset() == []


def test_puts_items_into_a_subset_and_takes_them_out(journey):
    some = journey.dl.Filters(field="dir", values="/pen/1")

    assert journey.dataset.assign_subset_to_items("test", items_query=some)
    assert journey.dataset.items.list(filters=journey.dl.Filters(field="metadata.system.tags.test", values=True)).items_count >= 10
    assert journey.dataset.remove_subset_from_items(items_query=some)
    assert len(journey.dataset.get_items_missing_ml_subset()) == 10


# Items


def test_clones_an_item_into_another_dataset(journey):
    target = journey.project.datasets.create("Barn")
    item = journey.dataset.items.get(filepath="/pen/0/0.txt")

    copy = item.clone(dst_dataset_id=target.id, remote_filepath="/in/first.txt", metadata={"user": {"seen": True}})

    assert copy.id != item.id
    assert (copy.dataset_id, copy.filename, copy.to_json()["srcItem"]) == (target.id, "/in/first.txt", item.id)
    assert copy.metadata["user"]["seen"]
    assert copy.download(save_locally=False).read() == b"sheep 0"


def test_clones_many_into_one_dataset_only_when_that_is_allowed(journey):
    item = journey.dataset.items.get(filepath="/pen/0/0.txt")

    with pytest.raises(dtlpy.exceptions.FailedDependency, match="exists already"):
        journey.dataset.items.clone(item_id=item.id, dst_dataset_id=journey.dataset.id)
    copy = journey.dataset.items.clone(item_id=item.id, dst_dataset_id=journey.dataset.id, allow_many=True)

    assert copy.filename == "/pen/0/0 (1).txt"
    copy.delete()


def test_gives_an_item_other_bytes_and_keeps_the_old(journey):
    item = journey.dataset.items.get(filepath="/pen/1/1.txt")
    body = wire.form("", b"a lamb")

    revised = journey.api.post(f"/items/{item.id}/revisions", content=wire.chunked(body), headers=wire.MULTIPART)

    assert revised.status_code == 200, revised.text
    assert revised.json()["metadata"]["system"]["size"] == len(b"a lamb")
    assert journey.dataset.items.get(item_id=item.id).download(save_locally=False).read() == b"a lamb"
    (before,) = journey.api.get(f"/items/{item.id}/revisions").json()
    assert journey.api.get(f"/items/{item.id}/revisions/{before['number']}/stream").content == b"sheep 1"


# Datasets


def test_clones_a_dataset(journey):
    clone = journey.dataset.clone(clone_name="Clone")

    assert clone.name == "Clone"
    assert names(clone) == names(journey.dataset)
    assert clone.to_json()["metadata"]["system"]["recipes"] == journey.dataset.to_json()["metadata"]["system"]["recipes"]
    assert clone.items_count == ITEMS
    assert "/pen/0" in clone.directory_tree.dir_names
    assert clone.items.get(filepath="/pen/0/2.txt").download(save_locally=False).read() == b"sheep 2"


def test_clones_what_a_filter_describes_into_a_directory_of_another(journey):
    target = journey.project.datasets.create("Field")

    into = journey.project.datasets.clone(
        dataset_id=journey.dataset.id,
        filters=journey.dl.Filters(field="dir", values="/pen/1"),
        dst_dataset_id=target.id,
        target_directory="spring",
    )

    assert into.id == target.id
    assert len(names(target)) == 10
    assert all(name.startswith("/spring/pen/1/") for name in names(target))


def test_says_that_a_name_is_taken(journey):
    with pytest.raises(dtlpy.exceptions.FailedDependency, match="Dataset with the same name already exists"):
        journey.dataset.clone(clone_name="Pens")


def test_brings_what_is_new_into_a_clone(journey):
    clone = journey.project.datasets.get(dataset_name="Clone")
    journey.dataset.items.upload(io.BytesIO(b"late"), remote_name="late.txt", remote_path="/pen")

    assert clone.sync()

    assert names(clone) == names(journey.dataset)


def test_merges_datasets(journey):
    other = journey.project.datasets.get(dataset_name="Clone")

    assert journey.project.datasets.merge(
        merge_name="Merged", dataset_ids=[journey.dataset.id, other.id], project_ids=journey.project.id
    )

    merged = journey.project.datasets.get(dataset_name="Merged")
    assert len(names(merged)) == 2 * len(names(journey.dataset))
    assert {"/pen/late.txt", "/pen/late (1).txt"} <= set(names(merged))


# Collections


def test_keeps_collections(journey):
    collections = journey.dataset.collections
    item = journey.dataset.items.get(filepath="/pen/0/0.txt")

    white = collections.create(name="white sheep")
    assert white.key == "c0"
    assert collections.assign(
        collections=["white sheep", "black sheep"], filters=journey.dl.Filters(field="dir", values="/pen/1")
    )
    assert item.assign_collection(["black sheep"])
    item = journey.dataset.items.get(item_id=item.id)
    assert item.list_collections() == [{"key": "c1", "name": "black sheep"}]
    assert len(collections.list_unassigned_items()) == len(names(journey.dataset)) - 11
    assert item.unassign_collection(["black sheep"])
    assert collections.update(collection_name="black sheep", new_name="grey sheep").key == "c1"
    assert collections.delete(collection_name="grey sheep")
    assert collections.list_all_collections() == [{"key": "c0", "name": "white sheep"}]
    in_white = journey.dl.Filters(field="metadata.system.collections.c0", values=True)
    assert journey.dataset.items.list(filters=in_white).items_count == 10


def test_deletes_what_a_query_describes(journey):
    reply = journey.api.request("DELETE", f"/datasets/{journey.dataset.id}/items", json={"filter": {"dir": "/pen/1"}})

    assert reply.json()["status"] == "success"
    assert not any(name.startswith("/pen/1/") for name in names(journey.dataset))
