"""The SDK's main journey once more, through nginx and two gateways; every step is the same."""

from collections.abc import Iterator

import pytest

from platforms import Platform
from test_layers import in_front_of
from test_main_journey import *  # noqa: F403

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]


@pytest.fixture(scope="module")
def platform(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    yield from in_front_of(platform, tmp_path_factory.mktemp("layers"))
