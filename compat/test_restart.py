"""Nothing that was acknowledged is lost: not by a restart, not by kill -9 in the middle of an upload."""

import json
import threading
import time
from types import SimpleNamespace

import httpx
import jwt
import pytest

import sdk
import wire
from pictures import Pictures
from platforms import REPOSITORY, Launched, Platform, Remote

pytestmark = pytest.mark.journey

COLOURS = REPOSITORY / "model-service" / "src" / "test" / "models" / "colours.onnx"
# Uploads that the SDK has reported as done when the platform is killed.
DONE_BEFORE_THE_KILL = 150


@pytest.fixture(scope="module")
def pictures(pictures: Pictures, tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """Enough of them to be killed in the middle of."""
    return pictures.one_in(2, tmp_path_factory.mktemp("half"))


@pytest.fixture(scope="module")
def journey(platform: Platform, pictures: Pictures) -> SimpleNamespace:
    if isinstance(platform, Remote) and not platform.can_be_restarted():
        pytest.skip("SLUICE_STOP, SLUICE_START and SLUICE_KILL do not say how to restart the gate")
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    project = dl.projects.create(sdk.unique("Restarts"))
    return SimpleNamespace(
        platform=platform,
        pictures=pictures,
        dl=dl,
        project=project,
        dataset=project.datasets.create("Pictures"),
    )


def upload(journey: SimpleNamespace) -> list:
    """Uploads the folder; the items whose upload the SDK reports as done."""
    return journey.dataset.items.upload(
        local_path=str(journey.pictures.folder), item_metadata={"user": {"kept": True}}, return_as_list=True
    )


def listed(journey: SimpleNamespace) -> dict[str, str]:
    """The ids by path; no path may come twice."""
    items = list(journey.dataset.items.list(page_size=100).all())
    by_path = {item.filename: item.id for item in items}
    assert len(by_path) == len(items)
    return by_path


def claims(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


def assert_whole(journey: SimpleNamespace, item) -> None:
    picture = journey.pictures.all[item.filename]
    assert item.metadata["user"] == {"kept": True}
    assert item.download(save_locally=False).getvalue() == picture.local.read_bytes()


def test_is_killed_in_the_middle_of_an_upload(journey):
    enough = threading.Event()
    done = []
    callbacks = journey.dl.client_api.callbacks

    def count(progress, context):
        done.append(context["item_id"])
        if len(done) >= DONE_BEFORE_THE_KILL:
            enough.set()

    callbacks.add(event=callbacks.CallbackEvent.ITEMS_UPLOAD, func=count)
    reported = []
    uploading = threading.Thread(target=lambda: reported.extend(upload(journey)))
    uploading.start()
    assert enough.wait(120)

    journey.platform.kill()

    uploading.join(300)
    assert not uploading.is_alive()
    assert DONE_BEFORE_THE_KILL <= len(reported) < len(journey.pictures.all), "the kill came too late to show anything"
    journey.reported = {item.filename: item.id for item in reported}


def test_has_everything_it_acknowledged(journey):
    journey.platform.start()

    present = listed(journey)
    assert journey.reported.items() <= present.items()
    assert present.keys() <= journey.pictures.all.keys()
    for path in journey.reported:
        assert_whole(journey, journey.dataset.items.get(item_id=present[path]))


def test_counts_right_after_the_kill(journey):
    count = journey.dataset.items.list(page_size=1).items_count

    assert count == len(listed(journey))
    assert journey.project.datasets.get(dataset_id=journey.dataset.id).items_count == count


def test_takes_the_rest_of_the_upload(journey):
    uploaded = upload(journey)

    assert len(uploaded) == len(journey.pictures.all)
    journey.present = listed(journey)
    assert journey.present == {item.filename: item.id for item in uploaded}
    assert journey.present.keys() == journey.pictures.all.keys()
    assert journey.reported.items() <= journey.present.items()
    assert journey.project.datasets.get(dataset_id=journey.dataset.id).items_count == len(journey.pictures.all)


def test_shows_the_same_after_a_restart(journey):
    journey.platform.stop()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{journey.platform.url}/health", timeout=5)
    if isinstance(journey.platform, Launched):
        # For what comes after it: what a dead process holds is free soon.
        journey.platform.environment["SLUICE_COMMANDS_LEASE"] = "3s"
    journey.platform.start()

    # With the token of before: whoever was signed in stays signed in.
    assert listed(journey) == journey.present
    assert_whole(journey, journey.dataset.items.get(filepath=next(iter(journey.present))))
    assert journey.dl.projects.get(project_id=journey.project.id).name == journey.project.name


def test_shows_the_same_after_a_kill_of_the_database_too(journey):
    if not isinstance(journey.platform, Launched):
        pytest.skip("here every kill takes the database with it")
    files = {"filter": {"type": "file", "hidden": False}}
    works = {
        "query": {**files, "update": {"description": "changed later"}},
        "clone": {"name": sdk.unique("Copies"), "filter": files},
        "export": {"exportType": "json", "itemsQuery": files},
    }
    journey.commands = {}
    with wire.client(journey.platform.api, journey.dl.client_api.token) as api:
        for work, body in works.items():
            path = f"/datasets/{journey.dataset.id}/{work}"
            accepted = api.post(path, json=body, headers={"prefer": "respond-async"})
            assert accepted.status_code == 202, accepted.text
            journey.commands[work] = accepted.json()["id"]
        members = {"name": "colours", "projectId": journey.project.id, "labels": ["red", "green", "blue"]}
        journey.model = api.post("/ml/models", json=members).raise_for_status().json()["id"]
        api.put(f"/ml/models/{journey.model}/artifact", content=COLOURS.read_bytes()).raise_for_status()
        about = {"input": {"datasetId": journey.dataset.id}}
        predicting = api.post(f"/ml/models/{journey.model}/predict", json=about).raise_for_status().json()
        journey.execution = predicting["id"]
        deadline = time.monotonic() + 60
        while not 0 < predicting["latestStatus"]["percentComplete"] < 100 and time.monotonic() < deadline:
            predicting = api.get(f"/executions/{journey.execution}").raise_for_status().json()
    assert predicting["latestStatus"]["status"] == "in-progress", "the kill comes too late to show anything"
    journey.platform.kill_with_database()
    # For what comes after it.
    journey.platform.environment["AUTH_SERVICE_TOKEN_LIFE"] = "90s"
    journey.platform.start()

    assert listed(journey) == journey.present
    assert_whole(journey, journey.dataset.items.get(filepath=next(reversed(journey.present))))


def test_goes_on_with_the_commands_that_the_kill_cut_off(journey):
    if not isinstance(journey.platform, Launched):
        pytest.skip("here every kill takes the database with it")
    commands = sdk.commands(journey.dl)
    done = {work: commands.get(command_id=one).wait(timeout=120) for work, one in journey.commands.items()}

    assert done["query"].spec["itemsCount"] == len(journey.pictures.all)
    assert all(item.description == "changed later" for item in journey.dataset.items.list(page_size=1000).all())
    clone = journey.project.datasets.get(dataset_id=done["clone"].spec["returnedModelId"])
    assert {item.filename for item in clone.items.list(page_size=1000).all()} == journey.pictures.all.keys()
    export = journey.dataset.items.get(item_id=done["export"].spec["outputItemId"]).download(save_locally=False)
    assert {item["filename"] for item in json.load(export)} == journey.pictures.all.keys()


def test_goes_on_asking_a_model_and_annotates_no_item_twice(journey):
    if not isinstance(journey.platform, Launched):
        pytest.skip("here every kill takes the database with it")
    execution = journey.project.executions.wait(execution_id=journey.execution, timeout=180)

    assert execution.output == {"itemsCount": len(journey.pictures.all), "failedCount": 0}
    items = list(journey.dataset.items.list(page_size=1000).all())
    assert [item.annotations_count for item in items] == [1] * len(journey.pictures.all)
    filters = journey.dl.Filters(resource=journey.dl.FiltersResource.ANNOTATION)
    filters.add(field="metadata.user.model.model_id", values=journey.model)
    filters.page_size = 1000
    found = list(journey.dataset.annotations.list(filters=filters).all())
    assert {annotation.item_id for annotation in found} == {item.id for item in items}
    assert len(found) == len(items)


def test_goes_on_with_tokens_that_live_for_90_seconds(journey):
    if not isinstance(journey.platform, Launched):
        pytest.skip("the life of tokens is set in the environment of ./sluice up")
    person = sdk.sign_in(journey.platform, sdk.administrator(journey.platform))
    with wire.client(journey.platform.api, person.client_api.token) as api:
        bot = api.post(f"/projects/{journey.project.id}/bots", json={}).raise_for_status().json()
    machine = sdk.sign_in(journey.platform, sdk.User(bot["email"], bot["secret"]))
    before = [dl.client_api.token for dl in (person, machine)]

    # The SDK renews a token that lives for less than a minute more, when it is next asked for something.
    time.sleep(max(claims(token)["exp"] for token in before) - 60 - time.time() + 1)
    for dl in (person, machine):
        assert dl.projects.get(project_id=journey.project.id).id == journey.project.id

    after = [dl.client_api.token for dl in (person, machine)]
    assert all(new != old for new, old in zip(after, before, strict=True))
    assert [claims(token)["exp"] - claims(token)["iat"] for token in after] == [90, 90]


def test_signs_in_after_all_that(journey):
    again = sdk.sign_in(journey.platform, sdk.administrator(journey.platform))

    assert again.projects.get(project_id=journey.project.id).id == journey.project.id
    assert journey.project.delete(sure=True, really=True)
