"""Nothing secret stands in any log. The last file of the journeys: it reads what all of them have made the platform write."""

import re

import pytest

import sdk
from platforms import Platform

# What looks like a token, a key or the digest of a password, whoever it belongs to.
SECRET_LOOKS = re.compile(r"eyJ[\w-]{8,}\.eyJ|\$argon2|PRIVATE KEY|[Bb](earer|asic) [\w.+/=-]{20,}")


def test_no_log_holds_what_nobody_else_may_know(platform: Platform):
    logs = platform.logs()
    if not logs:
        pytest.skip("the logs of this gate are out of reach")
    sdk.token(platform, sdk.administrator(platform))

    lines = platform.logs().splitlines()
    telling = [line for line in lines if SECRET_LOOKS.search(line) or any(secret in line for secret in sdk.SECRETS)]

    assert len(lines) > 100
    assert telling == []
