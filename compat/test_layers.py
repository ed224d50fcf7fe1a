"""Through nginx, which ends TLS, to two gateways in turn, one of them in front of the other: nothing is different."""

import contextlib
import hashlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest

import sdk
import wire
from document import Document
from layers import Gateway, Layered

pytestmark = pytest.mark.one_flavour

GIGABYTE = 1 << 30
PIECE = bytes(range(256)) * 4096


@pytest.fixture(scope="module")
def gate(layered: Layered) -> Iterator[SimpleNamespace]:
    with (
        wire.client(layered.api, sdk.token(layered, sdk.administrator(layered))) as api,
        wire.client(layered.url) as nobody,
    ):
        project = api.post("/projects", json={"name": sdk.unique("Layers")}).raise_for_status().json()
        dataset = api.post("/datasets", json={"name": "D", "projects": [project["id"]]}).raise_for_status().json()
        yield SimpleNamespace(layered=layered, api=api, nobody=nobody, project=project, dataset=dataset)
        api.delete(f"/projects/{project['id']}").raise_for_status()


@pytest.fixture(scope="module")
def gateway(layered: Layered) -> Iterator[Gateway]:
    """A gateway to be stopped; who is connected from 127.0.0.1 is no proxy that it trusts."""
    gateway = Gateway(layered.backend, layered.folder, "--sluice.trusted-proxies=192.0.2.0/24")
    try:
        gateway.wait_until_up()
        yield gateway
    finally:
        gateway.discard()


def twice(ask) -> list:
    """What both gateways say: nginx asks them in turn."""
    return [ask() for _ in range(2)]


# The address that nginx was asked for


def test_links_start_with_the_address_that_nginx_was_asked_for(gate):
    for root in twice(lambda: gate.nobody.get("/api/v1").raise_for_status().json()):
        assert all(link["href"].startswith(gate.layered.url + "/") for link in root.values())
    for project in twice(lambda: gate.api.get(f"/projects/{gate.project['id']}")):
        assert project.json()["url"] == f"{gate.layered.api}/projects/{gate.project['id']}"
        assert f"<{gate.layered.api}/projects/{gate.project['id']}>; rel=\"self\"" in project.headers["link"]
    for document in twice(lambda: Document.whole(gate.layered.url, gate.nobody).raw):
        assert document["servers"][0]["url"] == gate.layered.url


def test_what_is_made_lies_below_that_address_too(gate):
    for user in twice(lambda: gate.api.post("/users", json=a_user())):
        assert user.headers["location"].startswith(f"{gate.layered.api}/users/")
    for docs in twice(lambda: gate.nobody.get("/api/v1/docs/")):
        assert docs.headers["location"] == f"{gate.layered.api}/docs"


def a_user() -> dict:
    email = f"{sdk.unique('layered').replace(' ', '-')}@journeys.example"
    return {"email": email, "password": "long enough 123", "firstName": "A", "lastName": "B"}


def test_what_a_client_makes_up_reaches_nobody(gate):
    made_up = {
        "forwarded": "for=198.51.100.1;host=evil.example;proto=http",
        "x-forwarded-host": "evil.example",
        "x-forwarded-port": "81",
        "x-forwarded-prefix": "/evil",
    }

    for root in twice(lambda: gate.nobody.get("/api/v1", headers=made_up).json()):
        assert root["self"]["href"] == gate.layered.api


def test_a_gateway_believes_no_proxy_that_it_was_not_told_of(gateway):
    made_up = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-for": "198.51.100.1"}

    root = httpx.get(f"{gateway.url}/api/v1", headers=made_up, timeout=60).json()

    assert root["self"]["href"] == f"{gateway.url}/api/v1"
    # The line is written when the answer is on its way.
    until = time.monotonic() + 20
    while "/api/v1 200" not in gateway.log.read_text():
        assert time.monotonic() < until, gateway.log.read_text()
        time.sleep(0.1)
    assert "from=127.0.0.1" in gateway.log.read_text()
    assert "198.51.100.1" not in gateway.log.read_text()


# Signing in, with one gateway and then the other


def test_signs_a_person_in_on_the_page_whichever_gateway_answers(gate):
    callback = "http://127.0.0.1:9/callback"
    with httpx.Client(base_url=gate.layered.url, timeout=30) as browser:
        page = browser.get("/login", params={"callback": callback}).raise_for_status()
        cookies = page.headers.get_list("set-cookie")
        assert all("Secure" in cookie and cookie.startswith("__Host-") for cookie in cookies)
        assert cookies


def test_a_token_is_good_at_every_gateway(gate):
    assert [reply.status_code for reply in twice(lambda: gate.api.get("/users/me"))] == [200, 200]
    assert {reply.json()["email"] for reply in twice(lambda: gate.api.get("/users/me"))} == {gate.layered.admin_email}


