"""The SDK's main journey once more, through nginx and two gateways; every step is the same."""

import pytest

from platforms import Platform
from test_main_journey import *  # noqa: F403

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]


@pytest.fixture(scope="module")
def platform(layered: Platform) -> Platform:
    return layered
