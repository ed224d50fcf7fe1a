"""The same journey in JSON and in XML, with curl and nothing else: every resource is created, read, changed, listed and
deleted, and what comes of it is the same, down to the last failure."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import sdk
import xml_mapping
from platforms import Platform

pytestmark = [
    pytest.mark.one_flavour,
    pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed"),
]

UNKNOWN = "6b0183990000000000001003"
ODD = {
    "odd key": {"": True, "ümlaut": "ß & <b>", "xmlish": 1},
    "numbers": [0, -1, xml_mapping.Number("1.50"), xml_mapping.Number("12345678901234567890")],
    "texts": ["", " a ", "line\nbreak", "nul\u0000 and \\u0000", "🐑"],
    "nothing": [],
    "empty": {},
    "nested": [[[{"a": [None]}]]],
}


@dataclass(frozen=True)
class Step:
    """A request; `keep` gives members of its answer a name for the steps after it."""

    method: str
    path: str
    body: object = None
    keep: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] | None = None


def step(method: str, path: str, body: object = None, **keep: str) -> Step:
    return Step(method, path, body, keep)


PROJECT = step("POST", "/projects", {"name": "{name}"}, project="id")
DATASET = step("POST", "/datasets", {"name": "sheep", "projects": ["{project}"], "createDefaultRecipe": True}, dataset="id")
ORGANIZATION = step("POST", "/orgs", {"name": "{name}"}, org="id")
FILE = {"type": "file", "path": "/pen/dolly.txt", "metadata": '{"user": {"age": 6}}', "file": "@{file}"}

JOURNEYS: dict[str, list[Step]] = {
    "projects": [
        PROJECT,
        step("POST", "/projects", {"name": "{name}"}),
        step("POST", "/projects", {"name": "<{name}>"}),
        step("GET", "/projects/{project}"),
        step("PATCH", "/projects/{project}", {"name": "{name} changed"}),
        step("GET", "/projects"),
        step("GET", "/projects/{name} changed/name"),
        step("DELETE", "/projects/{project}"),
        step("GET", "/projects/{project}"),
    ],
    "members": [
        PROJECT,
        step("POST", "/projects/{project}/members/{guest}", {"role": "annotator"}),
        step("POST", "/projects/{project}/members/{guest}", {"role": "king"}),
        step("PATCH", "/projects/{project}/members/{guest}", {"role": "engineer"}),
        step("GET", "/projects/{project}/members"),
        step("DELETE", "/projects/{project}/members/{guest}"),
        step("DELETE", "/projects/{project}/members/{guest}"),
        step("DELETE", "/projects/{project}"),
    ],
    "datasets": [
        PROJECT,
        DATASET,
        step("POST", "/datasets", {"name": "", "projects": ["{project}"]}),
        step("GET", "/datasets/{dataset}", recipe="metadata.system.recipes.0"),
        step("GET", "/recipes/{recipe}"),
        step("PATCH", "/datasets/{dataset}", {"name": "lambs", "metadata": {"user": ODD}}),
        step("PATCH", "/datasets/{dataset}", {"metadata": {"user": {"empty": None, "odd key": {"": None}}}}),
        step("GET", "/datasets?name=lambs"),
        step("POST", "/datasets/query", {"filter": {"name": "lam*"}}),
        step("DELETE", "/datasets/{dataset}"),
        step("GET", "/datasets/{dataset}"),
        step("DELETE", "/projects/{project}"),
    ],
    "items": [
        PROJECT,
        DATASET,
        Step("POST", "/datasets/{dataset}/items", form=FILE, keep={"item": "id"}),
        Step("POST", "/datasets/{dataset}/items", form=FILE),
        Step("POST", "/datasets/{dataset}/items", form=FILE | {"path": "/../dolly.txt"}),
        step("POST", "/datasets/{dataset}/items", {"type": "dir", "path": "/meadow"}, folder="id"),
        step("GET", "/items/{item}"),
        step("PATCH", "/items/{item}", {"metadata": {"user": ODD}, "description": "white"}),
        step("PATCH", "/items/{item}", {"metadata": {"user": {"empty": None, "age": 7}}, "filename": "/meadow/dolly.txt"}),
        step("PATCH", "/items/{item}", {"metadata": []}),
        step("GET", "/datasets/{dataset}/items?pageSize=10"),
        step("GET", "/datasets/{dataset}/directoryTree"),
        step("POST", "/datasets/{dataset}/query", {"filter": {"metadata.user.age": {"$in": [6, 7]}}, "sort": {"id": "ascending"}}),
        step("POST", "/datasets/{dataset}/query", {"filter": {"name": {"$regex": "dolly"}}}),
        step("POST", "/datasets/{dataset}/query", {"filter": {}, "update": {"metadata": {"user": {"seen": True}}}}),
        step("POST", "/datasets/{dataset}/items/collections", {"name": "white"}),
        step("GET", "/datasets/{dataset}/items/collections"),
        step("POST", "/datasets/{dataset}/items/collections", {"name": "a/b"}),
        step("PUT", "/datasets/{dataset}/items/{folder}", ["{item}"]),
        step("DELETE", "/items/{item}"),
        step("GET", "/items/{item}"),
        step("DELETE", "/projects/{project}"),
    ],
    "users": [
        step("POST", "/users", {"email": "{mail}", "password": "long enough 1", "firstName": "A", "lastName": "B"}),
        step("POST", "/users", {"email": "no address", "password": "", "firstName": "A", "lastName": "B"}),
        step("GET", "/users/{mail}"),
        step("PATCH", "/users/{mail}", {"firstName": "Ann"}),
        step("GET", "/users?email={mail}"),
        step("DELETE", "/users/{mail}"),
        step("GET", "/users/{mail}"),
    ],
    "organizations": [
        ORGANIZATION,
        step("POST", "/orgs", {"name": ""}),
        step("GET", "/orgs/{org}"),
        step("PATCH", "/orgs/{org}", {"name": "{name} changed"}),
        step("GET", "/orgs"),
        step("POST", "/orgs/{org}/members", {"emails": ["{guest}"], "role": "member"}),
        step("PATCH", "/orgs/{org}/members", {"email": "{guest}", "role": "worker"}),
        step("GET", "/orgs/{org}/members"),
        step("DELETE", "/orgs/{org}/members/{guest}"),
        step("DELETE", "/orgs/{org}"),
        step("GET", "/orgs/{org}"),
    ],
    "groups": [
        ORGANIZATION,
        step("POST", "/groups", {"name": "painters", "orgId": "{org}"}, group="id"),
        step("POST", "/groups", {"name": "painters"}),
        step("GET", "/groups/{group}"),
        step("PATCH", "/groups/{group}", {"name": "drawers"}),
        step("GET", "/orgs/{org}/groups"),
        step("GET", "/groups/{group}/members"),
        step("DELETE", "/groups/{group}"),
        step("GET", "/groups/{group}"),
        step("DELETE", "/orgs/{org}"),
    ],
    "API keys": [
        step("POST", "/apiKeys", {"name": "night", "scopes": ["items:read"]}, key="id"),
        step("POST", "/apiKeys", {"name": "night", "scopes": ["everything"]}),
        step("GET", "/apiKeys/{key}"),
        step("GET", "/apiKeys"),
        step("DELETE", "/apiKeys/{key}"),
        step("GET", "/apiKeys/{key}"),
    ],
    "bots": [
        PROJECT,
        step("POST", "/projects/{project}/bots", {"name": "robot", "role": "engineer"}, bot="id"),
        step("POST", "/projects/{project}/bots", {"name": "robot", "role": "king"}),
        step("GET", "/projects/{project}/bots/{bot}"),
        step("POST", "/projects/{project}/bots/{bot}/rotate"),
        step("GET", "/projects/{project}/bots"),
        step("DELETE", "/projects/{project}/bots/{bot}"),
        step("GET", "/projects/{project}/bots/{bot}"),
        step("DELETE", "/projects/{project}"),
    ],
}


class Traveller:
    """One who makes journeys in one form, and remembers what came of each step."""

    def __init__(self, platform: Platform, form: str, folder: Path):
        users = {"administrator": sdk.administrator(platform), "me": sdk.new_user(platform, "traveller")}
        self.api = platform.api
        self.form = form
        self.tokens = {who: sdk.token(platform, user) for who, user in users.items()}
        file = folder / "dolly.txt"
        file.write_text("any bytes")
        name = sdk.unique("journey")
        guest = sdk.new_user(platform, "guest").email
        self.known = {"name": name, "mail": f"{name.replace(' ', '-')}@journeys.example", "guest": guest, "file": str(file)}
        self._own = {user.email: who for who, user in users.items()}
        self._own |= {self.known["mail"]: "mail", guest: "guest", name: "name"}

    def make(self, journey: Iterable[Step], who: str) -> list[tuple]:
        return self._anonymous([self._take(each, self.tokens[who]) for each in journey])

    def _take(self, each: Step, token: str) -> tuple:
        path = self._filled(each.path).replace(" ", "%20")
        command = ["curl", "-sS", "-X", each.method, "-H", f"Authorization: Bearer {token}"]
        command += ["-H", f"Accept: {self.form}", "-w", "\n%{http_code} %{content_type}"]
        sent = None
        if each.form:
            command += [part for name, value in each.form.items() for part in ("-F", f"{name}={self._filled(value)}")]
        elif each.body is not None:
            body = self._filled(each.body)
            sent = xml_mapping.to_xml(body) if self.form == "application/xml" else _json(body)
            command += ["-H", f"Content-Type: {self.form}", "--data-binary", "@-"]
        done = subprocess.run([*command, self.api + path], input=sent, capture_output=True, timeout=60, check=True)
        received, _, said = done.stdout.decode().rpartition("\n")
        status, _, content_type = said.partition(" ")
        answer = self._read(received, content_type) if received else None
        for name, place in each.keep.items():
            self.known[name] = _at(answer, place)
        return each.method, each.path, int(status), answer

    def _read(self, received: str, content_type: str) -> object:
        """What was answered, in the form that was asked for, failures as well."""
        _, _, name = self.form.partition("/")
        assert content_type.partition(";")[0] in (self.form, f"application/problem+{name}"), f"{content_type}: {received}"
        return xml_mapping.of_xml(received) if name == "xml" else xml_mapping.of_json(received)

    def _filled(self, body: object) -> object:
        match body:
            case dict():
                return {key: self._filled(value) for key, value in body.items()}
            case list():
                return [self._filled(value) for value in body]
            case str() if type(body) is str:
                return re.sub(r"\{(\w+)\}", lambda found: self.known.get(found[1], found[0]), body)
            case _:
                return body

    def _anonymous(self, answers: object) -> object:
        """Without what is never twice the same: ids, times, names, addresses, secrets."""
        seen: dict[str, str] = {}

        def text(value: str) -> str:
            for own, name in self._own.items():
                value = value.replace(own, name)
            value = re.sub(r"bot-[\w.-]+@[\w.-]+", "a bot", value)
            value = re.sub(r"[0-9a-f]{24}", lambda found: seen.setdefault(found[0], f"id {len(seen)}"), value)
            return re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "a time", value)

        def plain(value: object, key: str = "") -> object:
            match value:
                case dict():
                    return {text(name): plain(member, name) for name, member in value.items()}
                case list() | tuple():
                    return [plain(entry) for entry in value]
                case xml_mapping.Number():
                    return "a time" if re.fullmatch(r"1\d{12}", value) else ("number", str(value))
                case str():
                    return "a secret" if key in ("jwt", "secret") else text(value)
                case _:
                    return value

        return plain(answers)


def _json(body: object) -> bytes:
    """JSON with numbers as they are written."""
    match body:
        case dict():
            return b"{" + b",".join(_json(key) + b":" + _json(value) for key, value in body.items()) + b"}"
        case list():
            return b"[" + b",".join(map(_json, body)) + b"]"
        case xml_mapping.Number():
            return body.encode()
        case _:
            return xml_mapping.json.dumps(body).encode()


def _at(answer: object, place: str) -> str:
    for part in place.split("."):
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer


@pytest.fixture(scope="module")
def travellers(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> list[Traveller]:
    folder = tmp_path_factory.mktemp("journey")
    return [Traveller(platform, form, folder) for form in ("application/json", "application/xml")]


@pytest.mark.parametrize("resource", JOURNEYS)
def test_goes_the_same_way_in_json_and_in_xml(travellers, resource):
    who = "administrator" if resource == "users" else "me"

    in_json, in_xml = (traveller.make(JOURNEYS[resource], who) for traveller in travellers)

    for step_in_json, step_in_xml in zip(in_json, in_xml, strict=True):
        assert step_in_json == step_in_xml
    statuses = {status for _, _, status, _ in in_json}
    assert statuses >= {200, 404} and max(statuses) < 500, in_json


def test_finds_out_where_the_two_would_differ():
    assert xml_mapping.of_xml(xml_mapping.to_xml(ODD).decode()) == xml_mapping.of_json(_json(ODD).decode())
