"""Clients that work while something breaks, and what they know to be true afterwards.

Three kinds at a time. `Pourer` uploads files, edits their metadata, reads and finds them; each has items of its own, so that it
knows what every one has to look like. `Counter` raises a number in the metadata of items that all of them share, by conditional
writes, and keeps the history. All of them retry as the SDK does: connection errors, 429, 502, 503 and 504, five times, each wait
twice as long as the one before.
"""

import base64
import collections
import hashlib
import json
import random
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

RETRIED = (429, 502, 503, 504)
RETRIES = 5
FIRST_WAIT = 0.3
PATIENCE = 120
SHARED_ITEMS = 4


class Unknown(Exception):
    """No answer that says whether it was done, however often it was asked."""


class Api:
    """A gate, asked as the SDK asks it; counts how often each kind of request was repeated."""

    def __init__(self, url: str, email: str, password: str):
        self.url = url
        self.email, self.password = email, password
        self.repeats: collections.Counter = collections.Counter()
        self.answers: collections.Counter = collections.Counter()
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=PATIENCE, limits=httpx.Limits(max_keepalive_connections=4))
        self.signed_in_until = 0.0
        self.sign_in()

    def sign_in(self) -> None:
        body = {"username": self.email, "password": self.password, "type": "user_credentials"}
        reply = self.ask("POST", f"{self.url}/token?default", json=body)
        reply.raise_for_status()
        self.client.headers["authorization"] = f"Bearer {reply.json()['id_token']}"
        self.signed_in_until = time.monotonic() + 1_800

    def ask(self, method: str, path: str, **request) -> httpx.Response:
        """The first answer that is final."""
        wait = FIRST_WAIT
        problem = ""
        for attempt in range(RETRIES + 1):
            try:
                reply = self.client.request(method, path, **request)
                problem = f"{reply.status_code} {reply.text[:200]}" if reply.status_code in RETRIED else ""
                if not problem:
                    self.repeats[(method, attempt)] += 1
                    self.answers[(method, reply.status_code)] += 1
                    return reply
                self.answers[(method, reply.status_code)] += 1
                wait = max(wait, float(reply.headers.get("retry-after", 0)))
            except httpx.TransportError as failure:
                problem = repr(failure)
                self.answers[(method, type(failure).__name__)] += 1
            time.sleep(wait)
            wait *= 2
        self.repeats[(method, "given up")] += 1
        raise Unknown(f"{method} {path}: {problem}")

    def keep_signed_in(self) -> None:
        if time.monotonic() > self.signed_in_until:
            self.sign_in()


@dataclass
class Known:
    """What has to be true of an item: each change that was acknowledged is there, one that was not may be."""

    sha256: str
    item_id: str | None = None
    number: int = 0
    """The last one that was acknowledged."""
    tried: int = 0
    """The last one that was sent."""


class Worker(threading.Thread):
    """Does one thing after the other until it is told to stop; remembers the first thing that was wrong."""

    def __init__(self, api: Api, stop: threading.Event):
        super().__init__(daemon=True)
        self.api = api
        self.stop = stop
        self.wrong: list[str] = []
        self.done: collections.Counter = collections.Counter()

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                self.api.keep_signed_in()
                self.step()
            except Unknown:
                self.done["unknown"] += 1
            except Exception as failure:  # noqa: BLE001 - whatever it is, the verdict has to name it
                self.wrong.append(f"{type(failure).__name__}: {failure}")

    def step(self) -> None:
        raise NotImplementedError

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.wrong.append(what)


