"""Requests by the thousand, made of the API document by schemathesis: good ones, bad ones, and chains of them.

Three people send them at once: an administrator who owns the things that the requests are about, an annotator in a project, and
a stranger to it. None may get a 5xx, an answer that is not documented, or have bad input accepted.
SLUICE_SCHEMATHESIS_SECONDS says how long; 60 when it is not set, 600 and more for the long run.
"""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

import sdk
import wire
from document import Document
from platforms import Platform

SECONDS = int(os.environ.get("SLUICE_SCHEMATHESIS_SECONDS", "60"))
HERE = Path(__file__).parent
STREAMED = r"/bulk(/check)?$"

# On the embedded database: what it cannot do would come out as a 5xx there first.
pytestmark = pytest.mark.one_flavour


def ok(reply: httpx.Response):
    assert reply.is_success, f"{reply.request.url}: {reply.status_code} {reply.text}"
    return reply.json() if reply.content else None


def made(api: httpx.Client, people: dict[str, sdk.User]) -> dict[str, str]:
    """An organization and a project with everything in it, by the names that paths have for the ids."""
    org = ok(api.post("/orgs", json={"name": sdk.unique("Organization")}))
    project = ok(api.post("/projects", json={"name": sdk.unique("Project")}))
    group, subgroup = (ok(api.post("/groups", json={"name": name, "orgId": org["id"]})) for name in ("G", "S"))
    spare = people["spare"].email
    ok(api.post(f"/orgs/{org['id']}/members", json={"emails": [spare], "role": "member"}))
    ok(api.patch(f"/projects/{project['id']}/org", json={"org_id": org["id"]}))
    for name, role in (("spare", "engineer"), ("annotator", "annotator")):
        ok(api.post(f"/projects/{project['id']}/members/{people[name].email}", json={"role": role}))
    dataset = ok(api.post("/datasets", json={"name": "Dataset", "projects": [project["id"]]}))
    items = f"/datasets/{dataset['id']}/items"
    recipe = dataset["metadata"]["system"]["recipes"][0]
    ontology = ok(api.get(f"/recipes/{recipe}"))["ontologyIds"][0]
    inside = f"/ontologies/{ontology}"
    item = ok(api.post(items, content=wire.form("/a.txt", b"0123456789"), headers=wire.MULTIPART))["id"]
    features = {"name": "Set", "type": "test", "entityType": "item", "size": 2, "project": project["id"]}
    feature_set = ok(api.post("/features/sets", json=features))[0]["id"]
    vector = {"featureSetId": feature_set, "entityId": item, "value": [1, 2]}
    model = ok(api.post("/ml/models", json={"name": "Model", "projectId": project["id"]}))["id"]
    dpk = ok(api.post("/app-registry", json={"name": "dpk", "context": {"project": project["id"]}}))["id"]
    app = ok(api.post("/apps", json={"projectId": project["id"], "dpkName": "dpk"}))["id"]
    ok(api.post("/ml/metrics/publish", json=[{"modelId": model, "figure": "loss", "data": {"x": 1, "y": 2}}]))
    return {
        "orgId": org["id"],
        "groupId": group["id"],
        "subGroupId": subgroup["id"],
        "projectId": project["id"],
        "projectName": project["name"],
        "datasetId": dataset["id"],
        "recipeId": recipe,
        "ontologyId": ontology,
        "labelId": ok(api.post(f"{inside}/labels", json=[{"tag": "gull"}]))[0]["id"],
        "attributeId": ok(api.post(f"{inside}/attributes", json={"key": "sex", "type": "freeText"}))["id"],
        "structureId": ok(api.post(f"{inside}/structures", json={"name": "neck", "order": [], "arcs": []}))["id"],
        "directoryId": ok(api.post(items, json={"type": "dir", "path": "/folder"}))["id"],
        "itemId": item,
        "annotationId": ok(api.post(f"/items/{item}/annotations", json={"type": "class", "label": "sheep"}))["id"],
        "modelId": model,
        "serviceId": model,
        "executionId": "6b0183990000000000001004",
        "metricId": ok(api.post("/ml/metrics/query", json={"filter": {"modelId": model}}))["items"][0]["id"],
        "version": "1",
        "dpkId": dpk,
        "dpkName": "dpk",
        "dpkVersion": "1.0.0",
        "appId": app,
        "featureSetId": feature_set,
        "featureVectorId": ok(api.post("/features/vectors", json=vector))[0]["id"],
        "commandId": ok(
            api.post(
                f"/datasets/{dataset['id']}/query",
                json={"filter": {"type": "none"}, "update": {}},
                headers={"prefer": "respond-async"},
            )
        )["id"],
        "settingId": ok(api.post("/settings", json=sdk.setting("mine", ok(api.get("/users/me"))["email"])))["id"],
        "botId": ok(api.post(f"/projects/{project['id']}/bots", json={"name": "robot"}))["id"],
        "userId": spare,
        "memberId": spare,
        "email": spare,
    }


