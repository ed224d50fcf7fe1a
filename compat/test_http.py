"""What any HTTP client sees at the gate: curl, a browser, a mobile app, and those who mean no good."""

import base64
import hashlib
import itertools
import json
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import jwt
import pytest

import sdk
import wire
from document import Document
from platforms import Platform

DEEP = 10_000
LARGE = 100 << 20
CONTENT = b"0123456789"


@pytest.fixture(scope="module")
def gate(platform: Platform) -> Iterator[SimpleNamespace]:
    """A signed-in client, one that is not, and a project with a dataset and an item of ten bytes."""
    with (
        wire.client(platform.api, sdk.token(platform, sdk.administrator(platform))) as api,
        wire.client(platform.url) as nobody,
    ):
        project = ok(api.post("/projects", json={"name": sdk.unique("HTTP")}))
        dataset = ok(api.post("/datasets", json={"name": "Plain", "projects": [project["id"]]}))
        gate = SimpleNamespace(platform=platform, api=api, nobody=nobody, project=project, dataset=dataset)
        gate.item = ok(upload(gate, "/ten.txt", CONTENT, metadata=json.dumps({"user": {"kept": True}})))
        yield gate
        ok(api.delete(f"/projects/{project['id']}"))


def ok(reply: httpx.Response):
    assert reply.is_success, f"{reply.status_code} {reply.text}"
    return reply.json() if reply.content else None


def upload(gate: SimpleNamespace, path: str, content: bytes = CONTENT, mode: str = "skip", **fields) -> httpx.Response:
    return send(gate, wire.form(path, content, **fields), mode)


def send(gate: SimpleNamespace, body: bytes, mode: str = "skip") -> httpx.Response:
    return gate.api.post(
        f"/datasets/{gate.dataset['id']}/items?mode={mode}", content=wire.chunked(body), headers=wire.MULTIPART
    )


def count(gate: SimpleNamespace) -> int:
    """All that the dataset holds, folders and hidden items included."""
    query = {"filter": {}, "resource": "items", "page": 0, "pageSize": 0}
    return ok(gate.api.post(f"/datasets/{gate.dataset['id']}/query", json=query))["totalItemsCount"]


def assert_problem(reply, *statuses: int, field: str | None = None) -> dict:
    """An RFC 9457 problem that also carries what the SDK reads, and names the field that is wrong."""
    assert reply.status_code in statuses, f"{reply.status_code} {reply.text[:500]}"
    assert reply.headers["content-type"].startswith("application/problem+json")
    assert reply.headers["x-request-id"]
    problem = reply.json()
    assert problem["status"] == reply.status_code
    assert problem["type"] and problem["title"]
    assert isinstance(problem["message"], str) and problem["message"]
    if field:
        fields = [error["field"] for error in problem.get("errors", [])]
        assert any(named == field or named.startswith((f"{field}.", f"{field}[")) for named in fields), problem
    return problem


# Who is there


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Bearer a.b.c", "Basic YTpi", "Bearer"])
def test_asks_who_is_there(gate, authorization):
    headers = {"authorization": authorization} if authorization else {}

    reply = gate.nobody.get("/api/v1/projects", headers=headers)

    assert_problem(reply, 401)
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_takes_no_token_that_it_did_not_sign(gate):
    token = gate.api.headers["authorization"].removeprefix("Bearer ")
    header, payload, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    altered = dict(claims, email="someone@else.example", sub="someone@else.example")
    forgeries = [
        jwt.encode(altered, None, algorithm="none"),
        jwt.encode(altered, "secret" * 8, algorithm="HS256", headers={"kid": kid}),
        f"{header}.{base64.urlsafe_b64encode(json.dumps(altered).encode()).decode().rstrip('=')}.{signature}",
        f"{header}.{payload}.",
        f"{header}.{payload}.{'A' * len(signature)}",
    ]
    for forgery in forgeries:
        reply = gate.nobody.get("/api/v1/users/me", headers={"authorization": f"Bearer {forgery}"})
        assert_problem(reply, 401)


def test_signs_tokens_with_a_key_that_everybody_can_check(gate):
    token = gate.api.headers["authorization"].removeprefix("Bearer ")
    keys = jwt.PyJWKSet.from_dict(ok(gate.nobody.get("/.well-known/jwks.json")))
    key = keys[jwt.get_unverified_header(token)["kid"]]

    claims = jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})

    assert {"iss", "aud", "sub", "email", "exp", "iat", "jti", "roles"} <= claims.keys()
    assert claims["email"] == gate.platform.admin_email
    assert 0 < claims["exp"] - claims["iat"] <= 3600
    published = gate.nobody.get("/.well-known/jwks.json").json()["keys"]
    assert all(key["kty"] == "RSA" and not {"d", "p", "q"} & key.keys() for key in published)


