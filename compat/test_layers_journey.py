"""The SDK's main journey once more, through nginx and two gateways, with a quarter of the pictures; every step is the same."""

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
    return pictures.one_in(4, tmp_path_factory.mktemp("some"))
