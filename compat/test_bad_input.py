"""Requests that mean no good, or are wrong in ways that no library would send: each is refused by a 4xx that says what
would be right, none by a 5xx, and none is waited for. Bad XML is in test_http.py, with all of its kinds in the kit's tests."""

import gzip
import http.client
import itertools
import json
import secrets
import time
import zlib
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest

import sdk
import wire
from platforms import Platform

pytestmark = pytest.mark.one_flavour

JSON = {"content-type": "application/json"}
CONTENT = b"0123456789"
QUICK = 20


@pytest.fixture(scope="module")
def gate(platform: Platform) -> Iterator[SimpleNamespace]:
    """A signed-in client, one that is not, and a project with a dataset and an item of ten bytes."""
    with (
        wire.client(platform.api, sdk.token(platform, sdk.administrator(platform))) as api,
        wire.client(platform.url) as nobody,
    ):
        gate = SimpleNamespace(platform=platform, api=api, nobody=nobody)
        gate.authorization = f"Authorization: {api.headers['authorization']}\r\n"
        gate.project = made(api.post("/projects", json={"name": sdk.unique("Bad input")}))
        gate.dataset = made(api.post("/datasets", json={"name": "Bad", "projects": [gate.project["id"]]}))
        gate.item = made(upload(gate, wire.form("/ten.txt", CONTENT)))
        yield gate
        api.delete(f"/projects/{gate.project['id']}").raise_for_status()


def made(reply: httpx.Response) -> dict:
    assert reply.is_success, f"{reply.status_code} {reply.text}"
    return reply.json()


def upload(gate: SimpleNamespace, body: bytes, **headers: str) -> httpx.Response:
    return gate.api.post(
        f"/datasets/{gate.dataset['id']}/items?mode=skip", content=body, headers={**wire.MULTIPART, **headers}
    )


def say(gate: SimpleNamespace, words: str | bytes) -> list[wire.Answer]:
    return wire.say(gate.platform.url, words.encode() if isinstance(words, str) else words)


def problem(reply: httpx.Response | wire.Answer, *statuses: int) -> dict:
    status = reply.status_code if isinstance(reply, httpx.Response) else reply.status
    body = reply.content if isinstance(reply, httpx.Response) else reply.body
    assert status in statuses, f"{status} {body[:500]}"
    assert reply.headers["content-type"].startswith("application/problem+json"), reply.headers
    assert reply.headers["x-request-id"]
    told = json.loads(body)
    assert told["status"] == status and told["type"] and told["message"]
    return told


def documents(gate: SimpleNamespace) -> list[tuple[str, str, dict]]:
    """Every kind of operation that reads a document, with one that it takes."""
    return [
        ("POST", "/api/v1/projects", {"name": "Twice"}),
        ("PATCH", f"/api/v1/projects/{gate.project['id']}", {"name": "Twice"}),
        ("POST", "/api/v1/datasets", {"name": "Twice", "projects": [gate.project["id"]]}),
        ("PATCH", f"/api/v1/datasets/{gate.dataset['id']}", {"name": "Twice"}),
        ("PATCH", f"/api/v1/items/{gate.item['id']}", {"metadata": {"user": {"twice": True}}}),
        ("POST", f"/api/v1/datasets/{gate.dataset['id']}/query", {"filter": {}, "resource": "items"}),
        ("POST", "/api/v1/users", {"email": "twice@journeys.example", "password": "long enough 123"}),
        ("POST", "/token?default", {"username": "a@b.example", "password": "p", "type": "user_credentials"}),
    ]


