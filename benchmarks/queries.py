"""24 queries over datasets of some sizes, to the item-service and to the database itself:
queries.py GATE EMAIL PASSWORD MONGODB_URI ITEM_SERVICE [SIZE...]

The database has the items once more for that, in a collection with the index that suits each query best. It is asked for what an
answer of the service holds: the page and the total. Prints p50 and p99 of both and their ratios. Before that, all queries are asked
for a while, so that the compilers of the JVM have finished.
"""
import datetime
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import bson
import pymongo

from filled import filled, items, session

service = sys.argv[5]
sizes = [int(size) for size in sys.argv[6:]] or [10_000, 100_000, 1_000_000]
ROUNDS = 20 * int(os.environ.get("SLUICE_BENCHMARK_ROUNDS", "5"))
LEAST_ROUNDS, SECONDS = 20, 12
WARM_UP_SECONDS, CLIENTS = int(os.environ.get("SLUICE_BENCHMARK_WARM_UP", "60")), 4
database = items.database
raw = database["raw_items"]
annotations = database["annotations"]
FILES = {"hidden": False, "type": "file"}


def annotate(dataset):
    """A box on every tenth item; its label is one of twenty."""
    now = datetime.datetime.now(datetime.timezone.utc)
    batch = []
    for number, item in enumerate(items.find({"datasetId": dataset, "metadata.user.tenth": 0}, {"_id": 1})):
        batch.append(
            {
                "_id": bson.ObjectId(),
                "version": bson.Int64(1),
                "itemId": item["_id"],
                "datasetId": dataset,
                "type": "box",
                "label": f"label {number % 20}",
                "creator": "me",
                "createdAt": now,
                "updatedBy": "me",
                "updatedAt": now,
            }
        )
        if len(batch) == 1000:
            annotations.insert_many(batch)
            batch = []
    if batch:
        annotations.insert_many(batch)


def indexes():
    for keys in (
        ["filename"],
        ["dir", "_id"],
        ["name", "_id"],
        ["createdAt", "_id"],
        ["hidden", "type", "_id"],
        ["metadata.user.rare", "_id"],
        ["metadata.user.tenth", "_id"],
        ["metadata.user.camera", "_id"],
        ["metadata.user.number"],
        ["metadata.user.deep.a.b", "_id"],
    ):
        raw.create_index([(key, 1) for key in ["datasetId", *keys]])


class Case:
    """A query in both languages; what is not said is the first page of 100 in the order of the ids."""

    def __init__(self, name, asked, found, sort="id", descending=False, page=0, page_size=100, join=None):
        order = "descending" if descending else "ascending"
        self.name = name
        self.body = {
            "filter": {"$and": [{"hidden": False}, {"type": "file"}, *asked]},
            "sort": {sort: order},
            "page": page,
            "pageSize": page_size,
            "resource": "items",
        }
        if join:
            self.body["join"] = {"on": {"resource": "annotations", "local": "itemId", "forigen": "id"}, "filter": join}
        self.join = join
        self.filter = {**FILES, **found}
        self.sort = [("_id" if sort == "id" else sort, -1 if descending else 1)]
        self.page, self.page_size = page, page_size

    def ask_service(self, dataset):
        answer = session.post(f"{service}/api/v1/datasets/{dataset}/query", json=self.body, timeout=120)
        assert answer.status_code == 200, (self.name, answer.text)
        page = answer.json()
        return len(page["items"]), page["totalItemsCount"]

    def ask_database(self, dataset):
        chosen = {"datasetId": dataset, **self.filter}
        if self.join:
            having = annotations.distinct("itemId", {"datasetId": dataset, **self.join})
            chosen["_id"] = {"$in": having}
        page = []
        if self.page_size:
            page = list(raw.find(chosen).sort(self.sort).skip(self.page * self.page_size).limit(self.page_size))
        return len(page), raw.count_documents(chosen)