def credentials(username: str, password: str) -> dict:
    return {"username": username, "password": password, "type": "user_credentials"}


def test_answers_a_wrong_password_like_an_unknown_user(gate):
    known = credentials(gate.platform.admin_email, "not the password")
    unknown = credentials("nobody@journeys.example", "not the password")

    replies = [gate.nobody.post("/token?default", json=body) for body in (known, unknown)]

    first, second = (assert_problem(reply, 401) for reply in replies)
    assert first["message"] == second["message"]
    assert {**first, "instance": None} == {**second, "instance": None}


def test_renews_a_token(gate):
    login = credentials(gate.platform.admin_email, gate.platform.admin_password)
    tokens = ok(gate.nobody.post("/token?default", json=login))

    renewed = ok(
        gate.nobody.post("/token?default", json={"type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    )

    me = gate.nobody.get("/api/v1/users/me", headers={"authorization": f"Bearer {renewed['id_token']}"})
    assert ok(me)["email"] == gate.platform.admin_email
    false = gate.nobody.post("/token?default", json={"type": "refresh_token", "refresh_token": "false"})
    assert_problem(false, 401)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"type": "user_credentials", "password": "p"}, "username"),
        ({"type": "user_credentials", "username": "u@v.example"}, "password"),
        ({"username": "u@v.example", "password": "p", "type": "telepathy"}, "type"),
        ({"type": "refresh_token"}, "refresh_token"),
    ],
)
def test_names_what_is_missing_to_sign_in(gate, body, field):
    assert_problem(gate.nobody.post("/token?default", json=body), 400, 422, field=field)


def test_lets_only_an_administrator_create_users(gate):
    second = sdk.new_user(gate.platform, "plain")
    token = sdk.token(gate.platform, second)
    body = {"email": "more@journeys.example", "password": "long enough 123", "firstName": "A", "lastName": "B"}

    assert_problem(gate.nobody.post("/api/v1/users", json=body, headers={"authorization": f"Bearer {token}"}), 403)
    assert_problem(gate.nobody.post("/api/v1/users", json=body), 401)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "x" * 400 + "@journeys.example"}, "email"),
        ({"password": ""}, "password"),
        ({"password": None}, "password"),
        ({"firstName": "x" * 5000}, "firstName"),
        ({"email": {"$ne": ""}}, "email"),
    ],
)
def test_names_what_is_wrong_with_a_new_user(gate, change, field):
    body = {"email": "new@journeys.example", "password": "long enough 123", "firstName": "A", "lastName": "B"} | change

    assert_problem(gate.api.post("/users", json=body), 400, 422, field=field)


def test_tells_me_who_i_am(gate):
    me = ok(gate.api.get("/users/me"))

    assert me["email"] == me["id"] == gate.platform.admin_email
    assert isinstance(me["createdAt"], int)
    assert not {"password", "passwordHash", "hash"} & me.keys()


# The gate


def test_is_healthy(gate):
    reply = gate.nobody.get("/health")

    assert (reply.status_code, reply.json()) == (200, {"status": "UP"})


def test_documents_the_whole_platform(gate):
    expected = {"/projects", "/datasets/{datasetId}", "/items/{itemId}", "/users/me"}
    document = Document.whole(gate.platform.url).raw
    paths = {path.removeprefix("/api/v1") for path in document["paths"]}

    assert document["openapi"].startswith("3.1")
    assert expected <= paths
    assert not [path for path in paths if "/internal" in path or "/actuator" in path]
    page = gate.nobody.get("/api/v1/docs", follow_redirects=True)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/internal/access",
        "/internal/jwks.json",
        "/internal/openapi.json",
        "/actuator",
        "/actuator/health/readiness",
        "/actuator/env",
        "//internal/jwks.json",
        "//actuator/health",
        "/api/v1/../../internal/jwks.json",
        "/api/v1/%2e%2e/%2e%2e/internal/jwks.json",
        "/api/v1/projects/..%2f..%2f..%2finternal%2fjwks.json",
        "/api/v1/..;/..;/internal/jwks.json",
        "/%69nternal/jwks.json",
        "/INTERNAL/jwks.json",
        "/api/v1/projects/%2e%2e/%2e%2e/%2e%2e/actuator/health",
    ],
)
def test_keeps_what_is_internal_inside(gate, path):
    # http.client sends the path as it is; httpx would tidy it up.
    for authorization in ({}, {"authorization": gate.api.headers["authorization"]}):
        reply = wire.get_untouched(gate.platform.url, path, authorization)
        assert reply.status in (400, 401, 404), f"{reply.status} {reply.body[:200]}"
        assert b'"keys"' not in reply.body and b'"UP"' not in reply.body


