"""People and machines sign in by the standards: a generic OAuth client library, and a browser, with no special code."""

import html
import os
import re
import shlex
import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from dtlpy.new_instance import Dtlpy

import sdk
import wire
from platforms import Platform, free_port

CLIENT = "sluice"
CALLBACK = "http://127.0.0.1:51234/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@pytest.fixture(scope="module")
def oauth(platform: Platform) -> Iterator[SimpleNamespace]:
    """What a client must know, from the discovery document alone, and a project's bot."""
    discovered = httpx.get(f"{platform.url}/.well-known/openid-configuration").raise_for_status().json()
    with wire.client(platform.api, sdk.token(platform, sdk.administrator(platform))) as api:
        project = api.post("/projects", json={"name": sdk.unique("OAuth")}).raise_for_status().json()
        bot = api.post(f"/projects/{project['id']}/bots", json={"name": "robot", "role": "engineer"})
        bot = bot.raise_for_status().json()
        sdk.SECRETS.add(bot["secret"])
        yield SimpleNamespace(platform=platform, project=project, bot=bot, api=api, **discovered)
        api.delete(f"/projects/{project['id']}").raise_for_status()


def machine(oauth: SimpleNamespace, method: str = "client_secret_basic") -> OAuth2Client:
    return OAuth2Client(
        oauth.bot["email"],
        oauth.bot["secret"],
        token_endpoint=oauth.token_endpoint,
        token_endpoint_auth_method=method,
        revocation_endpoint_auth_method=method,
    )


def person(oauth: SimpleNamespace, scope: str = "openid email") -> OAuth2Client:
    """Signed in through the page, as a browser would do it."""
    client = OAuth2Client(
        CLIENT,
        scope=scope,
        redirect_uri=CALLBACK,
        token_endpoint=oauth.token_endpoint,
        token_endpoint_auth_method="none",
        code_challenge_method="S256",
    )
    address, state = client.create_authorization_url(oauth.authorization_endpoint, code_verifier=VERIFIER)
    assert create_s256_code_challenge(VERIFIER) in address
    answer = submit(address, sdk.administrator(oauth.platform))
    assert answer.status_code == 303, answer.text
    sdk.SECRETS.update(parse_qs(urlsplit(answer.headers["location"]).query)["code"])
    tokens = client.fetch_token(
        authorization_response=answer.headers["location"], state=state, code_verifier=VERIFIER
    )
    sdk.SECRETS.update((tokens["access_token"], tokens["refresh_token"]))
    return client


def submit(address: str, user: sdk.User) -> httpx.Response:
    """Opens a sign-in page, fills it in and sends it; the answer is not followed."""
    with httpx.Client() as browser:
        page = browser.get(address).raise_for_status()
        fields = {
            name: html.unescape(value)
            for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text)
        }
        action = re.search(r'action="([^"]*)"', page.text).group(1)
        filled = {**fields, "username": user.email, "password": user.password}
        return browser.post(str(page.url.join(action)), data=filled)


def projects(oauth: SimpleNamespace, token: str) -> httpx.Response:
    return httpx.get(f"{oauth.platform.api}/projects", headers={"authorization": f"Bearer {token}"})


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_machine_gets_a_token_for_its_secret(oauth, method):
    token = machine(oauth, method).fetch_token(grant_type="client_credentials")

    assert token["token_type"] == "Bearer"
    assert [project["id"] for project in projects(oauth, token["access_token"]).json()] == [oauth.project["id"]]


def test_a_machine_gets_less_when_it_asks_for_less(oauth):
    token = machine(oauth).fetch_token(grant_type="client_credentials", scope="items:read")

    assert token["scope"] == "items:read"
    assert projects(oauth, token["access_token"]).status_code == 403


def test_a_machine_signs_in_with_the_sdk(oauth):
    dl = sdk.sign_in(oauth.platform, sdk.User(oauth.bot["email"], oauth.bot["secret"]))

    assert dl.projects.get(project_id=oauth.project["id"]).name == oauth.project["name"]


def test_a_person_signs_in_with_a_code_and_pkce(oauth):
    client = person(oauth)

    keys = jwt.PyJWKClient(oauth.jwks_uri)
    id_token = client.token["id_token"]
    claims = jwt.decode(
        id_token,
        keys.get_signing_key_from_jwt(id_token),
        algorithms=["RS256"],
        audience=CLIENT,
        issuer=oauth.issuer,
    )
    assert claims["email"] == oauth.platform.admin_email


def test_a_client_refreshes_revokes_and_introspects(oauth):
    client = person(oauth, scope="projects:read")
    first = client.token
    second = client.refresh_token(oauth.token_endpoint)
    assert second["refresh_token"] != first["refresh_token"]
    assert projects(oauth, second["access_token"]).status_code == 200
    asking = machine(oauth)
    assert asking.introspect_token(oauth.introspection_endpoint, second["access_token"]).json()["active"] is True

    assert client.revoke_token(oauth.revocation_endpoint, second["refresh_token"]).status_code == 200

    answer = asking.introspect_token(oauth.introspection_endpoint, second["access_token"])
    assert answer.json() == {"active": False}
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.refresh_token(oauth.token_endpoint, refresh_token=second["refresh_token"])


class Listener:
    """What the SDK has listening while the browser is open."""

    def __enter__(self):
        seen = self.seen = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_the_page_sends_the_sdk_all_three_tokens(oauth):
    with Listener() as sdk_side:
        callback = f"http://localhost:{sdk_side.server.server_port}"

        answer = submit(f"{oauth.platform.url}/login?callback={callback}", sdk.administrator(oauth.platform))
        httpx.get(answer.headers["location"]).raise_for_status()

        tokens = parse_qs(urlsplit(sdk_side.seen[0]).query)
    assert set(tokens) == {"id_token", "access_token", "refresh_token"}
    assert projects(oauth, tokens["id_token"][0]).status_code == 200


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
def test_the_sdk_signs_in_with_a_browser(oauth, monkeypatch):
    user = sdk.administrator(oauth.platform)
    monkeypatch.setenv("SLUICE_CHROMIUM", shutil.which("chromium"))
    monkeypatch.setenv("SLUICE_USER", user.email)
    monkeypatch.setenv("SLUICE_PASSWORD", user.password)
    script = Path(__file__).with_name("browser.py")
    # In the background: the SDK listens only after it has opened the browser.
    monkeypatch.setenv("BROWSER", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))} %s &")
    dl = Dtlpy(cookie_filepath=os.path.join(os.environ["DATALOOP_PATH"], "cookie-browser.json"))
    sdk.point(dl, oauth.platform)

    assert dl.login(callback_port=free_port())

    assert dl.info()["user_email"] == user.email
    assert oauth.project["name"] in [project.name for project in dl.projects.list()]
