"""Restarts every container of every service, one after the other, while clients upload, edit, read and query, and shows that no
request fails: rolling.py [--rounds N] [--clients N]

The clients repeat nothing: each answer that is not the expected one, and each connection that breaks, is a failure. It runs
compose.scale.yml with two replicas of each service and three item-services, and needs what the journeys need (compat/run --version
makes it; run it with their Python) and Docker.
"""

import argparse
import collections
import itertools
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "compat"))

import httpx  # noqa: E402

from platforms import Scaled  # noqa: E402

SERVICES = ["item-service", "dataset-service", "auth-service", "model-service", "gateway"]
HEALTHY_WITHIN = 180


class Clients:
    """Threads that ask one thing after the other, each over a connection of its own that it keeps."""

    def __init__(self, platform: Scaled, count: int):
        self.platform = platform
        self.asked: collections.Counter[str] = collections.Counter()
        self.failures: list[str] = []
        self._over = threading.Event()
        body = {"username": platform.admin_email, "password": platform.admin_password, "type": "user_credentials"}
        token = httpx.post(f"{platform.url}/token?default", json=body, timeout=30).raise_for_status().json()["id_token"]
        self.headers = {"authorization": f"Bearer {token}"}
        with self.connection() as client:
            project = client.post("/projects", json={"name": f"rolling {time.time()}"}).raise_for_status().json()["id"]
            dataset = {"name": "rolling", "projects": [project], "createDefaultRecipe": True}
            self.dataset = client.post("/datasets", json=dataset).raise_for_status().json()["id"]
        self.threads = [threading.Thread(target=self._work, args=(number,)) for number in range(count)]

    def connection(self) -> httpx.Client:
        return httpx.Client(base_url=self.platform.api, headers=self.headers, timeout=60)

    def __enter__(self) -> "Clients":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._over.set()
        for thread in self.threads:
            thread.join(120)

    def _work(self, me: int) -> None:
        with self.connection() as client:
            for number in itertools.count():
                if self._over.is_set():
                    return
                name = f"{me}-{number}.txt"
                item = self._ask("upload", lambda: client.post(
                    f"/datasets/{self.dataset}/items", data={"type": "file", "path": f"/{name}"},
                    files={"file": (name, name.encode() * 50)}))
                if item:
                    at = f"/items/{item.json()['id']}"
                    self._ask("read", lambda: client.get(at))
                    self._ask("bytes", lambda: client.get(f"{at}/stream"))
                    self._ask("edit", lambda: client.patch(at, json={"metadata": {"user": {"number": number}}}))
                self._ask("query", lambda: client.post(
                    f"/datasets/{self.dataset}/query",
                    json={"resource": "items", "page": 0, "pageSize": 5, "filter": {"$and": [{"metadata.user.number": number}]}}))
                self._ask("dataset", lambda: client.get(f"/datasets/{self.dataset}"))
                self._ask("who", lambda: client.get("/users/me"))
                self._ask("models", lambda: client.post("/ml/models/query", json={"resource": "models", "page": 0, "pageSize": 1, "filter": {}}))

    def _ask(self, what: str, request) -> httpx.Response | None:
        self.asked[what] += 1
        try:
            answer = request()
        except httpx.TransportError as broken:
            self._fail(f"{what}: {broken!r}")
            return None
        if answer.status_code >= 400:
            self._fail(f"{what}: {answer.status_code} {answer.text[:200]}")
            return None
        return answer

    def _fail(self, how: str) -> None:
        self.failures.append(f"{time.strftime('%H:%M:%S')} {how}")
        # Otherwise a client whose gate is gone would count by the thousand.
        time.sleep(0.2)


def restart(container: str) -> float:
    began = time.monotonic()
    subprocess.run(["docker", "restart", "--time", "35", container], check=True, stdout=subprocess.DEVNULL)
    deadline = began + HEALTHY_WITHIN
    while status(container) != "healthy":
        if time.monotonic() > deadline:
            raise RuntimeError(f"{container} is not healthy after {HEALTHY_WITHIN} s")
        time.sleep(0.2)
    return time.monotonic() - began


def status(container: str) -> str:
    asked = ["docker", "inspect", "--format", "{{.State.Health.Status}}", container]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--rounds", type=int, default=1, help="how often each container is restarted")
    arguments.add_argument("--clients", type=int, default=8)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-rolling-") as folder:
        platform = Scaled(
            Path(folder), item_services=3, gateways=2, auth_services=2, dataset_services=2, model_services=2)
        try:
            platform.start()
            with Clients(platform, chosen.clients) as clients:
                time.sleep(10)
                for service in SERVICES * chosen.rounds:
                    for container in platform.containers(service):
                        before = len(clients.failures)
                        took = restart(container)
                        # The addresses of names are looked up each second, and what has failed is tried again within four.
                        time.sleep(5)
                        failed = clients.failures[before:]
                        print(f"{container}: {took:.1f} s, {len(failed)} failed", *failed[:5], sep="\n  ", flush=True)
            asked = sum(clients.asked.values())
            print(f"{asked} requests ({dict(clients.asked)}), {len(clients.failures)} failed")
            platform.count()
            print(platform.table())
            return 1 if clients.failures else 0
        finally:
            platform.discard()


if __name__ == "__main__":
    sys.exit(main())