def test_takes_two_slashes_for_one(gate):
    reply = gate.nobody.get(
        f"/api/v1//projects/{gate.project['id']}", headers={"authorization": gate.api.headers["authorization"]}
    )

    assert ok(reply)["id"] == gate.project["id"]


def test_gives_each_request_an_id(gate):
    first, second = (gate.api.get("/users/me").headers["x-request-id"] for _ in range(2))
    assert first != second
    assert gate.api.get("/users/me", headers={"x-request-id": "mine-1"}).headers["x-request-id"] == "mine-1"
    assert gate.api.get("/users/me", headers={"x-request-id": "x" * 500}).headers["x-request-id"] != "x" * 500


def test_sends_security_headers(gate):
    for reply in (gate.api.get("/users/me"), gate.nobody.get("/health"), gate.nobody.get("/api/v1/projects")):
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.headers["x-frame-options"].upper() in ("DENY", "SAMEORIGIN")


def test_knows_what_it_does_not_have(gate):
    assert_problem(gate.api.get("/no/such/thing"), 404)
    assert_problem(gate.api.get("/items/6b0183990000000000001003"), 404)
    assert_problem(gate.api.get("/items/not-an-id"), 404)
    assert_problem(gate.api.get("/datasets/not-an-id"), 404)
    assert_problem(gate.api.get("/projects/not-an-id"), 404)
    assert_problem(gate.api.delete("/items/not-an-id"), 400)
    wrong = gate.api.put("/projects")
    assert_problem(wrong, 405)
    assert {"GET", "POST"} <= {method.strip() for method in wrong.headers["allow"].split(",")}


def test_shows_a_stranger_nothing_that_an_unknown_id_would_not(gate):
    stranger = sdk.token(gate.platform, sdk.new_user(gate.platform, "stranger"))
    headers = {"authorization": f"Bearer {stranger}"}
    for path in (
        "/projects/{project}",
        "/projects/{project}/members",
        "/datasets/{dataset}",
        "/datasets/{dataset}/directoryTree",
        "/items/{item}",
        "/items/{item}/stream",
    ):
        own = {"project": gate.project["id"], "dataset": gate.dataset["id"], "item": gate.item["id"]}
        unknown = dict.fromkeys(own, "6b0183990000000000001003")
        seen = assert_problem(gate.nobody.get("/api/v1" + path.format(**own), headers=headers), 404)
        absent = assert_problem(gate.nobody.get("/api/v1" + path.format(**unknown), headers=headers), 404)
        for name, identity in own.items():
            seen = json.loads(json.dumps(seen).replace(identity, unknown[name]))
        assert seen == absent, path


def test_lets_a_stranger_change_nothing(gate):
    stranger = sdk.token(gate.platform, sdk.new_user(gate.platform, "stranger"))
    headers = {"authorization": f"Bearer {stranger}"}
    project, dataset, item = gate.project["id"], gate.dataset["id"], gate.item["id"]
    query = {"filter": {}, "resource": "items"}
    for method, path, body in (
        ("PATCH", f"/projects/{project}", {"name": "Mine"}),
        ("POST", f"/projects/{project}/members/me@journeys.example", {"role": "owner"}),
        ("POST", "/datasets", {"name": "Mine", "projects": [project]}),
        ("PATCH", f"/datasets/{dataset}", {"name": "Mine"}),
        ("POST", f"/datasets/{dataset}/query", query),
        ("POST", f"/datasets/{dataset}/query", query | {"update": {"metadata": {"user": {"mine": True}}}}),
        ("POST", f"/datasets/{dataset}/query", query | {"delete": True}),
        ("PATCH", f"/items/{item}", {"metadata": {"user": {"mine": True}}}),
        ("DELETE", f"/items/{item}", None),
        ("DELETE", f"/datasets/{dataset}", None),
        ("DELETE", f"/projects/{project}", None),
    ):
        reply = gate.nobody.request(method, f"/api/v1{path}", json=body, headers=headers)
        assert_problem(reply, 404)
    assert ok(gate.api.get(f"/projects/{project}"))["name"] == gate.project["name"]
    assert ok(gate.api.get(f"/datasets/{dataset}"))["name"] == gate.dataset["name"]
    assert ok(gate.api.get(f"/items/{item}")) == gate.item


