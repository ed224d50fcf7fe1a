"""The SDK's main journey once more, through nginx and two gateways, with a quarter of the pictures; every step is the same."""

import shutil

import pytest

from pictures import Pictures
from platforms import Platform
from test_main_journey import *  # noqa: F403

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]


@pytest.fixture(scope="module")
def platform(layered: Platform) -> Platform:
    return layered


@pytest.fixture(scope="module")
def pictures(pictures: Pictures, tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    some = tmp_path_factory.mktemp("some") / pictures.folder.name
    for folder in pictures.folders:
        for picture in [picture for picture in pictures.all.values() if picture.folder == folder][::4]:
            copy = some / picture.local.relative_to(pictures.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(picture.local, copy)
    return Pictures(some)
