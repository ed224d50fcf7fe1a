"""The nearest of 100,000 vectors of 256 floats, from the item-service and by NumPy's brute force:
nearest.py GATE EMAIL PASSWORD MONGODB_URI ITEM_SERVICE WARM_UP [COUNT]

Both do it twice: over vectors that lie in their memory, and over those that they first read from the database, which the service
does for a search with a filter. Prints the medians of each metric and the ratios.
"""
import statistics
import sys
import time

import bson
import numpy as np

from filled import items, project, session

gate, service, warm_up = sys.argv[1], sys.argv[5], int(sys.argv[6])
count = int(sys.argv[7]) if len(sys.argv) > 7 else 100_000
SIZE, BATCH, ROUNDS, K = 256, 1_000, 31, 10

vectors = items.database["feature_vectors"]


def made(path, body):
    reply = session.post(gate + "/api/v1" + path, json=body, timeout=60)
    reply.raise_for_status()
    return reply.json()


project = project["id"]
dataset = made("/datasets", {"name": "nearest", "projects": [project]})["id"]
set_id = made(
    "/features/sets", {"name": "nearest", "type": "test", "entityType": "dataset", "size": SIZE, "project": project}
)[0]["id"]
random = np.random.default_rng(1)
known = random.normal(size=(count, SIZE)).astype(np.float32)
began = time.perf_counter()
for start in range(0, count, BATCH):
    batch = [
        {"featureSetId": set_id, "entityId": dataset, "datasetId": dataset, "project": project, "value": value}
        for value in known[start : start + BATCH].tolist()
    ]
    made("/features/vectors", batch)
print(f"{count} vectors kept in {time.perf_counter() - began:.0f} s", flush=True)


def scores(metric, wanted, all_of_them):
    dots = all_of_them @ wanted
    match metric:
        case "dot":
            return -dots
        case "cosine":
            return -dots / np.linalg.norm(all_of_them, axis=1) / np.linalg.norm(wanted)
    return np.linalg.norm(all_of_them - wanted, axis=1)


def brute(metric, wanted, all_of_them):
    found = scores(metric, wanted, all_of_them)
    nearest = np.argpartition(found, K)[:K]
    return nearest[np.argsort(found[nearest])]


def read():
    """As fast as Python reads them: raw documents, whose numbers have one length and are the end of each."""
    found = vectors.find_raw_batches({"featureSetId": bson.ObjectId(set_id)}, {"packed": 1}, batch_size=BATCH)
    pieces = []
    for batch in found:
        length = int.from_bytes(batch[:4], "little")
        rows = np.frombuffer(batch, np.uint8).reshape(-1, length)
        pieces.append(np.ascontiguousarray(rows[:, -1 - 4 * SIZE : -1]).view("<f4"))
    return np.concatenate(pieces)


def search(metric, wanted, filter=None):
    reply = session.post(
        service + "/api/v1/features/vectors/search",
        json={"featureSetId": set_id, "value": wanted.tolist(), "k": K, "metric": metric, "filter": filter or {}},
        timeout=60,
    )
    reply.raise_for_status()
    return reply.json()["items"]


def seconds(work, rounds):
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


# A set is remembered when nobody has changed it for as long as this.
time.sleep(16)
for metric in ("dot", "cosine", "euclidean"):
    wanted = random.normal(size=SIZE).astype(np.float32)
    order = [str(one["_id"]) for one in vectors.find({"featureSetId": bson.ObjectId(set_id)}, {"_id": 1}).sort("_id", 1)]
    expected = [order[index] for index in brute(metric, wanted, known)]
    for what, filter, peer in (
        ("in memory", None, lambda: brute(metric, wanted, known)),
        ("read", {"datasetId": dataset}, lambda: brute(metric, wanted, read())),
    ):
        assert [one["id"] for one in search(metric, wanted, filter)] == expected
        # As in the other measurements, long enough for the compilers of the JVM to have finished.
        end = time.monotonic() + warm_up / 2
        while time.monotonic() < end:
            search(metric, wanted, filter)
        ours, theirs = seconds(lambda: search(metric, wanted, filter), ROUNDS), seconds(peer, ROUNDS)
        print(f"{metric}, {what}: {ours * 1000:.0f} ms, NumPy {theirs * 1000:.0f} ms: ratio {ours / theirs:.2f}", flush=True)
