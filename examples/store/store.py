"""A store at a Sluice gate: SLUICE_EMAIL=… SLUICE_PASSWORD=… python store.py http://localhost:8080

A store is a dataset, an item of it has price and tags in its metadata, and the store's users are the platform's users.
"""

import json
import os
import sys

import requests


class Store:
    def __init__(self, gate: str, email: str, password: str, name: str, project: str = "Stores"):
        self.api, self.http = f"{gate}/api/v1", requests.Session()
        login = {"type": "user_credentials", "username": email, "password": password}
        tokens = self.http.post(f"{gate}/token?default", json=login, timeout=30)
        tokens.raise_for_status()
        self.http.headers["Authorization"] = f"Bearer {tokens.json()['id_token']}"
        project_id = self.opened("/projects", {"name": project})["id"]
        self.dataset = self.opened("/datasets", {"name": name, "projects": [project_id]}, projects=project_id)

    def opened(self, path: str, thing: dict, **query) -> dict:
        """The thing of that name, made if there is none."""
        there = self.call("GET", path, params=query)
        return next((one for one in there if one["name"] == thing["name"]), None) or self.call("POST", path, json=thing)

    def add(self, name: str, price: float, *tags: str) -> dict:
        """An item is a file, too; a picture of the thing would do as well."""
        form = {"type": "file", "path": f"/{name}", "metadata": json.dumps({"user": {"price": price, "tags": tags}})}
        return self.call("POST", f"/datasets/{self.dataset['id']}/items", data=form, files={"file": (name, name)})

    def find(self, tag: str | None = None, cheapest: float = 0, dearest: float = 1e9) -> list[dict]:
        conditions = {"type": "file", "hidden": False, "metadata.user.price": {"$gte": cheapest, "$lte": dearest}}
        query = {"filter": conditions | ({"metadata.user.tags": tag} if tag else {}), "sort": {"metadata.user.price": "ascending"}}
        return self.call("POST", f"/datasets/{self.dataset['id']}/query", json=query)["items"]

    def reprice(self, item: dict, price: float) -> dict:
        """Asks for the version first: 412 if somebody else changes the item in between."""
        version = self.http.get(f"{self.api}/items/{item['id']}", timeout=30).headers["ETag"]
        change = {"metadata": {"user": {"price": price}}}
        return self.call("PATCH", f"/items/{item['id']}", json=change, headers={"If-Match": version})

    def remove(self, item: dict) -> None:
        self.call("DELETE", f"/items/{item['id']}")

    def call(self, method: str, path: str, **request):
        answer = self.http.request(method, self.api + path, timeout=30, **request)
        if not answer.ok:
            raise RuntimeError(f"{answer.status_code} {answer.json()['message']}")
        return answer.json() if answer.content else None


if __name__ == "__main__":
    store = Store(sys.argv[1], os.environ["SLUICE_EMAIL"], os.environ["SLUICE_PASSWORD"], "Corner shop")
    apple, plum = store.add("apple", 0.5, "fruit"), store.add("plum", 0.8, "fruit", "blue")
    pan = store.add("pan", 24.0, "kitchen")
    print("all:", [item["name"] for item in store.find()])
    print("fruit from 0.60 to 2:", [item["name"] for item in store.find("fruit", 0.6, 2)])
    print("apples cost", store.reprice(apple, 0.75)["metadata"]["user"]["price"])
    for item in (apple, plum, pan):
        store.remove(item)
    print("left:", len(store.find()))
