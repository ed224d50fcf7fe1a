"""Caches that know nothing of us, a library's and a browser's: the second read costs a 304 or nothing, what has changed is
seen, and nobody sees what somebody else has read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import hishel
import httpx
import pytest
from hishel.httpx import CacheTransport
from PIL import Image
from playwright.sync_api import BrowserContext

import chromium
import sdk
import wire
from platforms import Platform

pytestmark = pytest.mark.one_flavour

READS = ["project", "dataset", "item", "content", "items", "projects", "datasets", "members", "me"]


@pytest.fixture(scope="module")
def store(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A user with a project, a dataset and a picture in it, and a user who may see nothing of that."""
    owner, stranger = (sdk.token(platform, sdk.new_user(platform, name)) for name in ("owner", "stranger"))
    picture = tmp_path_factory.mktemp("caching") / "dolly.png"
    Image.effect_noise((256, 256), 64).save(picture)
    with wire.client(platform.api, owner) as api:
        project = api.post("/projects", json={"name": sdk.unique("caching")}).raise_for_status().json()["id"]
        body = {"name": "pictures", "projects": [project]}
        dataset = api.post("/datasets", json=body).raise_for_status().json()["id"]
        item = upload(api, dataset, "/dolly.png", picture.read_bytes())
        paths = {
            "project": f"/projects/{project}",
            "dataset": f"/datasets/{dataset}",
            "item": f"/items/{item}",
            "content": f"/items/{item}/stream",
            "items": f"/datasets/{dataset}/items",
            "projects": "/projects",
            "datasets": "/datasets",
            "members": f"/projects/{project}/members",
            "me": "/users/me",
        }
        yield SimpleNamespace(
            platform=platform, api=api, owner=owner, stranger=stranger, dataset=dataset, picture=picture, paths=paths
        )
        api.delete(f"/projects/{project}").raise_for_status()


def upload(api: httpx.Client, dataset: str, path: str, content: bytes, mode: str = "skip") -> str:
    body = wire.chunked(wire.form(path, content))
    answer = api.post(f"/datasets/{dataset}/items?mode={mode}", content=body, headers=wire.MULTIPART)
    return answer.raise_for_status().json()["id"]


@dataclass
class Wire(httpx.BaseTransport):
    """What really goes to the gate: the status of each answer, in order."""

    below: httpx.HTTPTransport = field(default_factory=httpx.HTTPTransport)
    statuses: list[int] = field(default_factory=list)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.below.handle_request(request)
        self.statuses.append(answer.status_code)
        return answer

    def close(self) -> None:
        self.below.close()