class Pourer(Worker):
    """Uploads, edits, reads and finds items of its own."""

    def __init__(self, api: Api, stop: threading.Event, dataset: str, name: str):
        super().__init__(api, stop)
        self.dataset, self.name = dataset, name
        self.items: dict[str, Known] = {}
        self.chance = random.Random(name)

    def step(self) -> None:
        known = [path for path, one in self.items.items() if one.item_id]
        what = self.chance.random()
        if len(known) < 3 or what < 0.4:
            self.upload()
        elif what < 0.6:
            self.edit(known)
        elif what < 0.9:
            self.read(self.chance.choice(known))
        else:
            self.find(self.chance.choice(known))

    def upload(self) -> None:
        path = f"/{self.name}/{len(self.items):06d}.bin"
        content = self.chance.randbytes(self.chance.choice((100, 3_000, 40_000, 600_000)))
        one = self.items[path] = Known(hashlib.sha256(content).hexdigest())
        reply = self.api.ask(
            "POST",
            f"/datasets/{self.dataset}/items",
            params={"mode": "skip"},
            data={"type": "file", "path": path},
            files={"file": (path.rsplit("/", 1)[1], content)},
        )
        if reply.status_code not in (200, 201):
            self.expect(False, f"upload of {path}: {reply.status_code} {reply.text[:200]}")
            return
        one.item_id = reply.json()["id"]
        self.done["uploads"] += 1

    def edit(self, known: list[str]) -> None:
        # A change without an answer may still be on its way, and would come after the next one.
        path = self.chance.choice([path for path in known if self.items[path].number == self.items[path].tried])
        one = self.items[path]
        one.tried += 1
        tried = one.tried
        reply = self.api.ask("PATCH", f"/items/{one.item_id}", json={"metadata": {"user": {"number": tried}}})
        if reply.status_code == 200:
            one.number = tried
            self.done["edits"] += 1
        else:
            self.expect(False, f"edit of {path}: {reply.status_code} {reply.text[:200]}")

    def read(self, path: str) -> None:
        one = self.items[path]
        item = self.api.ask("GET", f"/items/{one.item_id}")
        self.expect(item.status_code == 200, f"{path} was acknowledged and is {item.status_code} {item.text[:200]}")
        if item.status_code == 200:
            self.check(path, one, item.json())
        content = self.api.ask("GET", f"/items/{one.item_id}/stream")
        self.expect(
            content.status_code == 200 and hashlib.sha256(content.content).hexdigest() == one.sha256,
            f"{path} has not the bytes that were acknowledged: {content.status_code}",
        )
        self.done["reads"] += 1

    def find(self, path: str) -> None:
        query = {"resource": "items", "filter": {"$and": [{"filename": path}]}}
        reply = self.api.ask("POST", f"/datasets/{self.dataset}/query", json=query)
        self.expect(
            reply.status_code == 200 and [one["filename"] for one in reply.json()["items"]] == [path],
            f"{path} is not found, or not once: {reply.status_code} {reply.text[:200]}",
        )
        self.done["queries"] += 1

    def check(self, path: str, one: Known, item: dict) -> None:
        number = item["metadata"].get("user", {}).get("number", 0)
        self.expect(
            one.number <= number <= one.tried, f"{path} has {number}; acknowledged was {one.number}, sent {one.tried}"
        )


@dataclass
class Event:
    """One step of the history of a shared item; times are of one clock."""

    kind: str
    item: str
    began: float
    ended: float
    value: int


class Counter(Worker):
    """Raises numbers that all of them share, each time by one and only if nobody else has meanwhile; and reads them."""

    def __init__(self, api: Api, stop: threading.Event, shared: list[str], history: list[Event]):
        super().__init__(api, stop)
        self.shared, self.history = shared, history
        self.chance = random.Random(secrets.randbits(64))

    def step(self) -> None:
        item = self.chance.choice(self.shared)
        began = time.monotonic()
        reply = self.api.ask("GET", f"/items/{item}")
        if reply.status_code != 200:
            self.expect(False, f"shared item: {reply.status_code} {reply.text[:200]}")
            return
        value = reply.json()["metadata"].get("user", {}).get("value", 0)
        self.history.append(Event("read", item, began, time.monotonic(), value))
        if self.chance.random() < 0.5:
            return
        began = time.monotonic()
        try:
            # Asked once: after a lost answer a repeat would meet the change that the first one has made.
            answer = self.api.client.patch(
                f"/items/{item}",
                json={"metadata": {"user": {"value": value + 1}}},
                headers={"if-match": reply.headers["etag"]},
            )
        except httpx.TransportError:
            self.history.append(Event("unknown", item, began, time.monotonic(), value + 1))
            return
        if answer.status_code == 200:
            self.history.append(Event("written", item, began, time.monotonic(), value + 1))
            self.done["conditional writes"] += 1
        elif answer.status_code >= 500:
            self.history.append(Event("unknown", item, began, time.monotonic(), value + 1))
        else:
            self.expect(answer.status_code in (412, 429), f"conditional write: {answer.status_code} {answer.text[:200]}")


def anomalies(history: list[Event], last: dict[str, int]) -> list[str]:
    """Lost updates and stale reads in a history of numbers that only ever rise by one."""
    found = []
    for item, final in last.items():
        events = [event for event in history if event.item == item]
        written = [event for event in events if event.kind == "written"]
        unknown = sum(event.kind == "unknown" for event in events)
        for value, count in collections.Counter(event.value for event in written).items():
            if count > 1:
                found.append(f"lost update: {count} writers were told that they wrote {value}")
        if not len(written) <= final <= len(written) + unknown:
            found.append(f"{len(written)} writes were acknowledged, {unknown} may have been done, and the number is {final}")
        for read in (event for event in events if event.kind == "read"):
            newest = max((event.value for event in written if event.ended < read.began), default=0)
            if read.value < newest:
                found.append(f"stale read: {read.value} after {newest} was acknowledged")
    return found


