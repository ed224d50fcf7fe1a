"""How long it takes to be told that something is not there, beside not being told that it is: benchmarks/run hidden."""

import statistics
import sys
import time

import httpx

ROUNDS = 1500

gate, email, password = sys.argv[1:]


def sign_in(client: httpx.Client, email: str, password: str) -> dict[str, str]:
    body = {"username": email, "password": password, "type": "user_credentials"}
    reply = client.post("/token?default", json=body).raise_for_status()
    return {"authorization": f"Bearer {reply.json()['id_token']}"}


with httpx.Client(base_url=gate, timeout=30) as client:
    owner = sign_in(client, email, password)
    name = f"hidden-{time.time_ns()}"
    stranger = {"email": f"{name}@example.org", "password": name, "firstName": "Stranger"}
    client.post("/api/v1/users", json=stranger, headers=owner).raise_for_status()
    other = sign_in(client, stranger["email"], name)
    project = client.post("/api/v1/projects", json={"name": name}, headers=owner).raise_for_status().json()["id"]
    new_dataset = {"name": "hidden", "projects": [project]}
    dataset = client.post("/api/v1/datasets", json=new_dataset, headers=owner).raise_for_status().json()["id"]
    upload = {"data": {"type": "file", "path": "/a.txt"}, "files": {"file": b"text"}}
    item = client.post(f"/api/v1/datasets/{dataset}/items", headers=owner, **upload).raise_for_status().json()["id"]
    unknown = f"{int(project, 16) ^ 0xFFFF:024x}"

    def seconds(method: str, path: str, expected: int) -> float:
        began = time.perf_counter()
        reply = client.request(method, path, headers=other)
        took = time.perf_counter() - began
        assert reply.status_code == expected, reply.text
        return took

    for kind, hidden in (("projects", project), ("datasets", dataset), ("items", item)):
        ask = ("GET", f"/api/v1/{kind}/{hidden}", 404), ("GET", f"/api/v1/{kind}/{unknown}", 404)
        # The third is the second again: how much the two differ is the noise.
        times = [[seconds(*one) for one in (*ask, ask[1])] for _ in range(ROUNDS)][ROUNDS // 3 :]
        of_hidden, of_unknown, again = (statistics.median(column) for column in zip(*times, strict=True))
        print(
            f"{kind} of others: {of_hidden * 1000:.2f} ms against {of_unknown * 1000:.2f} ms for unknown ones: "
            f"ratio {of_hidden / of_unknown:.3f}; of unknown ones against themselves {of_unknown / again:.3f}"
        )

    member = {"role": "annotator"}
    client.post(f"/api/v1/projects/{project}/members/{stranger['email']}", json=member, headers=owner).raise_for_status()
    forbidden = ("DELETE", f"/api/v1/projects/{project}", 403), ("DELETE", f"/api/v1/projects/{unknown}", 404)
    times = [[seconds(*one) for one in forbidden] for _ in range(ROUNDS)][ROUNDS // 3 :]
    refused, missing = (statistics.median(column) for column in zip(*times, strict=True))
    print(f"403: {refused * 1000:.2f} ms against 404: {missing * 1000:.2f} ms: ratio {refused / missing:.3f}")
