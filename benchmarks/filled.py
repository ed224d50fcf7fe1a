"""Signs in, makes a project, and fills datasets of it. The items are written to the item-service's database directly, because a
million uploads are not what is measured. What an earlier measurement of the same run has filled is used again.
"""
import datetime
import sys
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
database = pymongo.MongoClient(uri)
items = database["sluice-item"]["items"]


def filled(size, folders=50):
    name = f"{size}" if folders == 50 else f"{size} in {folders}"
    known = database["sluice-dataset"]["datasets"].find_one({"name": name})
    if known:
        return str(known["_id"])
    dataset = session.post(
        f"{gate}/api/v1/datasets",
        json={"name": name, "projects": [project["id"]], "createDefaultRecipe": True},
        timeout=30,
    ).json()["id"]
    now = datetime.datetime.now(datetime.timezone.utc)
    every = max(1, size // 200)
    batch = []
    for number in range(size):
        name, folder = f"{number:07d}.jpg", f"/{number % folders:02d}"
        batch.append(
            {
                "_id": bson.ObjectId(),
                "version": bson.Int64(1),
                "datasetId": bson.ObjectId(dataset),
                "type": "file",
                "filename": f"{folder}/{name}",
                "name": name,
                "dir": folder,
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
                    "user": {"rare": number % every == 0, "tenth": number % 10, "camera": f"c{number % 7}", "number": number, "deep": {"a": {"b": number % 97}}},
                },
            }
        )
        if len(batch) == 1000:
            items.insert_many(batch)
            batch = []
    if batch:
        items.insert_many(batch)
    return dataset
