"""What XML costs beside JSON, and an Idempotency-Key beside none: benchmarks/run forms."""

import statistics
import sys
import time
import uuid

import httpx

ITEMS = 100
ROUNDS = 600

gate, email, password = sys.argv[1:]


def milliseconds(client: httpx.Client, method: str, path: str, headers: dict[str, str], body: object = None) -> float:
    began = time.perf_counter()
    reply = client.request(method, path, headers=headers, json=body)
    took = (time.perf_counter() - began) * 1000
    assert reply.status_code == 200, reply.text
    return took


def in_turn(*asked) -> list[float]:
    """The medians of some requests that are sent in turn, so that a slow moment of the machine meets all of them."""
    times = [[one() for one in asked] for _ in range(ROUNDS)][ROUNDS // 3 :]
    return [statistics.median(column) for column in zip(*times, strict=True)]


# As little as is compressed on the way, the less of what is measured is something else.
with httpx.Client(base_url=gate, timeout=30, headers={"accept-encoding": "identity"}) as client:
    sign_in = {"username": email, "password": password, "type": "user_credentials"}
    token = client.post("/token?default", json=sign_in).raise_for_status().json()["id_token"]
    client.headers["authorization"] = f"Bearer {token}"
    name = f"forms {uuid.uuid4().hex}"
    project = client.post("/api/v1/projects", json={"name": name}).raise_for_status().json()["id"]
    new_dataset = {"name": "forms", "projects": [project]}
    dataset = client.post("/api/v1/datasets", json=new_dataset).raise_for_status().json()["id"]
    metadata = '{"user": {"camera": "c7", "checked": true, "weather": ["sun", "wind"], "position": {"lat": 48.1, "lon": 11.5}}}'
    item = ""
    for number in range(ITEMS):
        part = {"data": {"type": "file", "path": f"/{number}.txt", "metadata": metadata}, "files": {"file": b"text"}}
        item = client.post(f"/api/v1/datasets/{dataset}/items", **part).raise_for_status().json()["id"]

    page = f"/api/v1/datasets/{dataset}/items?pageSize={ITEMS}"
    in_json, in_xml = in_turn(
        *(lambda form=form: milliseconds(client, "GET", page, {"accept": form}) for form in ("application/json", "application/xml"))
    )
    print(f"A page of {ITEMS} items in XML: {in_xml:.2f} ms against {in_json:.2f} ms in JSON: ratio {in_xml / in_json:.2f}")

    path, change = f"/api/v1/items/{item}", {"metadata": {"user": {"checked": False}}}
    without, with_key = in_turn(
        lambda: milliseconds(client, "PATCH", path, {}, change),
        lambda: milliseconds(client, "PATCH", path, {"idempotency-key": uuid.uuid4().hex}, change),
    )
    print(
        f"A change with an Idempotency-Key: {with_key:.2f} ms against {without:.2f} ms without: "
        f"{with_key - without:.2f} ms more, ratio {with_key / without:.2f}"
    )
