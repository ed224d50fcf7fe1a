"""Labels, attributes, recipes and instructions with the SDK: what is shown is what was said."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PIL import Image

import sdk
from platforms import Platform

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Ontologies"))
    yield SimpleNamespace(dl=dl, project=project)
    project.delete(sure=True, really=True)


def again(journey, dataset):
    return journey.dl.datasets.get(dataset_id=dataset.id)


def test_labels_a_dataset(journey):
    dataset = journey.project.datasets.create("Labelled")
    dataset.add_label("sheep", color=(255, 0, 16), attributes=["ringed"])
    dataset.add_label("sheep.lamb.black", display_label="Black lamb")
    dataset.add_labels(["dog", journey.dl.Label(tag="goat", color="#0a0b0c", children=[journey.dl.Label(tag="kid")])])

    shown = again(journey, dataset)
    assert list(shown.labels_flat_dict) == ["sheep", "sheep.lamb", "sheep.lamb.black", "dog", "goat", "goat.kid"]
    assert shown.labels_flat_dict["sheep"].rgb == (255, 0, 16)
    assert shown.labels_flat_dict["sheep"].attributes == ["ringed"]
    assert shown.labels_flat_dict["sheep.lamb.black"].display_label == "Black lamb"
    assert shown.instance_map == {label: number for number, label in enumerate(sorted(shown.labels_flat_dict), 1)}

    dataset.update_label("sheep", color=(1, 2, 3))
    dataset.update_labels([journey.dl.Label(tag="cow", color="#ffffff")], upsert=True)
    with pytest.raises(journey.dl.exceptions.BadRequest):
        dataset.update_label("horse", color=(1, 2, 3))
    shown = again(journey, dataset)
    assert shown.labels_flat_dict["sheep"].rgb == (1, 2, 3)
    assert shown.labels_flat_dict["sheep"].attributes == ["ringed"]
    assert len(shown.labels_flat_dict["sheep"].children) == 1
    assert "horse" not in shown.labels_flat_dict

    again(journey, dataset).delete_labels(["sheep.lamb", "dog"])
    assert list(again(journey, dataset).labels_flat_dict) == ["sheep", "goat", "goat.kid", "cow"]


def test_shows_an_icon_with_a_label(journey, tmp_path):
    icon = tmp_path / "icon.png"
    Image.new("RGB", (8, 8), "red").save(icon)
    dataset = journey.project.datasets.create("Pictured")
    dataset.add_label("sheep", icon_path=str(icon))
    dataset.update_label("sheep", color=(1, 2, 3))
    image = again(journey, dataset).labels_flat_dict["sheep"].display_data["displayImage"]
    item = journey.dl.items.get(item_id=image["itemId"])
    assert item.dataset_id == image["datasetId"]
    assert item.filename.startswith("/.dataloop/ontologies/")


def test_asks_for_attributes(journey):
    dl = journey.dl
    dataset = journey.project.datasets.create("Attributed")
    dataset.add_labels(["sheep", "goat"])
    ontology = dataset.recipes.list()[0].ontologies.list()[0]
    kinds = dl.AttributesTypes
    ontology.update_attributes("Colour", "colour", kinds.CHECKBOX, scope=["sheep"], values=["black", "white"])
    ontology.update_attributes("Sex", "sex", kinds.RADIO_BUTTON, values=["ewe", "ram"], optional=True)
    ontology.update_attributes("Age", "age", kinds.SLIDER, attribute_range=dl.AttributesRange(0, 20, 1))
    ontology.update_attributes("Ill", "ill", kinds.YES_NO)
    ontology.update_attributes("Name", "name", kinds.FREE_TEXT)
    ontology.update_attributes("Colour", "colour", kinds.CHECKBOX, scope=["sheep"], values=["grey"])

    shown = {one["key"]: one for one in dl.ontologies.get(ontology_id=ontology.id).attributes}
    assert list(shown) == ["colour", "sex", "age", "ill", "name"]
    assert shown["colour"]["values"] == ["grey"] and shown["colour"]["multi"] and shown["colour"]["scope"] == ["sheep"]
    assert shown["sex"]["multi"] is False and shown["sex"]["scope"] == ["*"]
    assert shown["age"]["range"] == {"min": 0, "max": 20, "step": 1}

    assert ontology.delete_attributes(["ill", "name"])
    copied = journey.project.ontologies.create(labels=[], title="Copied")
    source = dl.ontologies.get(ontology_id=ontology.id)
    copied = copied.copy_from(source.to_json())
    assert list(copied.labels_flat_dict) == ["sheep", "goat"]
    assert [one["key"] for one in dl.ontologies.get(ontology_id=copied.id).attributes] == ["colour", "sex", "age"]
    assert copied.delete()
    with pytest.raises(dl.exceptions.NotFound):
        dl.ontologies.get(ontology_id=copied.id)


def test_makes_a_dataset_with_labels_of_its_own(journey):
    dl = journey.dl
    recipe = journey.project.recipes.create(recipe_name="Shared", labels={"sheep": (1, 2, 3)})
    dataset = journey.project.datasets.create("With a recipe", recipe_id=recipe.id)
    assert list(again(journey, dataset).labels_flat_dict) == ["sheep"]
    assert {one.id for one in journey.project.recipes.list().all()} >= {recipe.id}
    assert dl.ontologies.get(ontology_id=recipe.ontology_ids[0]).recipe.id == recipe.id

    labelled = journey.project.datasets.create("With labels", labels=[dl.Label(tag="goat", color=(3, 2, 1))])
    assert again(journey, labelled).labels_flat_dict["goat"].rgb == (3, 2, 1)

    second = recipe.ontologies.create(labels={"cow": (0, 0, 0)}, title="Cows")
    assert dl.recipes.get(recipe_id=recipe.id).ontology_ids[1] == second.id


def test_clones_and_switches_recipes(journey):
    dl = journey.dl
    dataset = journey.project.datasets.create("Switched")
    dataset.add_label("sheep")
    recipe = dataset.recipes.list()[0]
    deep, shallow = recipe.clone(), recipe.clone(shallow=True)
    dataset.switch_recipe(recipe=deep)
    again(journey, dataset).add_label("goat")
    assert list(again(journey, dataset).labels_flat_dict) == ["sheep", "goat"]
    again(journey, dataset).switch_recipe(recipe_id=shallow.id)
    assert list(again(journey, dataset).labels_flat_dict) == ["sheep"]

    shallow.title = "Renamed"
    assert shallow.update().title == "Renamed"
    with pytest.raises(dl.exceptions.BadRequest):
        shallow.delete()
    assert shallow.delete(force=True)
    assert again(journey, dataset).get_recipe_ids() == []


def test_keeps_instructions_and_a_script(journey, tmp_path):
    document, script = tmp_path / "how.pdf", tmp_path / "check.js"
    document.write_bytes(b"%PDF-1.4\n")
    script.write_text("// checks")
    dataset = journey.project.datasets.create("Instructed")
    recipe = dataset.recipes.list()[0]
    recipe.add_instruction(str(document))
    recipe.upload_annotations_verification_file(str(script))

    system = journey.dl.recipes.get(recipe_id=recipe.id).metadata["system"]
    item = journey.dl.items.get(item_id=system["instructionDocument"]["itemId"])
    assert item.download(save_locally=False).read() == document.read_bytes()
    assert system["validationFile"]["name"] == "check.js"