# Conditional requests and caching


@pytest.fixture(params=["project", "dataset", "item"])
def resource(gate, request) -> str:
    return {
        "project": f"/projects/{gate.project['id']}",
        "dataset": f"/datasets/{gate.dataset['id']}",
        "item": f"/items/{gate.item['id']}",
    }[request.param]


def test_does_not_send_again_what_has_not_changed(gate, resource):
    first = gate.api.get(resource)
    tag = first.headers["etag"]
    assert not tag.startswith("W/")
    assert "private" in first.headers["cache-control"] or "no-cache" in first.headers["cache-control"]

    for value in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = gate.api.get(resource, headers={"if-none-match": value})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), value
    assert gate.api.get(resource, headers={"if-none-match": '"other"'}).status_code == 200


def test_describes_without_sending(gate, resource):
    full = gate.api.get(resource)
    head = gate.api.head(resource)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == full.headers["etag"]
    assert head.headers["content-type"] == full.headers["content-type"]


def test_changes_only_the_version_that_was_read(gate):
    item = ok(upload(gate, "/versions.txt"))
    path = f"/items/{item['id']}"
    tag = gate.api.get(path).headers["etag"]

    def change(number: int, **headers: str) -> httpx.Response:
        return gate.api.patch(path, json={"metadata": {"user": {"number": number}}}, headers=headers)

    first = change(1, **{"if-match": tag})
    assert ok(first)["metadata"]["user"]["number"] == 1
    assert_problem(change(2, **{"if-match": tag}), 412)
    assert_problem(gate.api.delete(path, headers={"if-match": tag}), 412)
    current = gate.api.get(path)
    assert current.json()["metadata"]["user"]["number"] == 1
    assert current.headers["etag"] == first.headers["etag"] != tag
    assert ok(change(3, **{"if-match": "*"}))["metadata"]["user"]["number"] == 3
    ok(gate.api.delete(path))


# Downloads


def stream(gate: SimpleNamespace, item: dict | None = None, **headers: str) -> httpx.Response:
    return gate.api.get(f"/items/{(item or gate.item)['id']}/stream", headers=headers)