# Bytes


def test_a_gigabyte_streams_through_all_layers(gate):
    sent = hashlib.sha256()
    head, tail = wire.form("/gigabyte.bin", b"").split(b"\r\n\r\n\r\n")

    def body() -> Iterator[bytes]:
        yield head + b"\r\n\r\n"
        for _ in range(GIGABYTE // len(PIECE)):
            sent.update(PIECE)
            yield PIECE
        yield b"\r\n" + tail

    item = gate.api.post(
        f"/datasets/{gate.dataset['id']}/items?mode=skip", content=body(), headers=wire.MULTIPART, timeout=300
    )

    assert item.status_code == 201, item.text
    assert item.json()["metadata"]["system"]["size"] == GIGABYTE
    stream = item.json()["stream"]
    assert stream.startswith(gate.layered.api)
    for described in twice(lambda: gate.api.head(stream)):
        assert described.headers["content-length"] == str(GIGABYTE)
        assert sent.hexdigest() in described.headers["etag"]
    for first in (0, GIGABYTE - 64 * len(PIECE)):
        part = gate.api.get(stream, headers={"range": f"bytes={first}-{first + 64 * len(PIECE) - 1}"})
        assert (part.status_code, part.content == PIECE * 64) == (206, True)
    gate.api.delete(f"/items/{item.json()['id']}").raise_for_status()


def test_a_client_that_asks_first_is_told_to_go_on(gate):
    for number in range(2):
        body = wire.form(f"/asks-first-{number}.txt")
        with tls(gate) as connection:
            connection.sendall(
                (
                    f"POST /api/v1/datasets/{gate.dataset['id']}/items?mode=skip HTTP/1.1\r\n"
                    f"Host: localhost:{gate.layered.port}\r\nAuthorization: {gate.api.headers['authorization']}\r\n"
                    f"Content-Type: {wire.MULTIPART['content-type']}\r\nContent-Length: {len(body)}\r\n"
                    "Expect: 100-continue\r\nConnection: close\r\n\r\n"
                ).encode()
            )
            assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
            connection.sendall(body)
            assert connection.recv(65536).startswith(b"HTTP/1.1 201 ")


def tls(gate: SimpleNamespace) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(gate.layered.authority))
    plain = socket.create_connection(("localhost", gate.layered.port), timeout=30)
    return context.wrap_socket(plain, server_hostname="localhost")


# What goes wrong


def test_problems_arrive_as_the_gateway_wrote_them(gate):
    for reply in twice(lambda: gate.nobody.get("/api/v1/projects")):
        assert reply.status_code == 401
        assert reply.headers["content-type"].startswith("application/problem+json")
        assert reply.headers["www-authenticate"].startswith("Bearer")
    for reply in twice(lambda: gate.api.get("/projects/6b0183990000000000001003")):
        assert (reply.status_code, reply.json()["status"]) == (404, 404)


# Stopping a gateway


def test_a_stopping_gateway_finishes_what_it_began(gateway, gate):
    form = wire.form("/slow.txt", b"y" * 4000)
    first, rest = form[:2000], form[2000:]
    begun, stopped, halves = threading.Event(), threading.Event(), []

    def slowly() -> Iterator[bytes]:
        yield first
        begun.set()
        assert stopped.wait(60)
        for start in range(0, len(rest), 500):
            yield rest[start : start + 500]
            time.sleep(0.1)

    def upload() -> None:
        halves.append(
            httpx.post(
                f"{gateway.url}/api/v1/datasets/{gate.dataset['id']}/items?mode=skip",
                content=slowly(),
                headers={"authorization": gate.api.headers["authorization"], **wire.MULTIPART},
                timeout=60,
            )
        )

    uploading = threading.Thread(target=upload)
    uploading.start()
    assert begun.wait(30)
    # Connected before, and asking again: it is told, if not hung up on, that this is over.
    kept = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    assert ask_health(kept) == (200, None)
    gateway.terminate()
    wait_until(lambda: not takes_connections(gateway))
    assert ask_health(kept) in ((503, "close"), None)
    stopped.set()
    uploading.join(60)

    assert [reply.status_code for reply in halves] == [201]
    item = halves[0].json()["id"]
    assert gate.api.get(f"/items/{item}/stream").content == b"y" * 4000
    assert gateway.process.wait(30) in (0, 143)


def ask_health(connection: http.client.HTTPConnection) -> tuple[int, str | None] | None:
    """The status and `Connection`; None when nobody answers on that connection."""
    try:
        connection.request("GET", "/health")
        reply = connection.getresponse()
        reply.read()
        return reply.status, reply.headers["connection"]
    except (OSError, http.client.HTTPException):
        return None


def takes_connections(gateway: Gateway) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", gateway.port), timeout=5):
        return True
    return False


def wait_until(condition) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
