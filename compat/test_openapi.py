"""The API document: complete, true, and every example in it works."""

import json
import re
import secrets
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import openapi_spec_validator
import pytest

import chromium
import sdk
import wire
from document import ALIAS, Document, Operation
from platforms import REPOSITORY, Platform

PASSWORD = "correct horse battery"
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data"
# Nothing locks a dataset yet, so there is none that could be unlocked; a text has no thumbnail; the bytes of a model do not
# stand in a document; a model that classifies makes no vectors; no model is trained.
NOT_YET = {
    ("PATCH /api/v1/datasets/{datasetId}/unlock", 400),
    ("GET /api/v1/datasets/{datasetId}/items/{itemId}/thumbnail", 404),
    ("GET /api/v1/items/{itemId}/thumbnail", 404),
    ("PUT /api/v1/ml/models/{modelId}/artifact", 400),
    ("POST /api/v1/ml/models/{modelId}/embed", 422),
    ("POST /api/v1/ml/models/{modelId}/train", 422),
}
RUNNABLE = REPOSITORY / "model-service" / "src" / "test" / "models" / "letters.onnx"
OF_FILES = {"input": {"kind": "bytes", "begin": 4, "end": 0}}
ORDER = ["get", "post", "put", "patch", "delete"]


pytestmark = pytest.mark.one_flavour


@pytest.fixture(scope="module")
def document(platform: Platform) -> Document:
    return Document.whole(platform.url)


# Complete


def test_is_openapi_without_a_fault(document):
    openapi_spec_validator.OpenAPIV31SpecValidator(document.raw).validate()
    assert document.raw["openapi"].startswith("3.1.")


def test_keeps_the_rules_of_the_house(document):
    assert not list(faults(document))


def faults(document: Document) -> Iterator[str]:
    """What a linter would object to; ours, because those that can be had from PyPI check no more than the standard."""
    tags = {tag["name"] for tag in document.raw["tags"] if tag.get("description")}
    ids = [operation.raw.get("operationId") for operation in document.operations]
    for operation in document.operations:
        raw, name = operation.raw, operation.name
        if not raw.get("summary") or raw["summary"].endswith("."):
            yield f"{name} has no summary, or a sentence for one"
        if not raw.get("operationId") or ids.count(raw["operationId"]) > 1:
            yield f"{name} has no id of its own: {raw.get('operationId')}"
        if not raw.get("x-permission") or "**Permission**: " not in raw.get("description", ""):
            yield f"{name} does not say whom it answers"
        if not set(raw.get("tags", [])) & tags:
            yield f"{name} is in no chapter"
        yield from faults_of_request(document, operation)
        yield from faults_of_answers(document, operation)
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(document.raw))):
        try:
            document.resolve({"$ref": reference})
        except KeyError:
            yield f"{reference} leads nowhere"


def faults_of_request(document: Document, operation: Operation) -> Iterator[str]:
    variables = set(re.findall(r"\{(\w+)\}", operation.path))
    parameters = operation.raw.get("parameters", [])
    if {parameter["name"] for parameter in parameters if parameter["in"] == "path"} != variables:
        yield f"{operation.name} has other variables than parameters"
    for parameter in parameters:
        if not parameter.get("description") or not parameter.get("schema"):
            yield f"{operation.name} does not describe {parameter['name']}"
        if parameter["in"] != "query" and "example" not in parameter:
            yield f"{operation.name} has no example of {parameter['name']}"
    body = operation.raw.get("requestBody")
    if body:
        for form, content in body["content"].items():
            if "schema" not in content:
                yield f"{operation.name} does not describe its {form}"
            if "example" not in content and form != "application/xml":
                yield f"{operation.name} has no example of its {form}"
            elif "example" in content and "schema" in content:
                errors = document.errors(content["schema"], content["example"])
                yield from (f"{operation.name}, example: {error}" for error in errors)


def faults_of_answers(document: Document, operation: Operation) -> Iterator[str]:
    answers = operation.raw["responses"]
    if "default" in answers or not any(status[0] in "23" for status in answers):
        yield f"{operation.name} does not say what is answered"
    if not {"400", "429", "500"} <= answers.keys():
        yield f"{operation.name} does not say what may go wrong"
    if operation.raw["x-permission"] != ["anybody"] and not {"401", "403"} <= answers.keys():
        yield f"{operation.name} does not say what strangers get"
    for status, reference in answers.items():
        answer = document.resolve(reference)
        if not answer.get("description"):
            yield f"{operation.name} does not describe its {status}"
        if any("schema" not in content for content in answer.get("content", {}).values()):
            yield f"{operation.name} does not describe the body of its {status}"