@contextmanager
def caching(platform: Platform, token: str | None, folder: Path, shared: bool = False) -> Iterator[tuple[httpx.Client, Wire]]:
    """A client of this user, or of nobody, with a cache that keeps its copies in a folder, and the wire below it."""
    sent = Wire()
    storage = hishel.SqliteStorage(database_path=folder / "cache.db")
    transport = CacheTransport(sent, storage, rfc=hishel.CacheOptions(shared=shared))
    headers = {"authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=platform.api, headers=headers, transport=transport, timeout=30) as client:
        yield client, sent


@pytest.mark.parametrize("read", READS)
def test_the_second_read_costs_a_304_or_nothing(store, tmp_path, read):
    with caching(store.platform, store.owner, tmp_path) as (client, sent):
        first = client.get(store.paths[read])
        second = client.get(store.paths[read])

    assert sent.statuses in ([200, 304], [200])
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.content == first.content
    assert second.extensions["caching"]["from_cache"]


@pytest.mark.parametrize("read", ["item", "items"])
def test_no_form_is_taken_for_another(store, tmp_path, read):
    forms = ["application/json", "application/xml"]
    with caching(store.platform, store.owner, tmp_path) as (client, _):
        answers = [client.get(store.paths[read], headers={"accept": form}) for form in forms * 2]

    assert [answer.headers["content-type"].partition(";")[0] for answer in answers] == forms * 2
    assert [answer.content for answer in answers[:2]] == [answer.content for answer in answers[2:]]


CHANGES: dict[str, tuple[str, Callable[[SimpleNamespace], object]]] = {
    "metadata": ("item", lambda store: store.api.patch(store.paths["item"], json={"metadata": {"user": {"seen": 1}}})),
    "bytes": ("content", lambda store: upload(store.api, store.dataset, "/dolly.png", b"other bytes", mode="overwrite")),
    "entries": ("items", lambda store: upload(store.api, store.dataset, "/molly.png", b"more bytes")),
    "name": ("dataset", lambda store: store.api.patch(store.paths["dataset"], json={"name": "portraits"})),
    "names": ("projects", lambda store: store.api.patch(store.paths["project"], json={"name": sdk.unique("changed")})),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_seen(store, tmp_path, change):
    read, make = CHANGES[change]
    with caching(store.platform, store.owner, tmp_path) as (client, sent):
        before = client.get(store.paths[read]).raise_for_status().content
        make(store)
        fresh = [store.api.get(store.paths[read]).content]
        after = client.get(store.paths[read]).raise_for_status().content
        fresh.append(store.api.get(store.paths[read]).content)

    assert after != before
    # The platform itself adds something in its own time, such as what it finds out about a picture.
    assert after in fresh
    assert sent.statuses == [200, 200]


# What curl sends when it has no tag yet, and what looks like any.
@pytest.mark.parametrize("other", ['""', 'W/""', '"", "a"', '"*"'])
def test_another_tag_is_no_copy(store, other):
    for read in READS:
        answer = store.api.get(store.paths[read], headers={"if-none-match": other})
        assert answer.status_code == 200, read
    for read in ("project", "dataset", "item"):
        change = store.api.patch(store.paths[read], json={}, headers={"if-match": other})
        assert change.status_code == 412, read


@pytest.mark.parametrize("shared", [False, True], ids=["a cache for one", "a cache for all"])
@pytest.mark.parametrize("read", READS)
def test_nobody_gets_what_somebody_else_has_read(store, tmp_path, read, shared):
    with caching(store.platform, store.owner, tmp_path, shared) as (client, _):
        mine = client.get(store.paths[read])
    with caching(store.platform, store.stranger, tmp_path, shared) as (client, sent):
        theirs = client.get(store.paths[read])
        with wire.client(store.platform.api, store.stranger) as plain:
            expected = plain.get(store.paths[read])

    assert mine.status_code == 200
    assert sent.statuses == [expected.status_code]
    assert theirs.status_code == expected.status_code
    assert theirs.content != mine.content
    if expected.is_success:
        assert theirs.content == expected.content


@pytest.mark.parametrize("path", ["/api/v1", "/api/v1/limits", "/api/v1/docs/openapi.json", "/.well-known/openid-configuration"])
def test_a_cache_for_all_keeps_what_is_for_all(platform, tmp_path, path):
    with caching(platform, None, tmp_path, shared=True) as (client, sent):
        first, second = (client.get(platform.url + path).raise_for_status() for _ in range(2))

    assert sent.statuses in ([200, 304], [200])
    assert second.content == first.content


def test_what_is_secret_is_kept_nowhere(store, tmp_path):
    with caching(store.platform, store.owner, tmp_path) as (client, _):
        made = client.post("/apiKeys", json={"name": "caching"}).raise_for_status()
        client.delete(f"/apiKeys/{made.json()['id']}").raise_for_status()

    assert made.headers["cache-control"] == "no-store"
    assert made.json()["jwt"].encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


# The browser's own cache


class Reader:
    """A page of the gate in Chromium: what a script in it reads, and what that cost on the wire."""

    def __init__(self, platform: Platform, context: BrowserContext):
        self._platform = platform
        self._page = context.new_page()
        self._page.goto(f"{platform.url}/api/v1/limits")
        self._seen: list[int] = []
        devtools = context.new_cdp_session(self._page)
        devtools.send("Network.enable")
        # Only this event tells the status on the wire: to the page a 304 is a 200.
        devtools.on("Network.responseReceivedExtraInfo", lambda event: self._seen.append(event["statusCode"]))

    def get(self, token: str, path: str, **headers: str) -> tuple[int, str, list[int]]:
        """The status and the digest of the body that a script sees, and the statuses on the wire."""
        self._seen.clear()
        status, digest = self._page.evaluate(
            """async ([url, headers]) => {
                const answer = await fetch(url, { headers });
                const text = new TextDecoder("latin1").decode(await answer.arrayBuffer());
                return [answer.status, `${text.length} ${text.slice(0, 5000)}`];
            }""",
            [self._platform.api + path, {"authorization": f"Bearer {token}", **headers}],
        )
        self._page.wait_for_timeout(50)
        return status, digest, list(self._seen)


@pytest.fixture(scope="module")
def browser(store: SimpleNamespace) -> Iterator[Reader]:
    with chromium.started() as browser:
        yield Reader(store.platform, browser.new_context())


@chromium.needed
@pytest.mark.parametrize("read", READS)
def test_the_browser_pays_a_304_or_nothing(store, browser, read):
    browser.get(store.owner, store.paths[read])
    first = browser.get(store.owner, store.paths[read])
    second = browser.get(store.owner, store.paths[read])

    assert first[2] in ([304], [])
    assert second[2] in ([304], [])
    assert first[:2] == second[:2]
    assert first[0] == 200


@chromium.needed
def test_the_browser_sees_a_change(store, browser):
    _, before, _ = browser.get(store.owner, store.paths["item"])
    store.api.patch(store.paths["item"], json={"metadata": {"user": {"colour": "white"}}}).raise_for_status()
    _, after, wired = browser.get(store.owner, store.paths["item"])

    assert after != before
    assert wired == [200]


@chromium.needed
@pytest.mark.parametrize("read", READS)
def test_the_next_user_of_a_browser_gets_nothing_of_the_last(store, browser, read):
    _, mine, _ = browser.get(store.owner, store.paths[read])

    status, theirs, wired = browser.get(store.stranger, store.paths[read])

    assert wired == [status]
    assert theirs != mine