def send(gate: SimpleNamespace, method: str, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
    authorization = {"authorization": gate.api.headers["authorization"]}
    return gate.nobody.request(method, path, content=body, headers={**authorization, **headers})


# Bodies


def test_unpacks_nothing(gate):
    bomb = gzip.compress(b'{"name": "' + bytes(64 << 20) + b'"}')
    for method, path, document in documents(gate):
        for coding, body in (
            ("gzip", bomb),
            ("deflate", zlib.compress(json.dumps(document).encode())),
            ("br", json.dumps(document).encode()),
            ("identity, gzip", gzip.compress(json.dumps(document).encode())),
        ):
            began = time.monotonic()
            reply = send(gate, method, path, body, {**JSON, "content-encoding": coding})
            assert "Content-Encoding" in problem(reply, 415)["message"]
            assert reply.headers["accept-encoding"] == "identity"
            assert time.monotonic() - began < QUICK
    reply = upload(gate, gzip.compress(wire.form("/packed.txt")), **{"content-encoding": "gzip"})
    assert problem(reply, 415)
    assert gate.api.get(f"/projects/{gate.project['id']}").json()["name"] == gate.project["name"]


def test_takes_a_body_that_says_it_is_not_coded(gate):
    query = json.dumps({"filter": {}, "resource": "items"}).encode()

    reply = gate.api.post(
        f"/datasets/{gate.dataset['id']}/query", content=query, headers={**JSON, "content-encoding": "identity"}
    )

    assert reply.status_code == 200


@pytest.mark.parametrize("charset", ["nonsense", "utf-7", "", "'%s'", "iso-8859-1", "utf-8"])
def test_reads_text_in_unicode_only(gate, charset):
    body = '{"name": "Größe"}'.encode("latin-1")

    reply = gate.api.post("/projects", content=body, headers={"content-type": f"application/json; charset={charset}"})

    told = problem(reply, 400, 415)
    assert "UTF-8" in told["message"]


@pytest.mark.parametrize(
    "body", [b'{"name": "\xc0\xafx"}', b'{"name": "\xed\xa0\x80x"}', b'{"name": "\\ud800x"}', b'{"name": "\xff\xfex"}']
)
def test_takes_no_text_that_is_not_text(gate, body):
    told = problem(gate.api.post("/projects", content=body, headers=JSON), 400)

    assert told["errors"][0]["field"] == "name"


def test_takes_each_key_once(gate):
    for method, path, document in documents(gate):
        for key, value in document.items():
            entry = f"{json.dumps(key)}: {json.dumps(value)}"
            others = "".join(f"{json.dumps(k)}: {json.dumps(v)}, " for k, v in document.items() if k != key)
            told = problem(send(gate, method, path, f"{{{entry}, {others}{entry}}}".encode(), JSON), 400)
            assert f'"{key}"' in told["message"], told
    nested = b'{"metadata": {"user": {"a": 1, "b": {}, "a": 2}}}'
    told = problem(gate.api.patch(f"/items/{gate.item['id']}", content=nested, headers=JSON), 400)
    assert '"a"' in told["message"]
    form = wire.form("/twice.txt", metadata='{"user": {"a": 1, "a": 2}}')
    assert problem(upload(gate, form), 400)["errors"][0]["field"] == "metadata"
    assert gate.api.get(f"/items/{gate.item['id']}").json() == gate.item


# Heads


def test_refuses_an_accept_of_100_kilobytes(gate):
    many = "application/x-none;q=0.1," * 4000
    (answer,) = say(gate, f"GET /api/v1/projects HTTP/1.1\r\nHost: gate\r\n{gate.authorization}Accept: {many}*/*\r\n\r\n")

    assert "16384" in problem(answer, 431)["message"]


def test_says_what_an_accept_of_600_types_should_be(gate):
    many = "application/x-none;q=0.1," * 600

    for path in (f"/projects/{gate.project['id']}", f"/items/{gate.item['id']}"):
        reply = gate.api.get(path, headers={"accept": many + "*/*"})
        assert "application/json" in problem(reply, 406)["message"]


@pytest.mark.parametrize(
    "head",
    [
        "".join(f"X-{number}: {number}\r\n" for number in range(5000)) + "\r\n",
        "X-Long: " + "x" * 3_000_000,
        "X: y\r\n" * 100_000,
        "X-" + "x" * 100_000 + ": y\r\n\r\n",
    ],
    ids=["many", "endless", "short ones", "long name"],
)
def test_ends_a_flood_of_headers(gate, head):
    (answer,) = say(gate, f"GET /api/v1/projects HTTP/1.1\r\nHost: gate\r\n{gate.authorization}{head}")

    assert "16384" in problem(answer, 431)["message"]


def test_ends_an_address_that_does_not(gate):
    (answer,) = say(gate, f"GET /api/v1/projects?x={'y' * 1_000_000} HTTP/1.1\r\nHost: gate\r\n\r\n")

    assert "8192" in problem(answer, 414)["message"]


def test_compares_a_thousand_tags(gate):
    for path in (f"/projects/{gate.project['id']}", f"/items/{gate.item['id']}", f"/items/{gate.item['id']}/stream"):
        tag = gate.api.get(path).headers["etag"]
        strangers = ", ".join(f'"{number}"' for number in range(1000))
        assert gate.api.get(path, headers={"if-none-match": strangers}).status_code == 200
        assert gate.api.get(path, headers={"if-none-match": f"{strangers}, {tag}"}).status_code == 304
    change = {"metadata": {"user": {"changed": True}}}
    refused = gate.api.patch(f"/items/{gate.item['id']}", json=change, headers={"if-match": strangers})
    problem(refused, 412)


@pytest.mark.parametrize("tags", ["nonsense", '"open', "W/", ";", "\\", "null", "''"])
def test_says_what_a_tag_looks_like(gate, tags):
    for path in (f"/items/{gate.item['id']}", f"/items/{gate.item['id']}/stream", f"/projects/{gate.project['id']}"):
        assert "If-None-Match" in problem(gate.api.get(path, headers={"if-none-match": tags}), 400)["message"]
    change = {"metadata": {"user": {"changed": True}}}
    for reply in (
        gate.api.patch(f"/items/{gate.item['id']}", json=change, headers={"if-match": tags}),
        gate.api.delete(f"/items/{gate.item['id']}", headers={"if-match": tags}),
    ):
        assert "If-Match" in problem(reply, 400)["message"]
    assert gate.api.get(f"/items/{gate.item['id']}").json() == gate.item


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "get"])
def test_has_no_other_methods(gate, method):
    words = f"{method} /api/v1/projects HTTP/1.1\r\nHost: gate\r\nX-Secret: echo\r\nConnection: close\r\n\r\n"
    (answer,) = say(gate, words)

    problem(answer, 400, 405)
    assert b"X-Secret" not in answer.body
    if answer.status == 405:
        assert {"GET", "POST"} <= set(answer.headers["allow"].replace(" ", "").split(","))


