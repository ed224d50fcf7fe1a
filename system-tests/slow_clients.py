"""Thousands of clients that are slow on purpose, and what the others notice of them: slow_clients.py [--slow N] [--seconds N]

Half of the slow ones send the head of a request a byte at a time, the others ask for a file of 8 MB and take a kilobyte of it now
and then. A few normal ones read an item meanwhile. Prints the normal ones' times before and during; the goal is a 99th
percentile of at most twice as long.

Starts a platform of its own (`./sluice up`) and needs what the journeys need (compat/run --version makes it).
"""

import argparse
import asyncio
import os
import resource
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "compat"))

import httpx  # noqa: E402

from platforms import Launched  # noqa: E402
from workload import Api  # noqa: E402

LARGE = 8 * 1024 * 1024
NORMAL = 4
BETWEEN_REQUESTS = 0.02


def measure(name: str, url: str, token: str, item: str, seconds: float) -> list[float]:
    """Milliseconds of each request of a few normal clients, in rising order; says how many were not answered with what was asked for."""
    times: list[float] = []
    refused: list[int] = []
    deadline = time.monotonic() + seconds

    def ask() -> None:
        with httpx.Client(headers={"authorization": token}, timeout=30) as client:
            while time.monotonic() < deadline:
                began = time.monotonic()
                status = client.get(f"{url}/api/v1/items/{item}").status_code
                if status == 200:
                    times.append((time.monotonic() - began) * 1_000)
                else:
                    refused.append(status)
                time.sleep(BETWEEN_REQUESTS)

    threads = [threading.Thread(target=ask) for _ in range(NORMAL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 60)
    times.sort()
    if times:
        print(f"{name}: {len(times)} requests, median {statistics.median(times):.1f} ms, 99th percentile {percentile(times, 0.99):.1f} ms")
    if refused:
        print(f"{name}: {len(refused)} requests were refused: {sorted(set(refused))}")
    return times


class Slow(threading.Thread):
    """All slow clients, on one event loop."""

    def __init__(self, url: str, token: str, item: str, count: int):
        super().__init__(daemon=True)
        target = urlsplit(url)
        self.host, self.port = target.hostname, target.port
        self.head = f"GET /api/v1/items/{item}/stream HTTP/1.1\r\nhost: {target.netloc}\r\nauthorization: {token}\r\n"
        self.count = count
        self.connected = 0
        self.closed = 0
        self.all_there = threading.Event()
        self.ended = threading.Event()

    def run(self) -> None:
        asyncio.run(self._all())

    async def _all(self) -> None:
        tasks = [asyncio.create_task(self._one(number)) for number in range(self.count)]
        while not self.ended.is_set():
            await asyncio.sleep(0.2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _one(self, number: int) -> None:
        while not self.ended.is_set():
            try:
                reader, writer = await asyncio.open_connection(self.host, self.port, limit=1024)
                self.connected += 1
                if self.connected >= self.count:
                    self.all_there.set()
                try:
                    await (self._drip(writer) if number % 2 else self._sip(reader, writer))
                finally:
                    writer.close()
            except OSError:
                pass
            self.closed += 1
            await asyncio.sleep(1)

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        for byte in self.head.encode():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(2)

    async def _sip(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{self.head}\r\n".encode())
        while await reader.read(1024):
            await asyncio.sleep(2)


def percentile(times: list[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--slow", type=int, default=2_000)
    arguments.add_argument("--seconds", type=float, default=30)
    chosen = arguments.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    work = Path(tempfile.mkdtemp(prefix="sluice-slow-"))
    platform = Launched(work, None)
    # The slow ones come from one address; a limit for each would turn most of them away at once.
    platform.environment["GATEWAY_LIMITS_READ"] = "100000000"
    slow = None
    try:
        platform.start()
        api = Api(platform.url, platform.admin_email, platform.admin_password)
        token = api.client.headers["authorization"]
        project = api.ask("POST", "/projects", json={"name": "Slow"}).json()["id"]
        dataset = api.ask("POST", "/datasets", json={"name": "Slow", "projects": [project]}).json()["id"]
        ids = [
            api.ask(
                "POST", f"/datasets/{dataset}/items", data={"type": "file", "path": f"/{size}"}, files={"file": ("x", os.urandom(size))}
            ).json()["id"]
            for size in (1_000, LARGE)
        ]
        measure("warm-up", platform.url, token, ids[0], chosen.seconds)
        before = measure("before", platform.url, token, ids[0], chosen.seconds)
        slow = Slow(platform.url, token, ids[1], chosen.slow)
        slow.start()
        assert slow.all_there.wait(120), f"only {slow.connected} of {chosen.slow} could connect"
        during = measure("during", platform.url, token, ids[0], chosen.seconds)
        slow.ended.set()
        slow.join(60)
        measure("after", platform.url, token, ids[0], chosen.seconds)
        print(f"{chosen.slow} slow clients, {slow.closed} of their connections were closed")
        if not during:
            sys.exit("nobody else was served meanwhile")
        print(f"99th percentile during against before: {percentile(during, 0.99) / percentile(before, 0.99):.2f}")
    finally:
        if slow is not None:
            slow.ended.set()
        platform.discard()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
