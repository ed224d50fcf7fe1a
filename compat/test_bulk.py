"""Pictures by the thousand in one request, and what the SDK finds of them afterwards (docs/bulk.md)."""

import io
import json
import os
import socket
import tarfile
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

import sdk
import wire
from pictures import sha256
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

# All 1,680 take a while to be downloaded one by one, so the CI has some.
PICTURES = int(os.environ.get("SLUICE_TEST_SHEEP", "40"))
TAR = {"content-type": "application/x-tar"}
LINES = {"content-type": "application/x-ndjson"}


@pytest.fixture(scope="module")
def journey(platform: Platform, pictures) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Bulk"))
    some = list(pictures.all.values())[:PICTURES]
    with wire.client(platform.api, dl.client_api.token) as api:
        yield SimpleNamespace(dl=dl, project=project, api=api, pictures=some, platform=platform)
    project.delete(sure=True, really=True)


def said(number: int) -> dict:
    return {
        "metadata": {"user": {"number": number, "a.b": {"$c": [number, None]}}},
        "description": f"sheep number {number}",
        "annotations": [
            {"type": "class", "label": "sheep"},
            {"type": "box", "label": "head", "coordinates": [{"x": number % 16, "y": 1.5}, {"x": 20, "y": 30.25}]},
        ],
    }


def tar(pictures) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number, picture in enumerate(pictures):
            archive.add(picture.local, picture.remote.lstrip("/"))
            words = json.dumps(said(number)).encode()
            sidecar = tarfile.TarInfo(f"{picture.remote.lstrip('/')}.json")
            sidecar.size = len(words)
            archive.addfile(sidecar, io.BytesIO(words))
    return packed.getvalue()


def answer(reply) -> tuple[dict[str, dict], dict]:
    assert reply.status_code == 200, reply.text
    lines = list(map(json.loads, reply.text.splitlines()))
    assert not [line for line in lines if "problem" in line]
    return {line["path"]: line for line in lines if "path" in line}, lines[-1].get("totals", {})


def test_pictures_arrive_with_all_that_is_said_of_them(journey, tmp_path):
    dataset = journey.project.datasets.create("Sheep in a tar")
    packed = tar(journey.pictures)
    bulk = f"/datasets/{dataset.id}/items/bulk"

    lines, totals = answer(journey.api.post(bulk, headers=TAR, content=wire.chunked(packed)))

    assert totals["created"] == len(journey.pictures) and totals["failed"] == 0
    assert {line["outcome"] for line in lines.values()} == {"created"}
    dataset.items.download(local_path=str(tmp_path), annotation_options=journey.dl.ViewAnnotationOptions.JSON)
    for number, picture in enumerate(journey.pictures):
        assert lines[picture.remote]["sha256"] == picture.sha256 == sha256(tmp_path / "items" / picture.remote.lstrip("/"))
        written = (tmp_path / "json" / picture.remote.lstrip("/")).with_suffix(".json")
        kept = json.loads(written.read_text())["annotations"]
        assert [one["label"] for one in kept] == ["sheep", "head"]
        assert kept[1]["coordinates"][0]["x"] == number % 16
    items = {item.filename: item for page in dataset.items.list() for item in page}
    for number, picture in enumerate(journey.pictures):
        item = items[picture.remote]
        assert item.metadata["user"] == said(number)["metadata"]["user"]
        assert item.description == f"sheep number {number}"
        assert item.annotations_count == 2
        assert item.width > 0
    _, again = answer(journey.api.post(bulk, headers=TAR, content=wire.chunked(packed)))
    assert again["skipped"] == len(journey.pictures) and again["created"] == 0


def test_an_import_that_was_cut_goes_on_where_it_stopped(journey):
    dataset = journey.project.datasets.create("Sheep in two parts")
    bulk = f"/datasets/{dataset.id}/items/bulk"
    packed = tar(journey.pictures)
    gate = urlsplit(journey.platform.api)
    half = packed[: len(packed) // 2]
    with socket.create_connection((gate.hostname, gate.port), timeout=60) as connection:
        connection.sendall(
            (
                f"POST {gate.path}{bulk} HTTP/1.1\r\nhost: {gate.netloc}\r\nauthorization: Bearer {journey.dl.client_api.token}\r\n"
                f"content-type: application/x-tar\r\ncontent-length: {len(packed)}\r\n\r\n"
            ).encode()
            + half
        )
        assert b" 200 " in connection.recv(4096)

    question = "".join(
        json.dumps({"path": picture.remote, "sha256": picture.sha256, "size": picture.size}) + "\n" for picture in journey.pictures
    )
    states, _ = answer(journey.api.post(f"{bulk}/check", headers=LINES, content=wire.chunked(question.encode())))
    missing = [picture for picture in journey.pictures if states[picture.remote]["state"] != "there"]
    assert 0 < len(missing) <= len(journey.pictures)
    _, totals = answer(journey.api.post(bulk, headers=TAR, content=wire.chunked(tar(missing))))
    assert totals["created"] + totals["skipped"] == len(missing)
    assert dataset.items.list().items_count == len(journey.pictures)
    assert {item.annotations_count for page in dataset.items.list() for item in page} == {2}
