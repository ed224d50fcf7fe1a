"""Bulk upload of items whose bytes are known, against what the database takes by insert_many with the same indexes and the same
durability; and whether the last tenth comes as fast as the first:
bulk.py GATE EMAIL PASSWORD MONGODB_URI ITEM_SERVICE WARM_UP [ITEMS]
"""
import hashlib
import json
import sys
import time
import uuid

import bson
from pymongo.write_concern import WriteConcern

from filled import items, project, session

service, warm_up = sys.argv[5], int(sys.argv[6])
size = int(sys.argv[7]) if len(sys.argv) > 7 else 100_000
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


def inserted(count):
    """How long the database takes for such documents, from a client that does nothing else."""
    document = items.find_one({"filename": "/00/0000000.txt"})
    raw.drop()
    for name, index in items.index_information().items():
        if name != "_id_":
            options = {key: index[key] for key in ("unique", "sparse") if key in index}
            raw.create_index(index["key"], name=name, **options)
    start = time.perf_counter()
    for first in range(0, count, BATCH):
        raw.insert_many(
            [
                {
                    **document,
                    "_id": bson.ObjectId(),
                    "filename": f"/{number % 50:02d}/{number:07d}.txt",
                    "name": f"{number:07d}.txt",
                    "dir": f"/{number % 50:02d}",
                    "metadata": {"system": document["metadata"]["system"], "user": user(number)},
                }
                for number in range(first, min(count, first + BATCH))
            ],
            ordered=False,
        )
    return time.perf_counter() - start


end = time.monotonic() + warm_up
while time.monotonic() < end:
    sent(max(BATCH, size // 10))
ours, tenths = sent(size)
theirs = inserted(size)
print(f"{size} items by known digest: {size / ours:.0f}/s against insert_many {size / theirs:.0f}/s: ratio {theirs / ours:.2f}")
if len(tenths) >= 10:
    first, last = tenths[0], tenths[9] - tenths[8]
    print(f"the last tenth of them: {last:.2f} s against the first {first:.2f} s: ratio {first / last:.2f}")