# True


def test_describes_what_runs_and_nothing_else(document):
    """The table of rights is the code's own (a test of the launcher), so it knows every operation."""
    table = (REPOSITORY / "docs" / "permissions.md").read_text()
    rows = re.findall(r"^\| `([A-Z]+ (/\S+))` \| (.*?) \| (.*?) \|$", table, re.MULTILINE)
    running = {name: needs for name, path, needs, _ in rows if not path.startswith(("/internal/", ALIAS[0]))}
    aliases = {name.replace(*ALIAS) for name, path, _, _ in rows if path.startswith(ALIAS[0])}

    assert {operation.name for operation in document.operations} == running.keys()
    assert aliases <= running.keys()
    for operation in document.operations:
        needed = re.split("; to change: ", running[operation.name])
        if needed != ["–"]:
            assert operation.raw["x-permission"] == [need.replace(" ", "-") for need in needed], operation.name


# Every example is sent


@pytest.fixture(scope="module")
def things(platform: Platform) -> Iterator[SimpleNamespace]:
    """Somebody's things, and by what of theirs the words of the examples are replaced."""
    mark = secrets.token_hex(4)
    people = {name: f"{name}-{mark}@example.org" for name in ("maker", "ann", "bob", "cat", "dan", "eve", "fay")}
    administrator = wire.client(platform.url, sdk.token(platform, sdk.administrator(platform)))
    users = ("maker", "ann", "dan", "eve", "fay")
    for name in users:
        ok(administrator.post("/api/v1/users", json={"email": people[name], "password": PASSWORD}))
    tokens = {name: sdk.token(platform, sdk.User(people[name], PASSWORD)) for name in users}
    maker, ann, dan, eve = (wire.client(platform.url, tokens[name]) for name in users[:4])
    api = "/api/v1"

    def make(at: str, /, **body) -> dict:
        return ok(maker.post(api + at, json=body))

    org = make("/orgs", name="Organization")
    ok(maker.post(f"{api}/orgs/{org['id']}/members", json={"emails": [people["ann"]], "role": "member"}))
    group, subgroup = (make("/groups", name=name, orgId=org["id"]) for name in ("Group", "Subgroup"))
    project = make("/projects", name="Project")
    ok(maker.patch(f"{api}/projects/{project['id']}/org", json={"org_id": org["id"]}))
    dataset = make("/datasets", name="Dataset", projects=[project["id"]])
    ontology = make("/ontologies", projectIds=[project["id"]])["id"]
    folder = make(f"/datasets/{dataset['id']}/items", type="dir", path="/folder")

    def upload(path: str) -> dict:
        body = wire.form(path, b"0123456789")
        return ok(maker.post(f"{api}/datasets/{dataset['id']}/items", content=body, headers=wire.MULTIPART))

    accepted = maker.post(
        f"{api}/datasets/{dataset['id']}/query",
        json={"filter": {"type": "none"}, "update": {}},
        headers={"prefer": "respond-async"},
    )
    one = upload("/one.txt")
    exported = make(f"/datasets/{dataset['id']}/export/v3", mode="full")
    annotations = [make(f"/items/{one['id']}/annotations", type="class", label="sheep")["id"] for _ in range(3)]
    feature_set = make("/features/sets", name="Set", type="test", entityType="item", size=3, project=project["id"])[0]["id"]
    vector = make("/features/vectors", featureSetId=feature_set, entityId=one["id"], value=[1, 2, 3])[0]["id"]
    model = make("/ml/models", name="sheep-or-goat", projectId=project["id"], labels=["sheep", "goat"], configuration=OF_FILES)["id"]
    ok(maker.put(f"{api}/ml/models/{model}/artifact", content=RUNNABLE.read_bytes()))
    make(f"/ml/models/{model}/deploy")
    execution = make(f"/ml/models/{model}/predict", input={"itemIds": [one["id"]]})
    context = {"project": project["id"]}
    make("/app-registry", name="letters", version="0.9.0", context=context)
    app = make("/apps", name="First", projectId=project["id"], dpkName="letters")["id"]
    dpk = make("/app-registry", name="not-installed", version="1.0.0", context=context)["id"]
    point = {"modelId": model, "figure": "loss", "data": {"x": 1, "y": 2}}
    ok(maker.post(f"{api}/ml/metrics/publish", json=[point]))
    bot = make(f"/projects/{project['id']}/bots", name="robot")
    sdk.SECRETS.add(bot["secret"])
    key = ok(ann.post(f"{api}/apiKeys", json={"name": "key"}))
    sdk.SECRETS.add(key["jwt"])
    session = ok(dan.get(f"{api}/users/me/sessions"))[0]
    dan = wire.client(platform.url, sdk.token(platform, sdk.User(people["dan"], PASSWORD)))
    ids = {
        "orgId": org["id"],
        "groupId": group["id"],
        "subGroupId": subgroup["id"],
        "projectId": project["id"],
        "projectName": "Project",
        "datasetId": dataset["id"],
        "recipeId": make("/recipes", projectIds=[project["id"]], ontologyIds=[ontology])["id"],
        "ontologyId": ontology,
        "labelId": ok(maker.post(f"{api}/ontologies/{ontology}/labels", json=[{"tag": "gull"}]))[0]["id"],
        "attributeId": make(f"/ontologies/{ontology}/attributes", key="sex", type="freeText")["id"],
        "structureId": make(f"/ontologies/{ontology}/structures", name="neck", order=[], arcs=[])["id"],
        "directoryId": folder["id"],
        "itemId": one["id"],
        "annotationId": annotations.pop(),
        "modelId": model,
        "serviceId": model,
        "executionId": execution["id"],
        "metricId": make("/ml/metrics/query", filter={"modelId": model})["items"][0]["id"],
        "version": "1",
        "dpkId": dpk,
        "dpkName": "letters",
        "dpkVersion": "1.0.0",
        "appId": app,
        "featureSetId": feature_set,
        "featureVectorId": vector,
        "commandId": ok(accepted)["id"],
        "settingId": make("/settings", **sdk.setting("mine", people["maker"]))["id"],
        "exportId": exported["id"],
        "botId": bot["id"],
        "apiKeyId": key["id"],
        "sessionId": session["id"],
    }
    revisions = f"{api}/items/{ids['itemId']}/revisions"
    ok(maker.post(revisions, content=wire.form("", b"9876543210"), headers=wire.MULTIPART))
    ids["number"] = str(ok(maker.get(revisions))[0]["number"])
    with wire.client(platform.url) as nobody:
        yield SimpleNamespace(
            platform=platform,
            people=people,
            ids=ids,
            tokens=tokens,
            bot=bot,
            other_item=upload("/two.txt")["id"],
            other_annotations=annotations,
            callers={"administrator": administrator, "maker": maker, "ann": ann, "dan": dan, "eve": eve, "nobody": nobody},
        )
        maker.delete(f"{api}/projects/{project['id']}")


