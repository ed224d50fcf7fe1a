"""Signing in with the SDK as a self-hosted gate's users do; nothing of the SDK is patched."""

import itertools
import os
import secrets
from dataclasses import dataclass

import dtlpy
import httpx
from dtlpy.new_instance import Dtlpy
from dtlpy.repositories import Commands

from platforms import Platform

ENVIRONMENT = "selfhosted"

# What the journeys have come to know that nobody else may: passwords, tokens, the secrets of machines.
SECRETS: set[str] = set()
_sessions = itertools.count()


@dataclass(frozen=True)
class User:
    email: str
    password: str


def administrator(platform: Platform) -> User:
    SECRETS.add(platform.admin_password)
    return User(platform.admin_email, platform.admin_password)


def quiet(dl) -> None:
    """Without progress bars: they would fill the report of a failure."""
    dl.client_api.verbose.disable_progress_bar = True


def point(dl, platform: Platform) -> None:
    """The four lines of the README: where the gate is."""
    dl.client_api.add_environment(
        environment=platform.api,
        alias=ENVIRONMENT,
        gate_url=platform.url,
        url=f"{platform.url}/",
        verify_ssl=platform.verify_ssl,
    )
    dl.client_api.setenv(ENVIRONMENT)


def fresh_cookie() -> str:
    """Where a session of the SDK keeps its state, apart from all others."""
    return os.path.join(os.environ["DATALOOP_PATH"], f"cookie-{next(_sessions)}.json")


def sign_in(platform: Platform, user: User) -> Dtlpy:
    """A session of the SDK for this user, beside those of other users."""
    dl = Dtlpy(cookie_filepath=fresh_cookie())
    quiet(dl)
    point(dl, platform)
    assert dl.login_m2m(email=user.email, password=user.password)
    return dl


def sign_in_everywhere(platform: Platform, user: User):
    """The module itself, signed in: parts of the SDK know no other session."""
    quiet(dtlpy)
    point(dtlpy, platform)
    assert dtlpy.login_m2m(email=user.email, password=user.password)
    return dtlpy


def commands(dl: Dtlpy) -> Commands:
    """The commands as a session sees them; only the module itself has them by name."""
    return Commands(client_api=dl.client_api)


def token(platform: Platform, user: User) -> str:
    """A bearer token without the SDK, for what the SDK has no call for."""
    reply = httpx.post(
        f"{platform.url}/token?default",
        json={"username": user.email, "password": user.password, "type": "user_credentials"},
        timeout=30,
    )
    assert reply.status_code == 200, reply.text
    SECRETS.update(reply.json()[name] for name in ("id_token", "refresh_token"))
    return reply.json()["id_token"]


def new_user(platform: Platform, name: str) -> User:
    """A user whom the administrator creates; e-mail addresses are never used twice."""
    user = User(f"{name}-{secrets.token_hex(4)}@journeys.example", secrets.token_urlsafe(16))
    SECRETS.add(user.password)
    reply = httpx.post(
        f"{platform.api}/users",
        headers={"authorization": f"Bearer {token(platform, administrator(platform))}"},
        json={"email": user.email, "password": user.password, "firstName": name.title(), "lastName": "Journey"},
        timeout=30,
    )
    assert reply.status_code == 201, reply.text
    assert reply.headers["location"]
    return user


def setting(name: str, email: str) -> dict:
    """A setting of one's own, as it is sent."""
    scope = {"type": "user", "id": email, "role": "*", "preventOverride": False, "visible": True}
    return {"name": name, "valueType": "string", "value": "dark", "settingType": "user_settings", "scope": scope}


def unique(name: str) -> str:
    """A name that nobody has taken, on a gate that may have seen these journeys before."""
    return f"{name} {secrets.token_hex(4)}"


NotFound = dtlpy.exceptions.NotFound
Forbidden = dtlpy.exceptions.Forbidden
BadRequest = dtlpy.exceptions.BadRequest
