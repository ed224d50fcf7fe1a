"""How fast everybody else is answered while one caller sends hostile queries: hostile.py GATE EMAIL PASSWORD MONGODB_URI [SIZE]

Prints the median and the 95th percentile of a get, a page and an upload without and with them, in turn.
"""
import statistics
import sys
import threading
import time
import uuid

import requests

from filled import filled, gate, session

size = int(sys.argv[5]) if len(sys.argv) > 5 else 1_000_000
ROUNDS, AT_A_TIME = 5, 60
FILES = [{"hidden": False}, {"type": "file"}]

deep = {"x": 1}
for _ in range(1_000):
    deep = {"$and": [deep]}
HOSTILE = {
    "sort by what has no index": {"filter": {"$and": FILES}, "sort": {"metadata.user.nothing": "ascending"}, "pageSize": 1000},
    "pattern that backtracks": {"filter": {"$and": [*FILES, {"name": "*a*a*a*a*a*a*a*a*a*b"}]}},
    "negation of everything": {"filter": {"$and": [*FILES, {"metadata.user.camera": {"$ne": "none"}}]}, "page": 9_000, "pageSize": 100},
    "1,000 levels": {"filter": deep},
    "100,000 values": {"filter": {"metadata.user.number": {"$in": list(range(100_000))}}},
    "an operator of the database": {"filter": {"$where": "while (true) {}"}},
}


def attack(dataset, stop, seen):
    own = requests.Session()
    own.headers.update(session.headers)
    while not stop.is_set():
        for name, body in HOSTILE.items():
            if stop.is_set():
                return
            start = time.perf_counter()
            answer = own.post(f"{gate}/api/v1/datasets/{dataset}/query", json={"resource": "items", **body}, timeout=120)
            seen.setdefault(name, []).append((answer.status_code, time.perf_counter() - start))


def get(item):
    assert session.get(f"{gate}/api/v1/items/{item}", timeout=60).status_code == 200


def page(dataset):
    body = {"filter": {"$and": [*FILES, {"metadata.user.rare": True}]}, "pageSize": 100, "resource": "items"}
    assert session.post(f"{gate}/api/v1/datasets/{dataset}/query", json=body, timeout=60).status_code == 200


def upload(dataset):
    form = {"type": (None, "file"), "path": (None, f"/new/{uuid.uuid4().hex}.bin"), "file": ("x", uuid.uuid4().bytes)}
    assert session.post(f"{gate}/api/v1/datasets/{dataset}/items?mode=skip", files=form, timeout=60).status_code == 201


attacked, quiet = filled(size), filled(10_000)
item = session.get(f"{gate}/api/v1/datasets/{quiet}/items?pageSize=1", timeout=60).json()["items"][0]["id"]
deeds = {"get": lambda: get(item), "page": lambda: page(quiet), "upload": lambda: upload(quiet)}
taken = {(name, under): [] for name in deeds for under in (False, True)}
seen = {}
for number in range(ROUNDS + 1):
    for under in (False, True):
        stop = threading.Event()
        attacker = threading.Thread(target=attack, args=(attacked, stop, seen))
        if under:
            attacker.start()
        for _ in range(AT_A_TIME):
            for name, deed in deeds.items():
                start = time.perf_counter()
                deed()
                if number:
                    taken[name, under].append((time.perf_counter() - start) * 1000)
        stop.set()
        if under:
            attacker.join()
for name in deeds:
    before, after = taken[name, False], taken[name, True]
    p50, p95 = (statistics.median(after) / statistics.median(before), sorted(after)[-len(after) // 20] / sorted(before)[-len(before) // 20])
    print(f"{name}: {statistics.median(before):.1f} ms, beside hostile queries {statistics.median(after):.1f} ms: ratio {p50:.2f}; of the 95th percentiles {p95:.2f}")
for name, answers in seen.items():
    statuses = sorted({status for status, _ in answers})
    print(f"  {name}: {len(answers)} times, answered {statuses}, the slowest after {max(seconds for _, seconds in answers):.1f} s")
