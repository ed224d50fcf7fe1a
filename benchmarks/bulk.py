"""Bulk upload of items whose bytes are known, against what the database takes by insert_many with the same indexes and the same
durability, and what RESTHeart takes by lists of a thousand; and whether the last tenth comes as fast as the first:
bulk.py GATE EMAIL PASSWORD MONGODB_URI ITEM_SERVICE WARM_UP RESTHEART [ITEMS]
"""
import hashlib
import json
import sys
import time
import uuid

from concurrent.futures import ThreadPoolExecutor

import requests
from bson import json_util
from pymongo.write_concern import WriteConcern

from filled import items, project, session

service, warm_up = sys.argv[5], int(sys.argv[6])
restheart = sys.argv[7]
size = int(sys.argv[8]) if len(sys.argv) > 8 else 100_000
BATCH = 1000
BYTES = b"bytes that many items have"
DIGEST = hashlib.sha256(BYTES).hexdigest()
raw = items.database.get_collection("raw_items", write_concern=WriteConcern("majority", j=True))


def made():
    dataset = session.post(
        f"{sys.argv[1]}/api/v1/datasets",
        json={"name": uuid.uuid4().hex, "projects": [project["id"]], "createDefaultRecipe": True},
        timeout=30,
    ).json()["id"]
    session.post(
        f"{service}/api/v1/datasets/{dataset}/items",
        files={"file": ("known.txt", BYTES)},
        data={"type": "file", "path": "/known.txt"},
    ).raise_for_status()
    return dataset


def user(number):
    return {"tenth": number % 10, "camera": f"c{number % 7}", "number": number, "deep": {"a": {"b": number % 97}}}


def lines(count):
    """A line for each item, in pieces of a thousand."""
    for first in range(0, count, BATCH):
        yield "".join(
            json.dumps({"path": f"/{number % 50:02d}/{number:07d}.txt", "sha256": DIGEST, "metadata": {"user": user(number)}}) + "\n"
            for number in range(first, min(count, first + BATCH))
        ).encode()


def sent(count):
    """How long they took, and when each tenth of them was taken off the wire, in seconds."""
    dataset, body = made(), list(lines(count))
    start, totals = time.perf_counter(), {}
    with session.post(
        f"{service}/api/v1/datasets/{dataset}/items/bulk",
        data=Pieces(body),
        headers={"content-type": "application/x-ndjson"},
        params={"lines": "failed"},
        stream=True,
        timeout=1800,
    ) as reply:
        assert reply.status_code == 200, reply.text
        for line in reply.iter_lines():
            totals = json.loads(line)["totals"]
    took = time.perf_counter() - start
    assert totals["created"] == count, totals
    return took, Pieces.taken


class Pieces:
    """Pieces of a body, and when each tenth of them was taken: a service that keeps little in memory takes them as it stores them."""

    taken: list[float] = []

    def __init__(self, pieces):
        self.pieces = pieces

    def __iter__(self):
        start, Pieces.taken = time.perf_counter(), []
        for number, piece in enumerate(self.pieces, 1):
            yield piece
            if number * 10 % len(self.pieces) < 10:
                Pieces.taken.append(time.perf_counter() - start)


def prepared(name):
    """A collection without anything in it, with the indexes of the items; and a document to make others of."""
    items.database.drop_collection(name)
    for index_name, index in items.index_information().items():
        if index_name != "_id_":
            options = {key: index[key] for key in ("unique", "sparse") if key in index}
            items.database[name].create_index(index["key"], name=index_name, **options)
    document = items.find_one({"filename": "/00/0000000.txt"})
    del document["_id"]
    return document


def document(model, number):
    return {
        **model,
        "filename": f"/{number % 50:02d}/{number:07d}.txt",
        "name": f"{number:07d}.txt",
        "dir": f"/{number % 50:02d}",
        "metadata": {"system": model["metadata"]["system"], "user": user(number)},
    }


def batches(model, count):
    for first in range(0, count, BATCH):
        yield [document(model, number) for number in range(first, min(count, first + BATCH))]


def inserted(count):
    """How long the database takes for such documents, from a client that does nothing else."""
    model = prepared("raw_items")
    start = time.perf_counter()
    for batch in batches(model, count):
        raw.insert_many(batch, ordered=False)
    return time.perf_counter() - start


def posted(count):
    """How long RESTHeart takes for them, by two connections."""
    model = prepared("posted_items")
    bodies = [json_util.dumps(batch) for batch in batches(model, count)]
    url = f"{restheart}/{items.database.name}/posted_items"
    with requests.Session() as one, requests.Session() as two, ThreadPoolExecutor(2) as pool:
        start = time.perf_counter()

        def post(numbered):
            number, body = numbered
            reply = (one, two)[number % 2].post(url, data=body, headers={"content-type": "application/json"}, timeout=120)
            assert reply.status_code in (200, 201) and reply.json()["inserted"] == BATCH, reply.text[:500]

        for _ in pool.map(post, enumerate(bodies)):
            pass
        return time.perf_counter() - start


end = time.monotonic() + warm_up
while time.monotonic() < end:
    sent(max(BATCH, size // 10))
ours, tenths = sent(size)
theirs = inserted(size)
print(f"{size} items by known digest: {size / ours:.0f}/s against insert_many {size / theirs:.0f}/s: ratio {theirs / ours:.2f}")
some = min(size, 100_000)
posted(some)
theirs = some / posted(some)
print(f"the same against lists of a thousand by RESTHeart: {size / ours:.0f}/s against {theirs:.0f}/s: ratio {size / ours / theirs:.2f}")
if len(tenths) >= 10:
    # The first tenth is read ahead before anything is stored, so the second one is what the last is held against.
    second, last = tenths[1] - tenths[0], tenths[9] - tenths[8]
    print(f"the last tenth of them: {last:.2f} s against the second {second:.2f} s: ratio of the rates {second / last:.2f}")