@pytest.mark.parametrize(
    "hosts",
    [
        "",
        "Host: a.example\r\nHost: b.example\r\n",
        "Host:\r\n",
        "Host: a b\r\n",
        "Host: evil.example/path?\r\n",
        "Host: user@evil.example\r\n",
        "Host: evil.example:99999\r\n",
        "Host: <script>\r\n",
        "Host: [::1\r\n",
    ],
)
def test_wants_one_host(gate, hosts):
    (answer,) = say(gate, f"GET /api/v1 HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n")

    assert "Host" in problem(answer, 400)["message"]


JUNK = [";;,,=", '"', "\\", "\xff\xfe", "-1", "9" * 40, "text/", "*/plain;q=7", "bytes=a-b,", "%00"]
READ = [
    "accept", "accept-charset", "accept-encoding", "accept-language", "access-control-request-method", "cache-control",
    "content-disposition", "content-language", "content-range", "content-type", "cookie", "date", "expect", "forwarded",
    "idempotency-key", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "origin",
    "prefer", "range", "referer", "te", "upgrade", "user-agent", "via", "x-forwarded-for", "x-forwarded-host",
    "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-proto", "x-request-id",
]  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_stumbles_over_no_header(gate, name):
    item, query = f"/items/{gate.item['id']}", f"/datasets/{gate.dataset['id']}/query"
    for value, (method, path, body) in itertools.product(
        JUNK,
        [("GET", item, b""), ("GET", f"{item}/stream", b""), ("POST", query, b'{"filter": {}, "resource": "items"}')],
    ):
        headers = {b"content-type": b"application/json"} if body else {}
        headers[name.encode()] = value.encode("latin-1")
        reply = gate.api.request(method, path, content=body, headers=list(headers.items()))
        assert reply.status_code < 500, f"{method} {path} {value!r}: {reply.status_code} {reply.text}"


# One request that could be read as two (RFC 9112 §6.3, §11.2)

