"""Settings of users, datasets and projects, with the SDK."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from dtlpy import MemberRole
from dtlpy.entities.setting import (
    PlatformEntityType,
    Role,
    Setting,
    SettingScope,
    SettingsSectionNames,
    SettingsValueTypes,
)

import sdk
from platforms import Platform

# The database is asked for nothing here that journeys do not ask of it elsewhere.
pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]


@pytest.fixture(scope="module")
def journey(platform: Platform) -> Iterator[SimpleNamespace]:
    administrator = sdk.sign_in(platform, sdk.administrator(platform))
    annotator = sdk.new_user(platform, "settings")
    project = administrator.projects.create(sdk.unique("Settings"))
    project.add_member(annotator.email, MemberRole.ANNOTATOR)
    yield SimpleNamespace(
        dl=administrator,
        project=project,
        dataset=project.datasets.create("Pens"),
        annotator=annotator,
        theirs=sdk.sign_in(platform, annotator),
    )
    project.delete(sure=True, really=True)


def create(journey: SimpleNamespace, of, type: str, value: str):
    """By hand, because the SDK of this version makes none by name: its repositories do not know whose they are."""
    setting = Setting(
        name="theme",
        value=value,
        value_type=SettingsValueTypes.STRING,
        section_name=SettingsSectionNames.SDK,
        scope=SettingScope(type=type, id=of.id, role=Role.ALL, prevent_override=False, visible=True),
    )
    return of.settings.create(setting=setting)


def values(settings) -> dict:
    return {setting.name: setting.value for setting in settings}


def test_makes_one_for_a_project_and_finds_it(journey):
    made = create(journey, journey.project, PlatformEntityType.PROJECT, "dark")

    assert (made.value, made.scope.type, made.scope.id) == ("dark", "project", journey.project.id)
    assert journey.project.settings.get(setting_id=made.id).to_json() == made.to_json()
    assert journey.project.settings.get(setting_name="theme").id == made.id
    assert [setting.id for setting in journey.project.settings.list().items] == [made.id]


def test_one_of_the_dataset_counts_before_it(journey):
    create(journey, journey.dataset, PlatformEntityType.DATASET, "light")

    theirs = journey.theirs.projects.get(project_id=journey.project.id)
    assert values(theirs.settings.resolve(journey.annotator.email)) == {"theme": "dark"}
    dataset = theirs.datasets.get(dataset_id=journey.dataset.id)
    assert values(dataset.settings.resolve(journey.annotator.email)) == {"theme": "light"}


def test_an_annotator_changes_none_of_the_project(journey):
    theirs = journey.theirs.projects.get(project_id=journey.project.id)
    setting = theirs.settings.get(setting_name="theme")
    setting.value = "pink"

    with pytest.raises(sdk.Forbidden):
        setting.update()


def test_is_changed_and_deleted(journey):
    setting = journey.project.settings.get(setting_name="theme")
    setting.value = "grey"
    assert setting.update().value == "grey"

    assert setting.delete()
    with pytest.raises(sdk.NotFound):
        journey.project.settings.get(setting_id=setting.id)
