"""What datasets tell of themselves and how they are kept in order, with the SDK."""

import io
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import dtlpy
import pytest

import sdk
import wire
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Datasets"))
    dataset = project.datasets.create("Pens")
    with wire.client(platform.api, dl.client_api.token) as api:
        for number in range(6):
            upload(dataset, f"/pen/{number}.txt", b"sheep", {"user": {"number": number, "odd": bool(number % 2)}})
        yield SimpleNamespace(dl=dl, project=project, dataset=dataset, api=api)
    project.delete(sure=True, really=True)


def upload(dataset, path: str, content: bytes, metadata: dict | None = None):
    directory, _, name = path.rpartition("/")
    file = io.BytesIO(content)
    file.name = name
    return dataset.items.upload(
        local_path=file, remote_path=directory or "/", item_metadata=metadata, overwrite=True, raise_on_error=True
    )


def until(passes: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not passes():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def finished(journey, reply) -> dict:
    assert reply.is_success, reply.text
    command = sdk.commands(journey.dl).wait(reply.json()["id"])
    return command.spec


# Counts


def test_counts_right_after_every_change(journey):
    dataset = journey.project.datasets.create("Counted")

    def count() -> int:
        return journey.project.datasets.get(dataset_id=dataset.id).items_count

    item = upload(dataset, "/one.txt", b"1")
    assert (count(), dataset.items.list().items_count) == (1, 1)
    upload(dataset, "/.dataloop/hidden.txt", b"2")
    assert (count(), dataset.items.list().items_count) == (1, 1)
    item.move("/.dataloop/one.txt")
    assert (count(), dataset.items.list().items_count) == (0, 0)
    upload(dataset, "/two.txt", b"3")
    dataset.items.delete(filters=journey.dl.Filters())
    assert (count(), dataset.items.list().items_count) == (0, 0)
    assert journey.api.delete(f"/datasets/{dataset.id}/counters").status_code == 204
    assert count() == 0


def test_counts_annotations_right_after_they_come_and_go(journey):
    dataset = journey.project.datasets.create("Labelled")
    item = upload(dataset, "/one.txt", b"1")

    def counts() -> tuple[int, int]:
        shown = journey.api.get(f"/datasets/{dataset.id}").json()
        return shown["annotated"], shown["annotationsCount"]

    assert counts() == (0, 0)
    builder = item.annotations.builder()
    builder.add(journey.dl.Classification(label="sheep"))
    builder.add(journey.dl.Classification(label="white"))
    item.annotations.upload(builder)
    assert counts() == (1, 2)
    spec = finished(journey, journey.api.post(f"/datasets/countAnnotationsByProject/{journey.project.id}"))
    assert spec["annotationsCount"] == 2
    item.delete()
    assert counts() == (0, 0)


def test_tells_how_many_bytes_a_project_keeps(journey):
    def kept(external: bool = False) -> int:
        query = {"projectId": journey.project.id, "external": external}
        return journey.api.post("/datasets/storage/project", json=query).json()

    before = kept()
    upload(journey.dataset, "/large.bin", bytes(100_000))
    assert kept() == before + 100_000
    upload(journey.dataset, "/large.bin", bytes(1_000))
    assert kept() == before + 1_000
    journey.dataset.items.delete(filename="/large.bin")
    assert (kept(), kept(external=True)) == (before, 0)


def test_counts_the_datasets_and_the_annotations_of_a_project(journey):
    counted = journey.api.post("/datasets/count", json={"projectIds": [journey.project.id]}).json()
    assert counted["total"] == len(journey.project.datasets.list())
    assert "Pens" in [dataset["name"] for dataset in counted["datasets"]]

    spec = finished(journey, journey.api.post(f"/datasets/countAnnotationsByProject/{journey.project.id}"))
    assert spec["itemsCount"] >= 6


# What is in a dataset


def test_tells_which_metadata_the_items_have(journey):
    schema = journey.dataset.schema.get()

    assert schema["fields"]["metadata.user.number"] == {"types": ["number"], "items": 6, "searchable": True}
    assert journey.dataset.schema.unsearchable_paths.add(paths=["metadata.user.odd"])
    assert not journey.dataset.schema.get()["fields"]["metadata.user.odd"]["searchable"]
    assert journey.dataset.schema.unsearchable_paths.remove(paths=["metadata.user.odd"])
    assert journey.dataset.schema.get()["fields"]["metadata.user.odd"]["searchable"]


def test_lists_what_is_in_a_directory(journey):
    journey.dataset.items.make_dir("/pen/inner")
    (directory,) = journey.dataset.items.list(
        filters=journey.dl.Filters(use_defaults=False, custom_filter={"$and": [{"type": "dir"}, {"filename": "/pen"}]})
    ).items

    page = journey.api.get(f"/items/{directory.id}/items?pageSize=4").json()

    assert [item["name"] for item in page["items"]] == ["0.txt", "1.txt", "2.txt", "3.txt"]
    assert (page["totalItemsCount"], page["hasNextPage"]) == (7, True)
    assert "/pen/inner" in journey.dataset.directory_tree.dir_names


def test_keeps_names_in_any_script_and_empty_files(journey, tmp_path):
    names = ["羊.txt", "خروف.txt", "מ כבשה.txt", "овца", "양 100%.txt", "🐑.txt", "a+b&c=d#e.txt", "ünï (1).txt", "मेमना.tar.gz"]
    dataset = journey.project.datasets.create("Names")
    for number, name in enumerate(names):
        upload(dataset, f"/στάνη/{name}", b"" if number % 2 else name.encode())

    assert sorted(item.name for item in dataset.items.list().all()) == sorted(names)
    for number, name in enumerate(names):
        item = dataset.items.get(filepath=f"/στάνη/{name}")
        assert item.filename == f"/στάνη/{name}"
        assert item.download(save_locally=False).read() == (b"" if number % 2 else name.encode())
    dataset.items.download(local_path=str(tmp_path))
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == sorted(names)


# Keeping order


def test_keeps_the_rules_for_names(journey):
    other = journey.project.datasets.create("Barn")

    with pytest.raises(dtlpy.exceptions.BadRequest):
        journey.project.datasets.create("Pens")
    other.name = "Pens"
    with pytest.raises(dtlpy.exceptions.BadRequest):
        other.update()
    other.name = "Stable"
    other.update()

    assert journey.project.datasets.get(dataset_name="Stable").id == other.id
    # The name is free again.
    journey.project.datasets.create("Barn").delete(sure=True, really=True)


def test_changes_the_recipe_and_what_the_platform_says_only_when_asked(journey):
    one, other = journey.project.datasets.create("First"), journey.project.datasets.create("Second")
    recipe = other.recipes.list()[0]

    one.switch_recipe(recipe=recipe)
    assert [found.id for found in journey.project.datasets.get(dataset_id=one.id).recipes.list()] == [recipe.id]

    one.metadata["system"]["note"] = "no"
    one.metadata["user"] = {"note": "yes"}
    one.update()
    metadata = journey.project.datasets.get(dataset_id=one.id).metadata
    assert (metadata["system"].get("note"), metadata["user"]) == (None, {"note": "yes"})
    one.update(system_metadata=True)
    assert journey.project.datasets.get(dataset_id=one.id).metadata["system"]["note"] == "no"


def test_deletes_now_what_is_kept_no_longer(journey):
    dataset = journey.project.datasets.create("Kept", expiration_options=journey.dl.ExpirationOptions(item_max_days=1))
    upload(dataset, "/new.txt", b"1")

    spec = finished(journey, journey.api.post("/datasets/deleteExpiredItems"))

    assert dataset.id in spec["datasetIds"]
    assert journey.dataset.id not in spec["datasetIds"]
    # What came today stays.
    assert dataset.items.list().items_count == 1


def test_tells_what_was_done_in_a_project(journey):
    doomed = journey.project.datasets.create("Doomed")
    doomed.delete(sure=True, really=True)

    def told() -> list[tuple[str, str]]:
        reply = journey.api.get("/activities/", params={"projectId": journey.project.id})
        assert reply.status_code == 200, reply.text
        return [(one["action"], one["entityId"]) for one in reply.json()["activities"]]

    until(lambda: ("deleted", doomed.id) in told())
    assert journey.api.get("/activities/", params={"projectId": journey.dataset.id}).status_code == 404