def ok(reply: httpx.Response):
    assert reply.is_success, f"{reply.request.method} {reply.request.url}: {reply.status_code} {reply.text}"
    return reply.json() if reply.content else None


def turn(operation: Operation) -> tuple:
    """An order in which each still finds what it is about: deletions last, from the inside out."""
    ends_sessions = "password" in operation.path.lower()
    outer = ("/api/v1/datasets/{datasetId}", "/api/v1/projects/{projectId}", "/api/v1/orgs/{orgId}")
    depth = outer.index(operation.path) if operation.path in outer else -1
    return ends_sessions, ORDER.index(operation.method), depth, -len(operation.path)


def test_has_no_example_that_does_not_work(document, things):
    wrong = []
    sent = 0
    for operation in sorted(document.operations, key=turn):
        for form in (operation.raw.get("requestBody") or {"content": {None: None}})["content"]:
            if form == "application/xml":
                continue
            reply = send(document, operation, form, things)
            sent += 1
            good = [status for status in operation.raw["responses"] if status[0] in "23"]
            if operation.path.endswith("/rotate"):
                things.bot["secret"] = reply.json()["secret"]
            if str(reply.status_code) not in good and (operation.name, reply.status_code) not in NOT_YET:
                wrong.append(f"{operation.name} {form or ''}: {reply.status_code} {reply.text[:300]}")
            wrong += document.objections(
                operation.method.upper(), str(reply.request.url), reply.status_code, reply.headers, reply.content
            )
    assert not wrong, "\n".join(wrong)
    assert sent > 105


def caller(operation: Operation) -> str:
    path = operation.path
    if operation.raw["x-permission"] == ["anybody"]:
        return "nobody"
    if "administrator" in operation.raw["x-permission"] or path == "/api/v1/users/{userId}":
        return "administrator"
    if path.startswith("/api/v1/users/me"):
        return "eve" if operation.name == "DELETE /api/v1/users/me/sessions" else "dan"
    return "ann" if "apiKey" in path else "maker"