@dataclass
class Workload:
    """Clients of all kinds on one gate, and the verdict on what they saw."""

    url: str
    email: str
    password: str
    pourers: int = 6
    counters: int = 2
    stop: threading.Event = field(default_factory=threading.Event)
    history: list[Event] = field(default_factory=list)
    workers: list[Worker] = field(default_factory=list)

    def start(self) -> None:
        self.admin = self._api()
        project = self._made("/projects", {"name": f"Faults {secrets.token_hex(4)}"})
        self.dataset = self._made("/datasets", {"name": "Work", "projects": [project["id"]]})["id"]
        self.shared = [self._shared(number) for number in range(SHARED_ITEMS)]
        for number in range(self.pourers):
            self.workers.append(Pourer(self._api(), self.stop, self.dataset, f"client{number}"))
        for _ in range(self.counters):
            self.workers.append(Counter(self._api(), self.stop, self.shared, self.history))
        for worker in self.workers:
            worker.start()

    def finish(self) -> list[str]:
        """Stops the clients, then looks at everything once more; what was wrong, empty when nothing was."""
        self.stop.set()
        for worker in self.workers:
            worker.join(PATIENCE * 3)
        wrong = [what for worker in self.workers for what in worker.wrong]
        wrong += [f"a client hangs: {worker}" for worker in self.workers if worker.is_alive()]
        for pourer in (worker for worker in self.workers if isinstance(worker, Pourer)):
            wrong += self._missing(pourer)
        last = {item: self._item(item)["metadata"].get("user", {}).get("value", 0) for item in self.shared}
        return wrong + anomalies(self.history, last)

    def _missing(self, pourer: Pourer) -> list[str]:
        reply = self.admin.ask(
            "GET",
            f"/datasets/{self.dataset}/items?all=true&path=%2F{pourer.name}",
            headers={"accept": "application/x-ndjson"},
        )
        listed = [json.loads(line) for line in reply.text.splitlines() if line]
        items = {item["filename"]: item for item in listed if item["filename"].startswith(f"/{pourer.name}/")}
        names = collections.Counter(item["filename"] for item in listed)
        wrong = [f"{name} is there {count} times" for name, count in names.items() if count > 1]
        pourer.wrong = []
        for path, one in pourer.items.items():
            if not one.item_id:
                continue
            if path not in items or items[path]["id"] != one.item_id:
                wrong.append(f"{path} was acknowledged as {one.item_id} and is not there")
            else:
                pourer.check(path, one, items[path])
        # An item that nobody was told of may be there, but then with its bytes.
        with ThreadPoolExecutor(4) as pool:
            paths = [path for path in items if path in pourer.items]
            for path, content in zip(paths, pool.map(lambda path: self.admin.ask("GET", f"/items/{items[path]['id']}/stream"), paths)):
                if content.status_code != 200 or hashlib.sha256(content.content).hexdigest() != pourer.items[path].sha256:
                    wrong.append(f"{path} has lost its bytes: {content.status_code}")
        return wrong + pourer.wrong

    def repeats(self) -> dict[str, dict]:
        """By method: how many requests needed how many repeats."""
        total: dict[str, dict] = {}
        for worker in self.workers:
            for (method, count), times in worker.api.repeats.items():
                by_count = total.setdefault(method, {})
                by_count[count] = by_count.get(count, 0) + times
        return total

    def answers(self) -> dict[str, dict]:
        """By method: how many answers of each status, and how many broken connections."""
        total: dict[str, dict] = {}
        for worker in self.workers:
            for (method, status), times in worker.api.answers.items():
                by_status = total.setdefault(method, {})
                by_status[status] = by_status.get(status, 0) + times
        return total

    def done(self) -> collections.Counter:
        return sum((worker.done for worker in self.workers), collections.Counter())

    def _api(self) -> Api:
        return Api(self.url, self.email, self.password)

    def _made(self, path: str, body: dict) -> dict:
        reply = self.admin.ask("POST", path, json=body)
        reply.raise_for_status()
        return reply.json()

    def _shared(self, number: int) -> str:
        reply = self.admin.ask(
            "POST",
            f"/datasets/{self.dataset}/items",
            params={"mode": "skip"},
            data={"type": "file", "path": f"/shared/{number}.txt"},
            files={"file": (f"{number}.txt", base64.b64encode(secrets.token_bytes(24)))},
        )
        reply.raise_for_status()
        return reply.json()["id"]

    def _item(self, item_id: str) -> dict:
        reply = self.admin.ask("GET", f"/items/{item_id}")
        reply.raise_for_status()
        return reply.json()
