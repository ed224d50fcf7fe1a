"""Everything of a dataset in files: exports of all kinds, links, and answers that hold all that is found."""

import io
import json
from collections.abc import Iterator
from types import SimpleNamespace

import dtlpy
import httpx
import pytest
from dtlpy.entities import DatasetExportVersion, ExportMode

import sdk
import wire
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

ITEMS = 12
NDJSON = {"accept": "application/x-ndjson"}


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Exports"))
    dataset = project.datasets.create("Shells")
    with wire.client(platform.api, dl.client_api.token) as api:
        for number in range(ITEMS):
            metadata = json.dumps({"user": {"number": number}})
            reply = api.post(
                f"/datasets/{dataset.id}/items?mode=skip",
                content=wire.chunked(wire.form(f"/shells/muschel {number}ü.txt", metadata=metadata)),
                headers=wire.MULTIPART,
            )
            assert reply.status_code == 201
        yield SimpleNamespace(dl=dl, project=project, dataset=dataset, api=api, commands=sdk.commands(dl))
    project.delete(sure=True, really=True)


def shells(items: list[dict]) -> list[int]:
    return [item["metadata"]["user"]["number"] for item in items]


def test_exports_a_list_of_items(journey, tmp_path):
    exported = journey.dataset.export(local_path=str(tmp_path), include_annotations=True)

    items = json.loads(open(exported).read())
    assert shells(items) == list(range(ITEMS))
    assert all(item["annotations"] == [] for item in items)
    assert items[0]["datasetId"] == journey.dataset.id


def test_exports_what_a_filter_finds(journey, tmp_path):
    filters = journey.dl.Filters(field="metadata.user.number", values=7, operator="gt")

    exported = journey.dataset.export(local_path=str(tmp_path), filters=filters)

    assert shells(json.loads(open(exported).read())) == list(range(8, ITEMS))


def test_exports_nothing_as_nothing(journey, tmp_path):
    filters = journey.dl.Filters(field="metadata.user.number", values=-1)

    assert journey.dataset.export(local_path=str(tmp_path), filters=filters) is None


def test_exports_a_file_for_each_item(journey, tmp_path):
    folder = journey.dataset.export(local_path=str(tmp_path), export_type="zip", include_annotations=True)

    files = sorted((tmp_path / "shells").glob("*.json"))
    assert folder == str(tmp_path)
    assert len(files) == ITEMS
    assert files[0].name == "muschel 0ü.json"
    assert json.loads(files[0].read_text())["annotations"] == []


def test_exports_into_parts(journey, tmp_path):
    manifest = journey.dataset.export(
        local_path=str(tmp_path), export_version=DatasetExportVersion.V3, partition_count=3
    )

    assert manifest.total_records == ITEMS
    assert manifest.partition_count == len(manifest.downloaded_files) == 3
    assert shells(manifest.iter_records()) == list(range(ITEMS))
    history = journey.dataset.items.get(filepath="/.dataloop/all_exports.json")
    assert json.loads(history.download(save_locally=False).read())["exports"][0]["export_id"] == manifest.export_id
    again = journey.project.datasets.get(dataset_id=journey.dataset.id)
    assert again.metadata["export_v3"]["last_export_id"] == manifest.export_id
    assert again.items_count == ITEMS


def test_exports_what_has_changed_since_the_last_export(journey, tmp_path):
    dataset = journey.project.datasets.create("changes")
    for number in range(3):
        dataset.items.upload(io.BytesIO(b"x"), remote_name=f"{number}.txt")

    changes = {"export_version": DatasetExportVersion.V3, "export_mode": ExportMode.DIFF}
    first = dataset.export(local_path=str(tmp_path / "first"), **changes)
    item = dataset.items.get(filepath="/1.txt")
    item.metadata["user"] = {"colour": "red"}
    item.update()
    second = dataset.export(local_path=str(tmp_path / "second"), **changes)

    assert (first.mode, first.total_records) == ("full", 3)
    assert (second.mode, second.from_version) == ("diff", first.to_version)
    sent = {record["filename"]: record["metadata"].get("user") for record in second.iter_records()}
    assert sent["/1.txt"] == {"colour": "red"}


def test_downloads_annotations(journey, tmp_path):
    journey.dataset.download_annotations(local_path=str(tmp_path))

    assert len(list((tmp_path / "json" / "shells").glob("*.json"))) == ITEMS


def test_downloads_items_with_their_annotations(journey, tmp_path):
    journey.dataset.download(local_path=str(tmp_path), annotation_options=[dtlpy.ViewAnnotationOptions.JSON])

    assert len(list((tmp_path / "items" / "shells").glob("*.txt"))) == ITEMS
    assert len(list((tmp_path / "json" / "shells").glob("*.json"))) == ITEMS


def test_locks_the_dataset_until_it_is_unlocked(journey):
    reply = journey.api.post(
        f"/datasets/{journey.dataset.id}/export",
        json={"exportType": "json", "datasetLock": True, "lockTimeoutSec": 60},
        headers={"prefer": "respond-async"},
    )
    assert reply.status_code == 202
    command = journey.commands.get(command_id=reply.json()["id"])
    dataset = locked(journey)

    dataset.unlock()

    assert not journey.project.datasets.get(dataset_id=dataset.id).readonly
    assert command.wait().spec["itemsCount"] == ITEMS
    with pytest.raises(sdk.BadRequest):
        dataset.unlock()


def locked(journey: SimpleNamespace):
    for _ in range(100):
        dataset = journey.project.datasets.get(dataset_id=journey.dataset.id)
        if dataset.readonly:
            return dataset
    raise AssertionError("it is not locked")


def test_links_by_id_and_by_url(journey, tmp_path):
    target = journey.dataset.items.get(filepath="/shells/muschel 3ü.txt")

    by_id = journey.dataset.items.upload(journey.dl.ItemLink(item=target), remote_path="/links")
    by_url = journey.dataset.items.upload(
        journey.dl.UrlLink(ref="https://example.org/shell.png", mimetype="image/png", name="far"), remote_path="/links"
    )

    assert by_id.metadata["system"]["shebang"]["linkInfo"]["ref"] == target.id
    assert by_url.mimetype == "image/png"
    document = json.loads(by_id.download(save_locally=False).read())
    assert document["metadata"]["linkInfo"]["ref"] == target.id
    followed = journey.api.get(f"/items/{by_id.id}/stream")
    assert followed.content == target.download(save_locally=False).read()
    # Nobody fetches it for the client.
    assert journey.api.get(f"/items/{by_url.id}/stream").json()["metadata"]["linkInfo"]["ref"] == by_url.resolved_stream


def test_answers_all_that_is_found_at_once(journey):
    query = {"filter": {"dir": "/shells"}, "sort": {"id": "descending"}}

    with journey.api.stream(
        "POST", f"/datasets/{journey.dataset.id}/query?all=true", json=query, headers=NDJSON
    ) as reply:
        lines = [json.loads(line) for line in reply.iter_lines()]
    table = journey.api.get(f"/datasets/{journey.dataset.id}/items?all=true", headers={"accept": "text/csv"})

    assert reply.headers["content-type"] == "application/x-ndjson"
    assert shells(lines) == list(reversed(range(ITEMS)))
    assert table.text.splitlines()[0].startswith("id,datasetId,type,filename,")
    assert "muschel 11ü.txt" in table.text
    refused = journey.api.post(f"/datasets/{journey.dataset.id}/query?all=true", json={"sort": {"name": "ascending"}})
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
