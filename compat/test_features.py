"""Feature sets and vectors with the SDK, and the nearest ones, which the SDK does not know of."""

from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from dtlpy.entities import FiltersResource

import sdk
import wire
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

ITEMS = 12
SIZE = 64


@pytest.fixture(scope="module")
def journey(platform: Platform, tmp_path_factory) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Features"))
    dataset = project.datasets.create("Sheep")
    folder = tmp_path_factory.mktemp("sheep")
    for number in range(ITEMS):
        (folder / f"{number:02}.txt").write_text(str(number))
    dataset.items.upload(local_path=f"{folder}/*")
    items = sorted(dataset.items.list().all(), key=lambda item: item.name)
    vectors = np.random.default_rng(7).normal(size=(ITEMS, SIZE))
    with wire.client(platform.api, dl.client_api.token) as api:
        yield SimpleNamespace(dl=dl, project=project, dataset=dataset, items=items, vectors=vectors, api=api)
    project.delete(sure=True, really=True)


@pytest.fixture(scope="module")
def feature_set(journey):
    made = journey.project.feature_sets.create(
        name="seen", size=SIZE, set_type="modelFC", entity_type=journey.dl.FeatureEntityType.ITEM
    )
    features = made.features.create(value=journey.vectors.tolist(), entity=journey.items)
    assert [feature.entity_id for feature in features] == [item.id for item in journey.items]
    assert [feature.value for feature in features] == journey.vectors.tolist()
    return made


def test_sets_are_made_found_changed_and_deleted(journey, feature_set):
    dl, sets = journey.dl, journey.project.feature_sets
    assert sets.get(feature_set_id=feature_set.id).to_json() == sets.get(feature_set_name="seen").to_json()
    assert feature_set.size == SIZE and feature_set.entity_type == "item"
    with pytest.raises(sdk.BadRequest):
        sets.create(name="seen", size=1, set_type="2d", entity_type=dl.FeatureEntityType.ITEM)
    other = sets.create(name="other", size=2, set_type="PCA", entity_type=dl.FeatureEntityType.ITEM, model_id="m")
    other.name = "renamed"
    assert other.update().name == "renamed"
    assert {one.name for one in sets.list().all()} == {"seen", "renamed"}
    of_model = dl.Filters(resource=FiltersResource.FEATURE_SET, field="modelId", values="m")
    assert [one.id for one in sets.list(filters=of_model).items] == [other.id]
    # What no vector of the dataset belongs to is not the dataset's.
    assert [one.name for one in journey.dataset.feature_sets.list().all()] == ["seen"]
    assert other.delete()
    with pytest.raises(sdk.NotFound):
        sets.get(feature_set_id=other.id)


def test_vectors_come_back_as_they_were_sent(journey, feature_set):
    dl = journey.dl
    filters = dl.Filters(resource=FiltersResource.FEATURE)
    filters.page_size = 5
    pages = feature_set.features.list(filters=filters)
    assert pages.items_count == ITEMS
    assert [feature.value for page in pages for feature in page] == journey.vectors.tolist()
    first = journey.items[0].features.list().items
    assert [feature.value for feature in first] == [journey.vectors[0].tolist()]
    assert journey.dataset.features.list().items_count == ITEMS
    assert journey.project.features.get(feature_id=first[0].id).to_json() == first[0].to_json()
    floats = journey.vectors[0].astype(np.float32).tolist()
    made = feature_set.features.create(value=floats, entity=journey.items[0], version="2")
    assert made.value == floats and made.version == "2"
    assert made.delete()
    with pytest.raises(sdk.NotFound):
        journey.project.features.get(feature_id=made.id)
    with pytest.raises(sdk.BadRequest, match="value"):
        feature_set.features.create(value=[1, 2], entity=journey.items[0])


@pytest.mark.parametrize("metric", ["cosine", "dot", "euclidean"])
def test_the_nearest_are_those_of_numpy(journey, feature_set, metric):
    wanted = np.random.default_rng(8).normal(size=SIZE)
    dots = journey.vectors @ wanted
    scores = {
        "cosine": dots / np.linalg.norm(journey.vectors, axis=1) / np.linalg.norm(wanted),
        "dot": dots,
        "euclidean": np.linalg.norm(journey.vectors - wanted, axis=1),
    }[metric]
    order = np.argsort(scores if metric == "euclidean" else -scores)[:5]

    reply = journey.api.post(
        "/features/vectors/search", json={"featureSetId": feature_set.id, "value": wanted.tolist(), "k": 5, "metric": metric}
    )

    assert reply.status_code == 200, reply.text
    found = reply.json()["items"]
    assert [one["entityId"] for one in found] == [journey.items[index].id for index in order]
    assert [one["score"] for one in found] == pytest.approx(scores[order].tolist())


def test_vectors_go_with_what_they_belong_to(journey, feature_set):
    last = journey.items[-1]
    assert last.features.list().items_count == 1
    annotation = last.annotations.upload(journey.dl.Annotation.new(annotation_definition=journey.dl.Classification("x")))[0]
    of_annotations = journey.project.feature_sets.create(
        name="labels", size=1, set_type="2d", entity_type=journey.dl.FeatureEntityType.ANNOTATION
    )
    of_annotations.features.create(value=[0.5], entity=annotation)
    annotation.delete()
    assert of_annotations.features.list().items_count == 0
    last.delete()
    assert feature_set.features.list().items_count == ITEMS - 1
    feature_set.delete()
    assert journey.dataset.features.list().items_count == 0
