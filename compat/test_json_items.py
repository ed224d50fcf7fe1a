"""Items that are JSON documents with a meaning of their own, with the SDK's classes: prompts, maps (contract core §6.4, §6.5)."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

import sdk
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in_everywhere(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Documents"))
    yield SimpleNamespace(dl=dl, project=project, dataset=project.datasets.create("Documents"))
    project.delete(sure=True, really=True)


def text(words):
    return [{"mimetype": "application/text", "value": words}]


def test_a_prompt_is_kept_with_the_answers_of_a_model(journey):
    dl = journey.dl
    prompts = dl.PromptItem(name="sheep.json")
    prompts.add(message={"role": "user", "content": text("How many sheep?")})
    item = journey.dataset.items.upload(local_path=prompts)
    assert item.mimetype == "application/json"
    assert item.system["shebang"] == {"dltype": "prompt"}

    talk = dl.PromptItem.from_item(item)
    model = {"name": "counter", "confidence": 0.9}
    talk.add(message={"role": "assistant", "content": text("Sev")}, model_info=model)
    talk.add(message={"role": "assistant", "content": text("Seven")}, model_info=model)
    talk.add(message={"role": "user", "content": text("And lambs?")})
    talk.add(message={"role": "assistant", "content": text("None")}, model_info=model)

    read = dl.PromptItem.from_item(journey.dataset.items.get(item_id=item.id))
    said = [(message["role"], message["content"][0]["text"]) for message in read.to_messages()]
    assert said == [
        ("user", "How many sheep?"),
        ("assistant", "Seven"),
        ("user", "And lambs?"),
        ("assistant", "None"),
    ]
    answers = read.item.annotations.list()
    assert sorted(answer.metadata["system"]["promptId"] for answer in answers) == ["1", "2"]
    assert {answer.metadata["user"]["model"]["name"] for answer in answers} == {"counter"}
    asked = dl.Filters(field="metadata.system.shebang.dltype", values="prompt")
    assert [found.id for found in journey.dataset.items.list(filters=asked).items] == [item.id]


def test_a_map_is_kept_with_what_is_marked_on_it(journey):
    dl = journey.dl
    made = dl.ItemGis(
        name="meadow.json",
        data={},
        layer=dl.Layer(name="ground", layer_type="vector", url="https://tiles.example.org/{z}/{x}/{y}"),
        optional_layers=[dl.Layer(name="rain", layer_type="vector", url="https://rain.example.org/{z}/{x}/{y}")],
        epsg="EPSG:3857",
        bounds=[[8.4, 47.1], [8.7, 47.4]],
        zoom=9,
    )
    item = journey.dataset.items.upload(local_path=made)
    assert item.system["shebang"] == {"dltype": "gis"}
    assert json.load(item.download(save_locally=False)) == made.to_json()

    fence = [[[8.5, 47.2], [8.6, 47.2], [8.6, 47.3], [8.5, 47.2]]]
    marks = item.annotations.builder()
    marks.add(annotation_definition=dl.Gis(annotation_type=dl.GisType.POLYGON, geo=fence, label="fence"))
    item.annotations.upload(marks)

    (read,) = item.annotations.list()
    assert (read.type, read.label) == ("gis", "fence")
    assert read.coordinates == {"geo_type": "polygon", "wgs84_geo_coordinates": fence}
