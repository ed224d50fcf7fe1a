"""Measures a page of 100 items by metadata equality in datasets of growing size.

pages.py GATE EMAIL PASSWORD MONGODB_URI

Every dataset holds as many matches as the page wants to see and as many again, spread evenly; a second measurement asks for
what every tenth item has. Prints the median milliseconds of each.
"""
import statistics
import time

from filled import filled, gate, session

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
