"""Annotations: ten of each item in one request, and ten of every item as lines in one request for all, against what the database takes
by insert_many with the same indexes and the same durability; and the list of an item's thousand, against the find:
annotations.py GATE EMAIL PASSWORD MONGODB_URI ITEM_SERVICE SECONDS WARM_UP [ITEMS]
"""
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time

import bson
from pymongo.write_concern import WriteConcern

from filled import filled, items, session, token

service, seconds, warm_up = sys.argv[5], int(sys.argv[6]), int(sys.argv[7])
size = int(sys.argv[8]) if len(sys.argv) > 8 else 100_000
OF_AN_ITEM, LISTED, BATCH = 10, 1000, 1000
annotations = items.database["annotations"]
raw = items.database.get_collection("raw_annotations", write_concern=WriteConcern("majority", j=True))
dataset = filled(size)
ids = [str(item["_id"]) for item in items.find({"datasetId": bson.ObjectId(dataset)}, {"_id": 1})]


def box(number):
    corner = {"x": number % 600, "y": number % 400}
    return {"type": "box", "label": f"label {number % 20}", "coordinates": [corner, {"x": 610.5, "y": 410.5}]}


LUA = """
local ids = {}
for id in io.lines("%s") do ids[#ids + 1] = id end
local next = 0
local body = '%s'
local headers = {["content-type"] = "application/json", ["authorization"] = "Bearer %s"}
request = function()
  next = next %% #ids + 1
  return wrk.format("POST", "/api/v1/items/" .. ids[next] .. "/annotations", headers, body)
end
"""


def posted(some, duration):
    """How many annotations of these items were acknowledged in a second."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/ids", "w") as file:
            file.write("\n".join(some))
        body = str([box(number) for number in range(OF_AN_ITEM)]).replace("'", '"')
        with open(f"{folder}/post.lua", "w") as file:
            file.write(LUA % (f"{folder}/ids", body, token))
        before = annotations.estimated_document_count()
        said = subprocess.run(
            ["wrk", "-t1", "-c16", f"-d{duration}s", "-s", f"{folder}/post.lua", service], capture_output=True, text=True, check=True
        ).stdout
    assert "Non-2xx" not in said, said
    acknowledged = int(re.search(r"(\d+) requests in", said)[1]) * OF_AN_ITEM
    assert annotations.estimated_document_count() - before >= acknowledged
    return acknowledged / duration


def lines(some):
    """Ten annotations of each of these items, a line each, in pieces of a hundred items."""
    boxes = [json.dumps(box(number))[1:] for number in range(OF_AN_ITEM)]
    return [
        "".join(f'{{"itemId": "{item}", {box}\n' for item in some[first : first + 100] for box in boxes).encode()
        for first in range(0, len(some), 100)
    ]


def sent(some):
    """How many annotations of these items were acknowledged in a second, in one request."""
    body = lines(some)
    start = time.perf_counter()
    reply = session.post(
        f"{service}/api/v1/datasets/{dataset}/annotations/bulk",
        data=iter(body),
        headers={"content-type": "application/x-ndjson"},
        timeout=600,
    )
    took = time.perf_counter() - start
    assert reply.status_code == 200, reply.text
    totals = json.loads(reply.text.splitlines()[-1])["totals"]
    assert totals == {"created": len(some) * OF_AN_ITEM, "failed": 0}, totals
    return totals["created"] / took


def inserted(count):
    """How many such documents the database takes in a second, with the same indexes, from a client that does nothing else."""
    document = annotations.find_one({"type": "box"})
    raw.drop()
    for name, index in annotations.index_information().items():
        if name != "_id_":
            raw.create_index(index["key"], name=name, **{key: index[key] for key in ("unique", "sparse") if key in index})
    start = time.perf_counter()
    for first in range(0, count, BATCH):
        raw.insert_many(
            {**document, "_id": bson.ObjectId(), "itemId": bson.ObjectId(ids[number // OF_AN_ITEM % len(ids)])}
            for number in range(first, first + BATCH)
        )
    return count / (time.perf_counter() - start)


def taken(ask, rounds=50):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        assert ask() == LISTED
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


half = len(ids) // 2
posted(ids[:half], warm_up)
ours = posted(ids[half:], seconds)
theirs = inserted(max(BATCH, int(ours * seconds) // BATCH * BATCH))
print(f"annotations, {OF_AN_ITEM} of each item in one request: {ours:.0f}/s against insert_many {theirs:.0f}/s: ratio {ours / theirs:.2f}")

end = time.monotonic() + warm_up
while time.monotonic() < end:
    sent(ids[: max(100, len(ids) // 20)])
ours = sent(ids)
theirs = inserted(len(ids) * OF_AN_ITEM)
print(f"{len(ids) * OF_AN_ITEM} annotations of {len(ids)} items as lines: {ours:.0f}/s against insert_many {theirs:.0f}/s: ratio {ours / theirs:.2f}")

listed = session.post(
    f"{service}/api/v1/datasets/{dataset}/items", files={"file": ("listed.txt", b"x")}, data={"type": "file", "path": "/listed.txt"}
).json()["id"]
session.post(f"{service}/api/v1/items/{listed}/annotations", json=[box(number) for number in range(LISTED)]).raise_for_status()


def ask_service():
    return len(session.get(f"{service}/api/v1/items/{listed}/annotations").json())


def ask_database():
    return len(list(annotations.find({"itemId": bson.ObjectId(listed)}).sort("_id", 1)))


end = time.monotonic() + warm_up / 2
while time.monotonic() < end:
    ask_service()
ours, theirs = taken(ask_service), taken(ask_database)
print(f"list of {LISTED} annotations of an item: {ours:.1f} ms against the find {theirs:.1f} ms: ratio {ours / theirs:.2f}")
