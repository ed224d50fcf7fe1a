"""What of the published API the platform answers: `python compat/api_coverage.py OPENAPI.json` writes docs/api-coverage.md.

What it answers is in docs/permissions.md, which a test holds against the code.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PERMISSIONS = REPOSITORY / "docs" / "permissions.md"
COVERAGE = REPOSITORY / "docs" / "api-coverage.md"
METHODS = ("get", "post", "put", "patch", "delete")

SERVICE = "a service that others run for money: it has accounts to bill, Sluice has none"
CLUSTER = "belongs to the cluster of that service"
WORKFLOW = "runs code of others; Sluice runs models only"
LABELLING = "people's work of labelling, beside the data itself; not begun"
OUT_OF_SCOPE = {
    "Accounts": SERVICE,
    "Billing": SERVICE,
    "Invoices": SERVICE,
    "Plans": SERVICE,
    "Subscriptions": SERVICE,
    "Usage": SERVICE,
    "compute": CLUSTER,
    "InstanceCatalog": CLUSTER,
    "compositions": WORKFLOW,
    "Packages": WORKFLOW,
    "pipelines": WORKFLOW,
    "pipelines/query": WORKFLOW,
    "pipelines/templates": WORKFLOW,
    "PiperMisc": WORKFLOW,
    "Annotation Tasks": LABELLING,
    "Tasks": LABELLING,
    "Assignments": LABELLING,
    "Scores": LABELLING,
    "Guests": "people from outside an organization; members and groups do the same",
    "Triggers": WORKFLOW,
    "TriggerResourceInformation": WORKFLOW,
    "Version": "what the console of that service asks for its own switches",
    "Integrations": "keys to other clouds; nothing here needs any",
    "Storage Drivers": "other clouds' storage as datasets; Sluice keeps the bytes itself",
    "WebHooks": "not begun",
}
# Operations of a tag that is otherwise done or planned.
OUT_OF_SCOPE_OPERATIONS = {
    "POST /projects/{}/accounts": SERVICE,
    "GET /orgs/{}/accounts": SERVICE,
    "POST /orgs/{}/accounts/{}": SERVICE,
    "DELETE /orgs/{}/accounts/{}": SERVICE,
    "PATCH /orgs/{}/plan": SERVICE,
    "GET /orgs/{}/availableIntegrations": "keys to other clouds; nothing here needs any",
    "POST /datasets/{}/imports": "items whose bytes lie in other clouds; Sluice keeps the bytes itself",
    "DELETE /datasets/{}/imports": "items whose bytes lie in other clouds; Sluice keeps the bytes itself",
    "POST /users/me": "users are made by administrators",
    "PATCH /users/{}/org": "a user belongs to as many organizations as there are",
}


def key(method: str, path: str) -> str:
    return f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path).rstrip('/')}"


def answered() -> set[str]:
    rows = re.findall(r"^\| `([A-Z]+) /api/v1(/\S*)` \|", PERMISSIONS.read_text(), re.MULTILINE)
    return {key(method, path) for method, path in rows}


def state(operation: str, tags: list[str], done: set[str]) -> tuple[str, str]:
    if operation in done:
        return "done", ""
    if operation in OUT_OF_SCOPE_OPERATIONS:
        return "out of scope", OUT_OF_SCOPE_OPERATIONS[operation]
    for tag in tags:
        if tag in OUT_OF_SCOPE:
            return "out of scope", OUT_OF_SCOPE[tag]
    return "planned", ""


def coverage(published: dict) -> str:
    done = answered()
    rows = []
    counts = Counter()
    for path, methods in published["paths"].items():
        for method in METHODS:
            if method in methods:
                tags = methods[method].get("tags", [])
                what, why = state(key(method, path), tags, done)
                counts[what] += 1
                rows.append((", ".join(tags) or "–", f"`{method.upper()} {path}`", what, why))
    rows.sort(key=lambda row: row[:2])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"""# The published API and Sluice

Each operation of the published API, version {published["info"]["version"]}, below `/api/v1`: {counts["done"]} done, {counts["planned"]} planned,
{counts["out of scope"]} out of scope. `compat/api_coverage.py` writes this file; what the SDK calls beyond the published document, and what Sluice
adds, is in [permissions.md](permissions.md), which names every operation that there is.

| Part | Operation | State | Why not |
|---|---|---|---|
{table}
"""


if __name__ == "__main__":
    COVERAGE.write_text(coverage(json.loads(Path(sys.argv[1]).read_text())))