def test_sends_the_bytes_with_their_digest(gate):
    reply = stream(gate)

    assert (reply.status_code, reply.content) == (200, CONTENT)
    assert reply.headers["content-length"] == str(len(CONTENT))
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.headers["accept-ranges"] == "bytes"
    assert not reply.headers["etag"].startswith("W/")
    again = stream(gate, **{"if-none-match": reply.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    same = ok(upload(gate, "/same.txt"))
    other = ok(upload(gate, "/other.txt", b"9876543210"))
    assert stream(gate, same).headers["etag"] == reply.headers["etag"]
    assert stream(gate, other).headers["etag"] != reply.headers["etag"]
    assert hashlib.sha256(CONTENT).hexdigest() in reply.headers["etag"] or (
        base64.urlsafe_b64encode(hashlib.sha256(CONTENT).digest()).decode().rstrip("=") in reply.headers["etag"]
    )


@pytest.mark.parametrize(
    ("wanted", "range_sent"),
    [
        ("bytes=0-", (0, 9)),
        ("bytes=5-", (5, 9)),
        ("bytes=2-4", (2, 4)),
        ("bytes=-3", (7, 9)),
        ("bytes=8-100", (8, 9)),
        ("bytes=-100", (0, 9)),
    ],
)
def test_sends_a_part(gate, wanted, range_sent):
    first, last = range_sent
    reply = stream(gate, range=wanted)

    assert reply.status_code == 206
    assert reply.content == CONTENT[first : last + 1]
    assert reply.headers["content-range"] == f"bytes {first}-{last}/10"
    assert reply.headers["content-length"] == str(last - first + 1)


@pytest.mark.parametrize("wanted", ["bytes=10-", "bytes=50-60", "bytes=-0"])
def test_refuses_a_part_that_is_not_there(gate, wanted):
    reply = stream(gate, range=wanted)

    assert_problem(reply, 416)
    assert reply.headers["content-range"] == "bytes */10"


@pytest.mark.parametrize("wanted", ["bytes=five-", "bytes=4-2", "lines=1-2", "bytes"])
def test_ignores_a_range_that_makes_no_sense(gate, wanted):
    reply = stream(gate, range=wanted)

    assert (reply.status_code, reply.content) == (200, CONTENT)


def test_sends_all_when_the_part_belongs_to_other_bytes(gate):
    tag = stream(gate).headers["etag"]

    assert stream(gate, range="bytes=2-4", **{"if-range": tag}).content == CONTENT[2:5]
    assert stream(gate, range="bytes=2-4", **{"if-range": '"other"'}).content == CONTENT


def test_describes_a_download(gate):
    reply = gate.api.head(f"/items/{gate.item['id']}/stream")

    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["content-length"] == "10"
    assert reply.headers["etag"] == stream(gate).headers["etag"]
    assert reply.headers["accept-ranges"] == "bytes"


def test_sends_an_empty_file(gate):
    empty = ok(upload(gate, "/empty.txt", b""))

    reply = stream(gate, empty, range="bytes=0-")

    assert reply.status_code in (200, 206)
    assert (reply.content, reply.headers["content-length"]) == (b"", "0")


# Uploads


def test_says_what_an_upload_did(gate):
    created = upload(gate, "/modes.txt", b"one")
    skipped = upload(gate, "/modes.txt", b"second")
    overwritten = upload(gate, "/modes.txt", b"third", mode="overwrite")

    operations = [reply.headers["x-item-op"] for reply in (created, skipped, overwritten)]
    assert operations == ["created", "exist", "overwrite"]
    assert ok(skipped)["id"] == ok(created)["id"]
    assert ok(skipped)["metadata"]["system"]["size"] == 3
    assert stream(gate, ok(overwritten)).content == b"third"
    ok(gate.api.delete(f"/items/{ok(overwritten)['id']}"))


def test_says_the_same_of_an_item_everywhere(gate):
    sent = gate.item
    query = {"filter": {"id": sent["id"]}, "resource": "items"}

    assert ok(gate.api.get(f"/items/{sent['id']}")) == sent
    assert ok(gate.api.get(f"/datasets/{gate.dataset['id']}/items/{sent['id']}")) == sent
    assert ok(gate.api.post(f"/datasets/{gate.dataset['id']}/query", json=query))["items"] == [sent]
    assert sent["metadata"]["user"] == {"kept": True}
    assert sent["stream"] == f"{gate.platform.api}/items/{sent['id']}/stream"


def test_links_to_the_address_that_the_client_used(gate):
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": "data.example", "x-forwarded-port": "443"}

    item = ok(gate.api.get(f"/items/{gate.item['id']}", headers=forwarded))

    assert item["stream"] == f"https://data.example/api/v1/items/{gate.item['id']}/stream"


def test_takes_forms_and_json_alike(gate):
    form = ok(gate.api.post("/projects", data={"name": sdk.unique("Form")}))
    ok(gate.api.delete(f"/projects/{form['id']}"))
    folder = ok(gate.api.post(f"/datasets/{gate.dataset['id']}/items", data={"type": "dir", "path": "made"}))
    assert (folder["type"], folder["filename"]) == ("dir", "/made")
    ok(gate.api.delete(f"/items/{folder['id']}"))


@pytest.mark.parametrize("field", ["id", "createdAt", "name"])
def test_sorts_both_ways(gate, field):
    paths = [f"/sorted/{letter}.txt" for letter in "abcdef"]
    for path in paths:
        ok(upload(gate, path))
    for direction, expected in (("ascending", paths), ("descending", paths[::-1])):
        sort = {field: direction} if field == "id" else {field: direction, "id": direction}
        query = {"filter": {"dir": "/sorted"}, "resource": "items", "sort": sort}
        found = ok(gate.api.post(f"/datasets/{gate.dataset['id']}/query", json=query))["items"]
        assert [item["filename"] for item in found] == expected


NOT_A_PATH = [
    "",
    "/",
    "/../escape.txt",
    "/a/../../escape.txt",
    "/a/./b.txt",
    "/..",
    "..\\escape.txt",
    "/a\\b.txt",
    "C:\\escape.txt",
    "C:/escape.txt",
    "/nul\0byte.txt",
    "/" + "x" * 5000 + ".txt",
    "/" + "d/" * 3000 + "f.txt",
]


@pytest.mark.parametrize("path", NOT_A_PATH, ids=lambda path: ascii(path)[:24])
def test_refuses_what_is_not_a_path(gate, path):
    before = count(gate)

    assert_problem(upload(gate, path), 400, 422, field="path")
    folder = gate.api.post(f"/datasets/{gate.dataset['id']}/items", data={"type": "dir", "path": path})
    assert_problem(folder, 400, 422, field="path")
    rename = gate.api.patch(f"/items/{gate.item['id']}", json={"filename": path})
    assert_problem(rename, 400, 422, field="filename")
    assert count(gate) == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (wire.field("type", "file") + wire.file(CONTENT) + wire.END, "path"),
        (wire.field("type", "file") + wire.field("path", "/no-bytes.txt") + wire.END, "file"),
        (wire.form("/broken.txt", metadata='{"user": '), "metadata"),
        (wire.form("/list.txt", metadata="[1, 2]"), "metadata"),
        (wire.form("/text.txt", metadata='"text"'), "metadata"),
        (wire.form("/deep.txt", metadata='{"user":' * DEEP + "1" + "}" * DEEP), "metadata"),
        (wire.form("/user.txt", metadata='{"user": 7}'), "metadata"),
        (wire.form("/long.txt", description="x" * 200_000), "description"),
    ],
    ids=["no path", "no file", "broken metadata", "list", "text", "deep", "user is a number", "long description"],
)
def test_names_what_is_wrong_with_an_upload(gate, body, field):
    before = count(gate)

    assert_problem(send(gate, body), 400, 413, 422, field=field)
    assert count(gate) == before


