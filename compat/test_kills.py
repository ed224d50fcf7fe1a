"""Nothing acknowledged is lost when the platform and the client are killed in the middle of an import: system-tests/kills.py, for a
short while. It starts a platform of its own.
"""

import subprocess
import sys

import pytest

from platforms import REPOSITORY

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]


def test_loses_nothing_that_was_acknowledged():
    ended = subprocess.run(
        [sys.executable, REPOSITORY / "system-tests" / "kills.py", "--items", "2000", "--kills", "3"],
        capture_output=True,
        text=True,
        timeout=900,
    )

    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr[-4000:]}"
    assert "nothing wrong" in ended.stdout