def send(document: Document, operation: Operation, form: str | None, things: SimpleNamespace) -> httpx.Response:
    examples = {}
    for parameter in operation.raw.get("parameters", []):
        examples[parameter["in"], parameter["name"]] = parameter.get("example")
    path = operation.path
    for (where, name), example in examples.items():
        if where == "path":
            path = path.replace(f"{{{name}}}", things.ids.get(name) or meant(example, examples, things))
    if operation.path.endswith("/items/{itemId}") and operation.method == "delete" and "datasets" in operation.path:
        path = path.replace(things.ids["itemId"], things.other_item)
    if operation.path.endswith("/annotations/{annotationId}") and operation.method == "delete" and "items" in operation.path:
        path = path.replace(things.ids["annotationId"], things.other_annotations.pop())
    if operation.path == "/api/v1/users/{userId}" and operation.method == "delete":
        path = path.replace(things.people["ann"], things.people["bob"])
    query = {name: meant(value, examples, things) for (where, name), value in examples.items() if where == "query" and value}
    content = form and operation.raw["requestBody"]["content"][form]["example"]
    content = meant(content, examples, things) if content else content
    client = things.callers[caller(operation)]
    content = filled(operation, content, things)
    if form == FORM:
        return client.post(path, data=content, follow_redirects=False)
    if form == PARTS and "file" not in content:
        return client.post(path, files={name: (None, value) for name, value in content.items()})
    if form == PARTS:
        fields = {name: value for name, value in content.items() if name not in ("type", "path", "file")}
        body = wire.form(content.get("path", ""), content["file"].encode(), **fields)
        return client.post(path, content=body, headers=wire.MULTIPART)
    if form:
        headers = {"content-type": form}
        if form == "application/json-patch+json":
            headers["if-match"] = "*"
        return client.request(operation.method, path, params=query, content=json.dumps(content), headers=headers)
    return client.request(operation.method, path, params=query, follow_redirects=False)


def meant(example, examples: dict, things: SimpleNamespace):
    """The example with the things of this run where it names those of nobody."""
    text = json.dumps(example)
    for name, thing in things.ids.items():
        text = text.replace(example_id(name), thing)
    for name, address in things.people.items():
        text = text.replace(f"{name}@example.org", address)
    return json.loads(text)


def example_id(name: str) -> str:
    """As the platform makes them (Java's hash of the name)."""
    number = 0
    for letter in name:
        number = (31 * number + ord(letter)) & 0xFFFFFFFF
    return f"6920{number:020x}" if name.endswith("Id") else f"no {name}"


def filled(operation: Operation, content, things: SimpleNamespace):
    """What an example cannot know: secrets, and what a page puts into its form."""
    bot = {"client_id": things.bot["email"], "client_secret": things.bot["secret"]}
    match operation.name:
        case "POST /oauth2/token":
            return content | bot
        case "POST /oauth2/introspect" | "POST /oauth2/revoke":
            return content | bot | {"token": things.tokens["fay"]}
        case "POST /api/v1/users/passwordReset":
            allowed = things.callers["administrator"].post(f"/api/v1/users/{things.people['ann']}/passwordReset")
            return content | {"code": ok(allowed)["code"]}
        case "POST /oauth2/authorize" | "POST /login":
            asked = {name: value for name, value in content.items() if name not in ("username", "password", "proof")}
            page = things.callers["nobody"].get(operation.path, params=asked)
            return content | {"proof": re.search(r'name="proof" value="([^"]+)"', page.text).group(1)}
        case _:
            return content


# The page


@chromium.needed
def test_can_be_tried_on_a_page_after_signing_in(platform):
    reader = sdk.new_user(platform, "reader")
    with chromium.started() as browser, chromium.opened(browser, f"{platform.api}/docs") as page:
        page.get_by_role("textbox", name="E-mail address").fill(reader.email)
        page.get_by_role("textbox", name="Password").fill(reader.password)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_text(f"Signed in as {reader.email}").wait_for()

        operation = page.locator(".opblock-get", has=page.locator('[data-path="/api/v1/users/me"]'))
        operation.locator(".opblock-summary-control").click()
        operation.get_by_role("button", name="Try it out").click()
        operation.get_by_role("button", name="Execute").click()

        answer = operation.locator(".live-responses-table tbody")
        answer.wait_for()
        assert answer.locator("td.response-col_status").first.inner_text().startswith("200")
        assert reader.email in answer.inner_text()