def test_refuses_a_mode_that_it_does_not_know(gate):
    before = count(gate)

    assert_problem(upload(gate, "/mode.txt", mode="append"), 400, 422, field="mode")
    assert count(gate) == before


def test_stores_nothing_of_an_upload_that_ends_early(gate):
    before = count(gate)
    whole = wire.form("/cut.txt", b"x" * 100_000)

    for length in (len(whole) - len(wire.END), len(whole) // 2, 40, 0):
        assert_problem(send(gate, whole[:length]), 400)
    assert count(gate) == before


def test_stores_nothing_of_an_upload_that_is_broken_off(gate):
    before = count(gate)

    def broken() -> Iterator[bytes]:
        yield wire.form("/broken-off.txt", b"x" * 1_000_000)[:500_000]
        raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        gate.api.post(
            f"/datasets/{gate.dataset['id']}/items?mode=skip", content=broken(), headers=wire.MULTIPART
        )
    assert count(gate) == before
    assert upload(gate, "/broken-off.txt").headers["x-item-op"] == "created"


def test_refuses_an_upload_to_nowhere(gate):
    reply = gate.api.post(
        "/datasets/6b0183990000000000001003/items?mode=skip",
        content=wire.chunked(wire.form("/x.txt", b"x" * 1_000_000)),
        headers=wire.MULTIPART,
    )

    assert_problem(reply, 404)


def endless_field() -> Iterator[bytes]:
    yield wire.field("type", "file") + wire.field("path", "/endless.txt") + wire.field("metadata", "")[:-2]
    yield from itertools.repeat(b"x" * 65536)


def endless_path() -> Iterator[bytes]:
    yield wire.field("type", "file") + wire.field("path", "/")[:-2]
    yield from itertools.repeat(b"x" * 65536)


def endless_headers() -> Iterator[bytes]:
    yield f"--{wire.BOUNDARY}\r\nContent-Disposition: form-data; name=\"".encode()
    yield from itertools.repeat(b"x" * 65536)


def endless_parts() -> Iterator[bytes]:
    for number in itertools.count():
        yield b"".join(wire.field(f"field{number}-{part}", "x" * 1000) for part in range(64))


def endless_preamble() -> Iterator[bytes]:
    yield from itertools.repeat(b"x" * 65536)


@pytest.mark.parametrize(
    "body", [endless_field, endless_path, endless_headers, endless_parts, endless_preamble], ids=lambda body: body.__name__
)
def test_ends_an_upload_that_would_not(gate, body):
    before = count(gate)

    answer = wire.pour(
        f"{gate.platform.api}/datasets/{gate.dataset['id']}/items?mode=skip",
        {"authorization": gate.api.headers["authorization"], **wire.MULTIPART},
        body(),
        most=256 << 20,
    )

    assert answer.status in (400, 413), answer
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert count(gate) == before


# JSON that is wrong


@pytest.mark.parametrize("body", [b"", b"{", b'{"name": ', b"nonsense", b'{"name": "x",}', b"\xff\xfe", b"null", b"[]", b"7"])
def test_refuses_malformed_json(gate, body):
    headers = {"content-type": "application/json"}
    for method, path in (
        ("POST", "/projects"),
        ("POST", "/datasets"),
        ("POST", "/datasets/query"),
        ("POST", "/users"),
        ("PATCH", f"/projects/{gate.project['id']}"),
        ("PATCH", f"/datasets/{gate.dataset['id']}"),
        ("PATCH", f"/items/{gate.item['id']}"),
        ("POST", f"/datasets/{gate.dataset['id']}/query"),
        ("POST", f"/projects/{gate.project['id']}/members/a@b.example"),
    ):
        assert_problem(gate.api.request(method, path, content=body, headers=headers), 400, 422)
    assert_problem(gate.nobody.post("/token?default", content=body, headers=headers), 400, 422)


def test_refuses_a_body_in_a_language_that_it_does_not_speak(gate):
    for content_type in ("text/plain", "application/yaml", "application/octet-stream"):
        headers = {"content-type": content_type}
        assert_problem(gate.api.post("/datasets", content=b"{}", headers=headers), 415)
        assert_problem(gate.api.patch(f"/items/{gate.item['id']}", content=b"{}", headers=headers), 415)
    as_json = gate.api.post(f"/datasets/{gate.dataset['id']}/items?mode=skip", json={"path": "/x"})
    assert_problem(as_json, 400, 415)


def test_speaks_xml_as_it_speaks_json(gate):
    path = f"/datasets/{gate.dataset['id']}"
    as_json = gate.api.get(path)
    as_xml = gate.api.get(path, headers={"accept": "application/xml"})
    assert as_xml.status_code == 200 and as_xml.headers["content-type"] == "application/xml"
    assert f"<id>{gate.dataset['id']}</id>" in as_xml.text
    assert as_xml.headers["etag"] == as_json.headers["etag"][:-1] + '+xml"'
    assert "accept" in as_xml.headers["vary"].lower() and "accept" in as_json.headers["vary"].lower()
    again = {"accept": "application/xml", "if-none-match": as_xml.headers["etag"]}
    assert gate.api.get(path, headers=again).status_code == 304
    browser = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    assert gate.api.get(path, headers=browser).content == as_json.content
    missing = gate.api.get("/datasets/6b0183990000000000001001", headers={"accept": "application/xml"})
    assert missing.status_code == 404 and missing.headers["content-type"] == "application/problem+xml"


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE json [<!ENTITY x SYSTEM "file:///etc/passwd">]><json><name>&x;</name></json>',
        '<!DOCTYPE json SYSTEM "http://127.0.0.1:9/x.dtd"><json/>',
        "<json" + "".join(f' a{number}=""' for number in range(500_000)) + "/>",
        "<json><name>x</name>",
        "{}",
    ],
    ids=["entity", "dtd", "attributes", "unfinished", "json"],
)
def test_refuses_bad_xml(gate, body):
    headers = {"content-type": "application/xml"}
    assert_problem(gate.api.post("/datasets", content=body.encode(), headers=headers), 400)
    assert_problem(gate.api.patch(f"/items/{gate.item['id']}", content=body.encode(), headers=headers), 400)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": {"$ne": ""}}, "name"),
        ({"name": ["x"]}, "name"),
        ({"projects": None}, "projects"),
        ({"projects": "x"}, "projects"),
        ({"projects": []}, "projects"),
        ({"projects": {"$ne": ""}}, "projects"),
    ],
)
def test_names_what_is_wrong_with_a_dataset(gate, change, field):
    body = {"name": "Wrong", "projects": [gate.project["id"]]} | change

    assert_problem(gate.api.post("/datasets", json=body), 400, 422, field=field)
    missing = {key: value for key, value in body.items() if key != field}
    assert_problem(gate.api.post("/datasets", json=missing), 400, 422, field=field)