INSIDE = "GET /api/v1/projects HTTP/1.1\r\nHost: gate\r\n\r\n"
CHUNKED = f"{len(INSIDE):x}\r\n{INSIDE}\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("lengths", "body"),
    [
        ("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", f"0\r\n\r\n{INSIDE}"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", CHUNKED),
        ("Transfer-Encoding: xchunked\r\n", CHUNKED),
        ("Transfer-Encoding: identity\r\n", INSIDE),
        ("Transfer-Encoding: chunked, identity\r\n", CHUNKED),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", CHUNKED),
        ("Transfer-Encoding: chunked, chunked\r\n", CHUNKED),
        ("Transfer-Encoding: \x0bchunked\r\n", CHUNKED),
        ("Transfer-Encoding : chunked\r\nContent-Length: 4\r\n", CHUNKED),
        ("Transfer-Encoding:\r\n chunked\r\nContent-Length: 4\r\n", CHUNKED),
        ("X: y\nTransfer-Encoding: chunked\r\n", CHUNKED),
        ("X: y\rTransfer-Encoding: chunked\r\n", CHUNKED),
        ("Content-Length: 3\r\nContent-Length: 30\r\n", INSIDE),
        ("Content-Length: 3, 30\r\n", INSIDE),
        ("Content-Length: +3\r\n", INSIDE),
        ("Content-Length: -3\r\n", INSIDE),
        ("Content-Length: 0x3\r\n", INSIDE),
        ("Content-Length: 99999999999999999999\r\n", INSIDE),
        ("Transfer-Encoding: chunked\r\n", f"zz\r\n{INSIDE}"),
        ("Transfer-Encoding: chunked\r\n", f"-1\r\n{INSIDE}"),
        ("Transfer-Encoding: chunked\r\n", f"ffffffffffffffff1\r\n{INSIDE}"),
        ("Transfer-Encoding: chunked\r\n", f"1;{'x' * 200_000}\r\n{INSIDE}"),
        ("Transfer-Encoding: chunked\r\n", "0\r\n" + "x: y\r\n" * 20_000 + "\r\n"),
    ],
    ids=lambda text: ascii(text)[1:30],
)
def test_reads_a_request_in_one_way_or_not_at_all(gate, lengths, body):
    answers = say(gate, f"POST /api/v1/projects HTTP/1.1\r\nHost: gate\r\n{gate.authorization}"
                        f"Content-Type: application/json\r\n{lengths}\r\n{body}")

    assert len(answers) == 1, answers
    problem(answers[0], 400, 414, 431)


def test_understands_no_other_transfer_encoding(gate):
    answers = say(gate, f"POST /api/v1/projects HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n{gate.authorization}"
                        "Content-Type: application/json\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")

    assert len(answers) == 1
    assert "chunked" in problem(answers[0], 400)["message"]


# The same thing again


def test_sends_the_bytes_once_however_many_ranges_overlap(gate):
    for ranges in (",".join(f"{number % 5}-{5 + number % 5}" for number in range(1000)), "0-," * 999 + "0-"):
        reply = gate.api.get(f"/items/{gate.item['id']}/stream", headers={"range": f"bytes={ranges}"})
        assert reply.status_code in (200, 416)
        assert reply.status_code == 416 or reply.content == CONTENT


def test_keeps_an_answer_from_those_who_know_its_key(gate):
    key = {"idempotency-key": f'"{secrets.token_hex(16)}"'}
    body = {"name": sdk.unique("Secret plans")}
    first = made(gate.api.post("/projects", json=body, headers=key))
    stranger = sdk.token(gate.platform, sdk.new_user(gate.platform, "thief"))

    with wire.client(gate.platform.api, stranger) as api:
        second = api.post("/projects", json={"name": sdk.unique("Mine")}, headers=key)
        same = api.post("/projects", json=body, headers=key)

    assert "idempotency-replayed" not in second.headers and "idempotency-replayed" not in same.headers
    assert first["id"] not in second.text + same.text
    assert second.status_code < 500 and same.status_code < 500
    gate.api.delete(f"/projects/{first['id']}").raise_for_status()


def test_answers_others_meanwhile(gate):
    """After all that the gate is as it was."""
    connection = http.client.HTTPConnection(gate.platform.url.removeprefix("http://"), timeout=QUICK)
    connection.request("GET", "/health")
    assert connection.getresponse().status == 200
    connection.close()
