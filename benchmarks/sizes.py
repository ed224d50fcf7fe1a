"""Measures what one does with a dataset at 10,000, 100,000 and 1,000,000 items: sizes.py GATE EMAIL PASSWORD MONGODB_URI [SIZE...]

All sizes are asked in turn in every round, so that a slow moment of the machine meets all of them. Prints the median milliseconds of
each, and the ratio of the largest to the smallest.
"""
import statistics
import sys
import time
import uuid

from filled import filled, gate, session

ROUNDS, WARM_UP = 60, 15
DEFAULT = {"$and": [{"hidden": False}, {"type": "file"}]}
sizes = [int(size) for size in sys.argv[5:]] or [10_000, 100_000, 1_000_000]


def query(dataset, **more):
    body = {"filter": DEFAULT, "pageSize": 100, "resource": "items", **more}
    answer = session.post(f"{gate}/api/v1/datasets/{dataset}/query", json=body, timeout=120)
    assert answer.status_code == 200, answer.text
    return answer.json()


def upload(dataset, folder="/new"):
    form = {"type": (None, "file"), "path": (None, f"{folder}/{uuid.uuid4().hex}.bin"), "file": ("x", uuid.uuid4().bytes)}
    answer = session.post(f"{gate}/api/v1/datasets/{dataset}/items?mode=skip", files=form, timeout=60)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


class Dataset:
    def __init__(self, size, folders=50):
        self.id = filled(size, folders)
        self.size = size
        page = query(self.id, sort={"id": "ascending"})
        self.item = page["items"][50]["id"]
        self.last = page["items"][-1]["id"]
        self.page = size // 100 - 80
        self.made = []

    def get(self):
        assert session.get(f"{gate}/api/v1/items/{self.item}", timeout=60).status_code == 200

    def first_page(self):
        assert len(query(self.id, sort={"id": "ascending"})["items"]) == 100

    def next_page(self):
        after = {"$and": [*DEFAULT["$and"], {"id": {"$gt": self.last}}]}
        self.last = query(self.id, filter=after, sort={"id": "ascending"})["items"][-1]["id"]

    def folder(self, **more):
        inside = {"$and": [*DEFAULT["$and"], {"dir": "/00"}]}
        assert len(query(self.id, filter=inside, **more)["items"]) == 100

    def folder_by_name(self):
        self.folder(sort={"name": "ascending"})

    def total(self):
        assert query(self.id, pageSize=0)["totalItemsCount"] >= self.size

    def late_page(self):
        """The next one of somebody who turns pages by number, near the end."""
        self.page += 1
        assert len(query(self.id, page=self.page)["items"]) == 100

    def create(self):
        self.made.append(upload(self.id))

    def create_in_folder(self):
        self.made.append(upload(self.id, "/00"))

    def patch(self):
        body = {"metadata": {"user": {"seen": uuid.uuid4().hex}}}
        assert session.patch(f"{gate}/api/v1/items/{self.item}", json=body, timeout=60).status_code == 200

    def delete(self):
        assert session.delete(f"{gate}/api/v1/items/{self.made.pop()}", timeout=60).status_code == 204


def measure(name, deed, before=lambda dataset: None):
    taken = {dataset.size: [] for dataset in datasets}
    for number in range(ROUNDS + WARM_UP):
        for dataset in datasets:
            before(dataset)
            start = time.perf_counter()
            deed(dataset)
            if number >= WARM_UP:
                taken[dataset.size].append((time.perf_counter() - start) * 1000)
    medians = [statistics.median(taken[dataset.size]) for dataset in datasets]
    shown = ", ".join(f"{median:.1f} ms" for median in medians)
    print(f"{name}: {shown}: ratio {medians[-1] / medians[0]:.2f}", flush=True)


def first_byte(dataset):
    """Streams everything: the seconds to the first line, and lines a second."""
    start = time.perf_counter()
    answer = session.get(
        f"{gate}/api/v1/datasets/{dataset.id}/items?all=true", headers={"accept": "application/x-ndjson"}, stream=True, timeout=600
    )
    first, lines = None, 0
    for chunk in answer.iter_content(1 << 16):
        first = first or time.perf_counter() - start
        lines += chunk.count(b"\n")
    assert lines >= dataset.size, lines
    print(f"everything of {dataset.size} items: first byte after {first * 1000:.0f} ms, {lines / (time.perf_counter() - start):.0f} items/s")


datasets = [Dataset(size) for size in sizes]
# What was written behind the back of the service is nothing that it was told of.
time.sleep(16)
measure("get", Dataset.get)
measure("first page", Dataset.first_page)
measure("next page by id", Dataset.next_page)
measure("total, nobody changing", Dataset.total)
measure("next page by number, near the end", Dataset.late_page)
measure("patch", Dataset.patch)
measure("create", Dataset.create)
measure("total right after a change", Dataset.total, before=Dataset.create)
measure("delete", Dataset.delete)
for one in datasets:
    while one.made:
        one.delete()
    first_byte(one)
datasets = [Dataset(size, folders=1) for size in (sizes[0], sizes[-1])]
time.sleep(16)
measure("first page of a folder that holds all", Dataset.folder)
measure("the same in the order of names", Dataset.folder_by_name)
measure("create in that folder", Dataset.create_in_folder)
measure("delete from that folder", Dataset.delete)