@pytest.mark.parametrize("name", [None, "", "x" * 10_000, "<script>", "nul\0", {"$ne": ""}, ["x"]])
def test_names_what_is_wrong_with_a_project(gate, name):
    assert_problem(gate.api.post("/projects", json={"name": name}), 400, 422, field="name")
    assert_problem(gate.api.patch(f"/projects/{gate.project['id']}", json={"name": name or "<"}), 400, 422, field="name")


@pytest.mark.parametrize("role", [None, "king", 7, {"$ne": ""}])
def test_names_what_is_wrong_with_a_member(gate, role):
    member = sdk.new_user(gate.platform, "member")

    reply = gate.api.post(f"/projects/{gate.project['id']}/members/{member.email}", json={"role": role})

    assert_problem(reply, 400, 422, field="role")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"metadata": []}, "metadata"),
        ({"metadata": "x"}, "metadata"),
        ({"metadata": {"user": 7}}, "metadata"),
        ({"filename": 7}, "filename"),
        ({"filename": {"a": 1}}, "filename"),
        ({"description": {"a": 1}}, "description"),
    ],
)
def test_names_what_is_wrong_with_a_change(gate, change, field):
    before = ok(gate.api.get(f"/items/{gate.item['id']}"))

    assert_problem(gate.api.patch(f"/items/{gate.item['id']}", json=change), 400, 422, field=field)
    assert ok(gate.api.get(f"/items/{gate.item['id']}")) == before


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"filter": []}, "filter"),
        ({"filter": "x"}, "filter"),
        ({"filter": {"$and": {}}}, "filter"),
        ({"filter": {"$where": "1"}}, "filter"),
        ({"filter": {"name": {"$where": "1"}}}, "filter"),
        ({"filter": {"name": {"$regex": ".*"}}}, "filter"),
        ({"filter": {"name": {"$in": "x"}}}, "filter"),
        ({"filter": {"name": {"$exists": "yes"}}}, "filter"),
        ({"filter": {"name": {"$gt": {}}}}, "filter"),
        ({"page": -1}, "page"),
        ({"page": "first"}, "page"),
        ({"pageSize": -1}, "pageSize"),
        ({"pageSize": "many"}, "pageSize"),
        ({"sort": {"name": "sideways"}}, "sort"),
        ({"sort": "name"}, "sort"),
    ],
)
def test_names_what_is_wrong_with_a_query(gate, query, field):
    body = {"filter": {}, "resource": "items"} | query

    # Never 400: the SDK would take that for an empty list.
    assert_problem(gate.api.post(f"/datasets/{gate.dataset['id']}/query", json=body), 422, field=field)


