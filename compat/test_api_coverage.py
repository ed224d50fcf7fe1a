"""docs/api-coverage.md says what is so."""

import json
from pathlib import Path

import pytest

import api_coverage

PUBLISHED = Path(__file__).parents[2] / "shared/contract/openapi-1.11.2.json"
pytestmark = pytest.mark.one_flavour


def test_says_of_each_published_operation_whether_it_is_there():
    if not PUBLISHED.exists():
        pytest.skip("the published document does not lie beside the repository")
    expected = api_coverage.coverage(json.loads(PUBLISHED.read_text()))
    assert api_coverage.COVERAGE.read_text() == expected, "write it again: python compat/api_coverage.py OPENAPI.json"
