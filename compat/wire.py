"""Requests that no well-behaved client sends: bodies that are too large, or that never end."""

import http.client
import io
import selectors
import socket
import time
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

ANSWERED_WITHIN = 30


@dataclass(frozen=True)
class Answer:
    """A reply, and how much had been sent when it came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes
    sent: int


def pour(url: str, headers: dict[str, str], body: Iterable[bytes], most: int) -> Answer:
    """Posts a chunked body until the server answers; an AssertionError when it has taken `most` bytes without a word."""
    target = urlsplit(url)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    chunks = iter(body)
    pending = (
        f"POST {target.path}?{target.query} HTTP/1.1\r\nhost: {target.netloc}\r\n{head}"
        "transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
    ).encode()
    sent = 0
    received = b""
    deadline = time.monotonic() + ANSWERED_WITHIN
    with socket.create_connection((target.hostname, target.port), timeout=ANSWERED_WITHIN) as connection:
        connection.setblocking(False)
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while True:
                assert time.monotonic() < deadline, f"no answer after {ANSWERED_WITHIN} s and {sent} bytes"
                assert sent < most, f"no answer after {sent} bytes"
                events = sum(mask for _, mask in selector.select(timeout=1))
                if events & selectors.EVENT_READ:
                    try:
                        part = connection.recv(65536)
                    except ConnectionResetError:
                        part = b""
                    received += part
                    if not part or _complete(received):
                        return _parse(received, sent)
                elif events & selectors.EVENT_WRITE:
                    if not pending:
                        pending = _next_chunk(chunks)
                        if not pending:
                            selector.modify(connection, selectors.EVENT_READ)
                            continue
                    try:
                        count = connection.send(pending)
                    except (BrokenPipeError, ConnectionResetError):
                        selector.modify(connection, selectors.EVENT_READ)
                        continue
                    pending = pending[count:]
                    sent += count


def announce(url: str, headers: dict[str, str], length: int) -> Answer:
    """Posts the head of a request that announces a body of this length, and sends nothing of it."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname, target.port, timeout=ANSWERED_WITHIN)
    try:
        connection.putrequest("POST", target.path)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("content-length", str(length))
        connection.endheaders()
        return _answer(connection.getresponse())
    finally:
        connection.close()


def get_untouched(url: str, path: str, headers: dict[str, str]) -> Answer:
    """Gets a path exactly as it is written; other clients tidy it up first."""
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.hostname, target.port, timeout=ANSWERED_WITHIN)
    try:
        connection.request("GET", path, headers=headers)
        return _answer(connection.getresponse())
    finally:
        connection.close()


def _answer(reply: http.client.HTTPResponse, sent: int = 0) -> Answer:
    return Answer(reply.status, reply.headers, reply.read(), sent)


def _next_chunk(chunks) -> bytes:
    chunk = next(chunks, None)
    if chunk is None:
        return b""
    return b"%x\r\n%b\r\n" % (len(chunk), chunk)


def _complete(received: bytes) -> bool:
    head, end, body = received.partition(b"\r\n\r\n")
    return bool(end) and (length := _length(head)) is not None and len(body) >= length


def _length(head: bytes) -> int | None:
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return int(lengths[0].split(b":")[1]) if lengths else None


def _parse(received: bytes, sent: int) -> Answer:
    assert received, f"the connection was closed without an answer after {sent} bytes"
    reply = http.client.HTTPResponse(_Received(received))
    reply.begin()
    return _answer(reply, sent)


class _Received:
    """What `http.client` reads a reply from, in place of a socket."""

    def __init__(self, received: bytes):
        self._file = io.BytesIO(received)

    def makefile(self, mode: str) -> io.BytesIO:
        return self._file


BOUNDARY = "journey"
MULTIPART = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def field(name: str, value: str) -> bytes:
    """One part of a form; `end` closes it."""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def file(content: bytes) -> bytes:
    """The part that holds the bytes."""
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode() + content + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def form(path: str, content: bytes = b"content", **fields: str) -> bytes:
    """An upload as the SDK sends it: the small parts first, the bytes last."""
    parts = [field("type", "file"), field("path", path), *(field(name, value) for name, value in fields.items())]
    return b"".join(parts) + file(content) + END


def chunked(body: bytes) -> Iterable[bytes]:
    """Makes httpx send a body without a length, as the SDK does."""
    yield body


def client(base_url: str, token: str | None = None) -> httpx.Client:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=base_url, headers=headers, timeout=30)


def say(url: str, words: bytes, within: float = 15) -> list[Answer]:
    """Writes exactly these bytes on one connection; all answers until the server closes it, which it must in time."""
    target = urlsplit(url)
    received = b""
    with socket.create_connection((target.hostname, target.port), timeout=within) as connection:
        try:
            connection.sendall(words)
        except (BrokenPipeError, ConnectionResetError):
            pass  # Refused before its end; the answer is there.
        try:
            while part := connection.recv(65536):
                received += part
        except ConnectionResetError:
            pass
        except TimeoutError:
            raise AssertionError(f"neither closed nor answered in {within} s: {received[:300]!r}") from None
    answers = []
    while received:
        head, _, _ = received.partition(b"\r\n\r\n")
        length = _length(head)
        assert head.startswith(b"HTTP/1.1 ") and length is not None, received[:300]
        whole = len(head) + 4 + length
        answers.append(_parse(received[:whole], len(words)))
        received = received[whole:]
    return answers