def test_nobody_gets_more_or_else_than_is_documented(platform: Platform, tmp_path: Path):
    people = {name: sdk.new_user(platform, name) for name in ("owner", "annotator", "stranger", "spare")}
    people["administrator"] = sdk.administrator(platform)
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(Document.whole(platform.url).raw))
    with (
        wire.client(platform.api, sdk.token(platform, people["administrator"])) as administrator,
        wire.client(platform.api, sdk.token(platform, people["owner"])) as owner,
    ):
        own, others = made(administrator, people), made(owner, people)
    kept = ",".join(user.email for name, user in people.items() if name != "spare")

    runs = {}
    for role, things in (("administrator", own), ("annotator", others), ("stranger", others)):
        environment = os.environ | {
            "PYTHONPATH": str(HERE),
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
            "SLUICE_URL": platform.url,
            "SLUICE_USER": people[role].email,
            "SLUICE_PASSWORD": people[role].password,
            "SLUICE_THINGS": json.dumps(things),
            "SLUICE_KEPT": kept,
        }
        runs[role] = subprocess.Popen(
            command(document, platform.url, tmp_path / f"{role}.json"),
            cwd=tmp_path,
            env=environment,
            stdout=(tmp_path / f"{role}.log").open("w"),
            stderr=subprocess.STDOUT,
        )
    try:
        for run in runs.values():
            run.wait(SECONDS * 2 + 120)
    finally:
        for run in runs.values():
            run.kill()

    reports = {role: json.loads((tmp_path / f"{role}.json").read_text()) for role in runs}
    cases = {role: report["test_cases"]["generated"] for role, report in reports.items()}
    print("schemathesis:", ", ".join(f"{count} cases as {role}" for role, count in cases.items()))
    for role, report in reports.items():
        log = (tmp_path / f"{role}.log").read_text()
        assert not report["failures"] and not errors(report, log), log
        # How many there are depends on how fast the machine is; what fails does not.
        assert cases[role] > 0, log


def errors(report: dict, log: str) -> bool:
    """Python 3.11 fails now and then to parse a piece of hypothesis; that says nothing of the platform."""
    count = sum(error["count"] for error in report["errors"])
    return count > log.count("AST constructor recursion depth mismatch")


def command(document: Path, gate: str, report: Path) -> list[str]:
    return [
        str(Path(sys.executable).with_name("st")),
        f"--config-file={HERE / 'schemathesis.toml'}",
        "run",
        str(document),
        f"--url={gate}",
        # Archives and lines are nothing that a schema describes; what is wrong with them is sent by tests of their own.
        f"--exclude-path-regex={STREAMED}",
        f"--max-time={SECONDS}",
        # How fast it is, other programs tell.
        "--request-timeout=60",
        f"--max-examples={max(5, SECONDS // 6)}",
        f"--seed={secrets.randbits(64)}",
        "--generation-database=none",
        "--continue-on-failure",
        "--no-shrink",
        "--no-color",
        "--report=json",
        f"--report-json-path={report}",
    ]
