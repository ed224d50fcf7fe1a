"""What any HTTP client sees, once more through nginx and two gateways."""

import pytest

import test_http
from platforms import Platform
from test_http import *  # noqa: F403

pytestmark = pytest.mark.one_flavour

# These write to a socket of the gate itself, without TLS; nginx lets nobody say what address it used.
for _not_through_nginx in (
    test_http.test_keeps_what_is_internal_inside,
    test_http.test_ends_an_upload_that_would_not,
    test_http.test_refuses_a_hundred_megabytes_of_json,
    test_http.test_refuses_a_hundred_megabytes_before_the_first_byte,
    test_http.test_links_to_the_address_that_the_client_used,
):
    del globals()[_not_through_nginx.__name__]


@pytest.fixture(scope="module")
def platform(layered: Platform) -> Platform:
    return layered