def cases(size, dataset):
    some = list(items.find({"datasetId": dataset}, {"filename": 1}).sort("_id", 1).limit(1000))
    ids, names = [item["_id"] for item in some], [item["filename"] for item in some]
    middle = size // 2

    def user(key, asked, found=None):
        return [{f"metadata.user.{key}": asked}], {f"metadata.user.{key}": asked if found is None else found}

    return [
        Case("equality, 200 match", *user("rare", True)),
        Case("equality, a tenth matches", *user("tenth", 3)),
        Case("equality of a text, a seventh matches", *user("camera", "c3")),
        Case("equality of nested metadata", *user("deep.a.b", 42)),
        Case(
            "two equalities",
            [{"metadata.user.tenth": 3}, {"metadata.user.camera": "c3"}],
            {"metadata.user.tenth": 3, "metadata.user.camera": "c3"},
        ),
        Case("a path", [{"filename": names[500]}], {"filename": names[500]}),
        Case("a directory", [{"dir": "/07"}], {"dir": "/07"}),
        Case("prefix of the path", [{"filename": "/07/**"}], {"filename": {"$regex": "^/07/"}}),
        Case("prefix of the name", [{"name": "000012*"}], {"name": {"$regex": "^000012"}}),
        Case("range, 100 match", *user("number", {"$gte": middle, "$lt": middle + 100})),
        Case("range, half matches", *user("number", {"$gte": middle})),
        Case("range in its order", *user("number", {"$gte": middle}), sort="metadata.user.number"),
        Case("in of 1,000 ids", [{"id": {"$in": [str(one) for one in ids]}}], {"_id": {"$in": ids}}),
        Case("in of 1,000 paths", [{"filename": {"$in": names}}], {"filename": {"$in": names}}),
        Case("in of 3 texts", *user("camera", {"$in": ["c1", "c2", "c3"]})),
        Case("not equal", *user("camera", {"$ne": "c3"})),
        Case("exists", *user("rare", {"$exists": True})),
        Case(
            "one or the other",
            [{"$or": [{"metadata.user.rare": True}, {"dir": "/07"}]}],
            {"$or": [{"metadata.user.rare": True}, {"dir": "/07"}]},
        ),
        Case("all, by name", [], {}, sort="name"),
        Case("all, the newest first", [], {}, sort="createdAt", descending=True),
        Case("all, page 50", [], {}, page=50),
        Case("how many", [], {}, page_size=0),
        Case("how many of a seventh", *user("camera", "c3"), page_size=0),
        Case("join, a two-hundredth matches", [], {}, join={"label": "label 3"}),
    ]


def percentiles(taken):
    return statistics.median(taken), sorted(taken)[int(len(taken) * 0.99) - 1]


def timed(ask, dataset):
    start = time.perf_counter()
    answer = ask(dataset)
    return (time.perf_counter() - start) * 1000, answer


datasets = [filled(size) for size in sizes]
for name in datasets:
    annotate(bson.ObjectId(name))
items.aggregate([{"$merge": "raw_items"}])
indexes()


def warm_up():
    """All queries in turn by several clients, to the smallest dataset: the compilers of the JVM go by the number of calls."""
    asked = cases(sizes[0], bson.ObjectId(datasets[0]))
    end = time.monotonic() + WARM_UP_SECONDS

    def ask_all(_):
        while time.monotonic() < end:
            for case in asked:
                case.ask_service(datasets[0])

    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(ask_all, range(CLIENTS)))


def measured(case, name):
    """What both take, in turn: as often as was asked for, or as there is time."""
    dataset = bson.ObjectId(name)
    for _ in range(3):
        case.ask_service(name)
        case.ask_database(dataset)
    ours, theirs = [], []
    end = time.monotonic() + SECONDS
    while len(ours) < LEAST_ROUNDS or len(ours) < ROUNDS and time.monotonic() < end:
        mine, answer = timed(case.ask_service, name)
        other, expected = timed(case.ask_database, dataset)
        assert answer == expected, (case.name, answer, expected)
        ours.append(mine)
        theirs.append(other)
    return ours, theirs


warm_up()
first = {}
for size, name in zip(sizes, datasets):
    for case in cases(size, bson.ObjectId(name)):
        ours, theirs = measured(case, name)
        (p50, p99), (raw50, raw99) = percentiles(ours), percentiles(theirs)
        first.setdefault(case.name, p50)
        print(
            f"{size} items, {case.name}: p50 {p50:.1f} ms against {raw50:.1f} ms: ratio {p50 / raw50:.2f}; "
            f"p99 {p99:.1f} ms against {raw99:.1f} ms: ratio {p99 / raw99:.2f} ({len(ours)} rounds); "
            f"p50 against the smallest dataset {p50 / first[case.name]:.2f}",
            flush=True,
        )
