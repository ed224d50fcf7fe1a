"""The OpenAPI document of a platform, and whether an answer is one that it describes."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

import httpx
import jsonschema_rs
import requests

from xml_mapping import in_json, of_xml

METHODS = ("get", "put", "post", "patch", "delete")
ADDRESS = "urn:document"
ALIAS = ("/api/users", "/api/v1/users")


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    raw: dict

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @cached_property
    def pattern(self) -> re.Pattern:
        segments = (re.escape(part) if i % 2 == 0 else "[^/]+" for i, part in enumerate(re.split(r"\{(\w+)\}", self.path)))
        return re.compile("".join(segments))


class Document:
    def __init__(self, raw: dict):
        self.raw = raw
        self.operations = [
            Operation(method, path, item[method]) for path, item in raw["paths"].items() for method in METHODS if method in item
        ]
        self._registry = jsonschema_rs.Registry([(ADDRESS, raw)], draft=jsonschema_rs.Draft202012)
        self._validators = {}

    @classmethod
    def of(cls, gate: str, client=httpx) -> "Document":
        reply = client.get(f"{gate}/api/v1/docs/openapi.json", timeout=60)
        assert reply.status_code == 200, reply.text
        document = reply.json()
        assert "Not complete" not in document["info"]["description"], document["info"]["description"]
        return cls(document)

    @classmethod
    def whole(cls, gate: str, client=httpx, seconds: float = 120) -> "Document":
        """A service makes its part when it is first asked; a busy machine's is left out until it has."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                return cls.of(gate, client)
            except (AssertionError, httpx.HTTPError):
                if time.monotonic() > deadline:
                    raise
            time.sleep(1)

    def resolve(self, node: dict) -> dict:
        while "$ref" in node:
            target = self.raw
            for key in node["$ref"].removeprefix("#/").split("/"):
                target = target[key.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def find(self, method: str, path: str) -> Operation | None:
        """Of several paths that fit, that with the fewest variables."""
        path = re.sub("/{2,}", "/", path)
        if path.startswith(ALIAS[0]):
            path = path.replace(*ALIAS, 1)
        fitting = [o for o in self.operations if o.method == method.lower() and o.pattern.fullmatch(path)]
        return min(fitting, key=lambda o: o.path.count("{"), default=None)

    def validator(self, schema: dict):
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            absolute = json.loads(key.replace('"#/', f'"{ADDRESS}#/'))
            self._validators[key] = jsonschema_rs.Draft202012Validator(absolute, registry=self._registry)
        return self._validators[key]

    def objections(self, method: str, url: str, status: int, headers, body: bytes | None) -> list[str]:
        """What about an answer the document does not say; `body` is None where it was not read."""
        path = urlsplit(url).path
        operation = self.find("GET" if method == "HEAD" else method, path)
        if operation is None:
            return []
        where = f"{operation.name} answered {status}"
        answers = operation.raw["responses"]
        if str(status) not in answers:
            return [f"{where}, which is not documented"]
        answer = self.resolve(answers[str(status)])
        missing = [
            f"{where} without {name}"
            for name, header in answer.get("headers", {}).items()
            if self.resolve(header).get("required") and name.lower() not in {given.lower() for given in headers}
        ]
        content = answer.get("content", {})
        form = (headers.get("content-type") or "").split(";")[0].strip().lower()
        if method == "HEAD" or not form:
            return missing
        described = content.get(form) or content.get("*/*")
        if described is None:
            return missing + [f"{where} in {form}, which is not documented"]
        return missing + [f"{where}: {why}" for why in self._unfit(form, described.get("schema"), body)]

    def _unfit(self, form: str, schema: dict | None, body: bytes | None) -> list[str]:
        if not body or not schema:
            return []
        if form.endswith("json") and form != "application/x-ndjson":
            value = json.loads(body)
        elif form.endswith("xml"):
            value = in_json(of_xml(body))
        else:
            return []
        return list(self.errors(schema, value))

    def errors(self, schema: dict, value) -> Iterator[str]:
        for error in self.validator(schema).iter_errors(value):
            yield f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"


class Watch:
    """Holds every answer that the clients of this process get from a gate against its document."""

    def __init__(self):
        self.gate: str | None = None
        self.objections: list[str] = []
        self._document: Document | None = None

    @contextmanager
    def on(self) -> Iterator["Watch"]:
        """Around what sends, not inside of it: the SDK and the clients are what they are."""
        sends = requests.Session.send, httpx.Client.send

        def by_requests(session, request, **options):
            reply = sends[0](session, request, **options)
            self._look(request.method, request.url, reply, None if options.get("stream") else reply.content)
            return reply

        def by_httpx(client, request, **options):
            reply = sends[1](client, request, **options)
            self._look(request.method, str(request.url), reply, None if options.get("stream") else reply.content)
            return reply

        requests.Session.send, httpx.Client.send = by_requests, by_httpx
        try:
            yield self
        finally:
            requests.Session.send, httpx.Client.send = sends

    def _look(self, method: str, url: str, reply, body: bytes | None) -> None:
        if not self.gate or not url.startswith(f"{self.gate}/") or "/docs/openapi.json" in url:
            return
        if self._document is None:
            try:
                self._document = Document.of(self.gate)
            except (AssertionError, httpx.HTTPError):
                # While a service is down its part is missing, and what it answers cannot be known.
                return
        self.objections += self._document.objections(method, url, reply.status_code, reply.headers, body)