def nested(opening: str, core: str, closing: str) -> bytes:
    return (opening * DEEP + core + closing * DEEP).encode()


def test_refuses_json_that_is_nested_ten_thousand_deep(gate):
    headers = {"content-type": "application/json"}
    item, dataset = gate.item["id"], gate.dataset["id"]
    for method, path, body in (
        ("POST", "/datasets", b'{"name": ' + nested("[", "", "]") + b"}"),
        ("POST", "/datasets", b'{"name": "Deep", "unknown": ' + nested('{"a":', "1", "}") + b"}"),
        ("POST", "/projects", nested('{"name":', "1", "}")),
        ("PATCH", f"/items/{item}", b'{"metadata": {"user": ' + nested('{"a":', "1", "}") + b"}}"),
        ("PATCH", f"/items/{item}", b'{"metadata": {"user": {"a": ' + nested("[", "", "]") + b"}}}"),
        ("PATCH", f"/datasets/{dataset}", b'{"metadata": {"user": ' + nested('{"a":', "1", "}") + b"}}"),
        ("POST", f"/datasets/{dataset}/query", b'{"filter": ' + nested('{"$and":[', "{}", "]}") + b"}"),
        ("POST", "/datasets/query", b'{"filter": ' + nested('{"$or":[', "{}", "]}") + b"}"),
    ):
        assert_problem(gate.api.request(method, path, content=body, headers=headers), 400, 413, 422)
    assert_problem(gate.nobody.post("/token?default", content=nested("[", "", "]"), headers=headers), 400, 413, 422)
    assert ok(gate.api.get(f"/items/{item}")) == gate.item


@pytest.mark.parametrize("path", ["/datasets", "/projects", "/datasets/{dataset}/query", "/token"])
def test_refuses_a_hundred_megabytes_of_json(gate, path):
    def body() -> Iterator[bytes]:
        yield b'{"name": "'
        yield from itertools.repeat(b"x" * 65536, LARGE // 65536)
        yield b'"}'

    base = gate.platform.url if path == "/token" else gate.platform.api
    headers = {"authorization": gate.api.headers["authorization"], "content-type": "application/json"}
    answer = wire.pour(base + path.format(dataset=gate.dataset["id"]), headers, body(), most=2 * LARGE)

    assert answer.status == 413
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.sent < LARGE, "it was read to its end"


def test_refuses_a_hundred_megabytes_before_the_first_byte(gate):
    headers = {"authorization": gate.api.headers["authorization"], "content-type": "application/json"}

    answer = wire.announce(f"{gate.platform.api}/datasets", headers, LARGE)

    assert (answer.status, answer.sent) == (413, 0)
