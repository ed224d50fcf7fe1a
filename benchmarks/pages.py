"""Measures a page of 100 items by metadata equality in datasets of growing size.

pages.py GATE EMAIL PASSWORD MONGODB_URI

The items are written to the item-service's database directly, because a million uploads are not what is measured. Every
dataset holds as many matches as the page wants to see and as many again, spread evenly; a second measurement asks for
what every tenth item has. Prints the median milliseconds of each.
"""
import datetime
import statistics
import sys
import time
import uuid

import bson
import pymongo
import requests

gate, email, password, uri = sys.argv[1:5]
session = requests.Session()
token = session.post(
    f"{gate}/token?default", json={"username": email, "password": password, "type": "user_credentials"}, timeout=30
).json()["id_token"]
session.headers["authorization"] = f"Bearer {token}"
project = session.post(f"{gate}/api/v1/projects", json={"name": f"pages {uuid.uuid4().hex}"}, timeout=30).json()
items = pymongo.MongoClient(uri)["sluice-item"]["items"]


def filled(size):
    dataset = session.post(
        f"{gate}/api/v1/datasets",
        json={"name": f"{size}", "projects": [project["id"]], "createDefaultRecipe": True},
        timeout=30,
    ).json()["id"]
    now = datetime.datetime.now(datetime.timezone.utc)
    every = max(1, size // 200)
    batch = []
    for number in range(size):
        name = f"{number:07d}.jpg"
        batch.append(
            {
                "_id": bson.ObjectId(),
                "version": bson.Int64(1),
                "datasetId": bson.ObjectId(dataset),
                "type": "file",
                "filename": f"/{number % 50:02d}/{name}",
                "name": name,
                "dir": f"/{number % 50:02d}",
                "hidden": False,
                "creator": email,
                "createdAt": now,
                "updatedBy": email,
                "updatedAt": now,
                "annotated": False,
                "annotationsCount": bson.Int64(0),
                "content": {"sha256": uuid.uuid4().hex * 2, "size": bson.Int64(5000)},
                "metadata": {
                    "system": {"size": 5000, "mimetype": "image/jpeg", "width": 640, "height": 480},
                    "user": {"rare": number % every == 0, "tenth": number % 10, "camera": f"c{number % 7}"},
                },
            }
        )
        if len(batch) == 1000:
            items.insert_many(batch)
            batch = []
    if batch:
        items.insert_many(batch)
    return dataset


def page(dataset, field, value):
    query = {
        "filter": {"$and": [{"hidden": False}, {"type": "file"}, {field: value}]},
        "page": 0,
        "pageSize": 100,
        "resource": "items",
        "sort": {"id": "ascending"},
    }
    start = time.perf_counter()
    answer = session.post(f"{gate}/api/v1/datasets/{dataset}/query", json=query, timeout=120)
    elapsed = (time.perf_counter() - start) * 1000
    body = answer.json()
    assert answer.status_code == 200 and len(body["items"]) == 100, body
    return elapsed, body["totalItemsCount"]


sizes = [1_000, 100_000]
datasets = {size: filled(size) for size in sizes}
cases = [("metadata.user.rare", True), ("metadata.user.tenth", 3)]
for field, value in cases:
    taken = {size: [] for size in sizes}
    totals = {}
    for round_number in range(60):
        for size in sizes:  # in turn, so that a slow moment of the machine meets both
            elapsed, totals[size] = page(datasets[size], field, value)
            if round_number >= 10:
                taken[size].append(elapsed)
    medians = {size: statistics.median(taken[size]) for size in sizes}
    for size in sizes:
        print(f"{field}={value}: {size} items, {totals[size]} match: median {medians[size]:.1f} ms")
    print(f"{field}={value}: ratio {medians[sizes[1]] / medians[sizes[0]]:.2f}")
