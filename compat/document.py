"""The OpenAPI document of a platform, and whether an answer is one that it describes."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

import httpx
import jsonschema
import referencing
import referencing.jsonschema

from representations import from_xml

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
        resource = referencing.Resource.from_contents(raw, referencing.jsonschema.DRAFT202012)
        self._registry = referencing.Registry().with_resource(ADDRESS, resource)
        self._validators = {}

    @classmethod
    def of(cls, gate: str) -> "Document":
        reply = httpx.get(f"{gate}/api/v1/docs/openapi.json", timeout=60)
        assert reply.status_code == 200, reply.text
        document = reply.json()
        assert "Not complete" not in document["info"]["description"], document["info"]["description"]
        return cls(document)

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
            self._validators[key] = jsonschema.Draft202012Validator(absolute, registry=self._registry)
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
            value = from_xml(body)
        else:
            return []
        errors = self.validator(schema).iter_errors(value)
        return [f"{error.json_path} {error.message[:300]}" for error in errors]
