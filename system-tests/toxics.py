"""Harms the connections between the parts of the platform, one pair and one kind of harm at a time, and watches what callers get:
toxics.py --mongod PATH --toxiproxy PATH [--seconds N] [--pairs GLOB] [--toxics GLOB]

Each part is a process of its own on loopback; between each two that talk to each other stands a proxy of Toxiproxy
(https://github.com/Shopify/toxiproxy, its server: `go install github.com/Shopify/toxiproxy/v2/cmd/server@v2.12.0`). While a
connection is harmed, every request has to end in time, with what was asked for or with a 503 or 504 that says so; who does not need
that connection must not notice; and when the harm is over, all is well again soon and no connection is left over.

Needs a built platform (./mvnw -DskipTests package) and what the journeys need (compat/run --version makes it).
"""

import argparse
import collections
import fnmatch
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "compat"))

import httpx  # noqa: E402

from platforms import Platform, free_port, tail  # noqa: E402
from workload import Api  # noqa: E402

PATIENCE = 8
"""Seconds that the gateway gives a service here; 60 by default."""
IN_TIME = PATIENCE + 7
"""Seconds in which every request has to end: the patience, a connection's time, and a repeat of what may be repeated."""
RECOVERS_WITHIN = 60

SERVICES = ("auth-service", "dataset-service", "item-service", "model-service")
PAIRS = {
    "gateway": SERVICES,
    "auth-service": ("dataset-service", "mongod"),
    "dataset-service": ("auth-service", "item-service", "model-service", "mongod"),
    "item-service": ("auth-service", "dataset-service", "mongod"),
    "model-service": ("auth-service", "dataset-service", "item-service", "mongod"),
}
TOXICS = {
    "latency": {"type": "latency", "attributes": {"latency": 1_500, "jitter": 500}},
    "cut": {"type": "timeout", "attributes": {"timeout": 0}},
    "reset": {"type": "reset_peer", "attributes": {"timeout": 100}},
    "slow close": {"type": "slow_close", "attributes": {"delay": 5_000}},
    "bandwidth": {"type": "bandwidth", "attributes": {"rate": 4}},
    "down": None,
}


class Proxies:
    """A Toxiproxy server with a proxy for each pair."""

    def __init__(self, binary: Path, folder: Path):
        self.port = free_port()
        with (folder / "toxiproxy.log").open("wb") as log:
            self.process = subprocess.Popen([binary, "-host", "127.0.0.1", "-port", str(self.port)], stdout=log, stderr=log)
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=10)
        deadline = time.monotonic() + 20
        while True:
            try:
                self.client.get("/version").raise_for_status()
                return
            except httpx.HTTPError:
                assert time.monotonic() < deadline, "Toxiproxy does not start"
                time.sleep(0.1)

    def between(self, one: str, other: str, port: int) -> int:
        listen = free_port()
        body = {"name": f"{one}>{other}", "listen": f"127.0.0.1:{listen}", "upstream": f"127.0.0.1:{port}", "enabled": True}
        self.client.post("/proxies", json=body).raise_for_status()
        return listen

    def harm(self, pair: str, toxic: str) -> None:
        described = TOXICS[toxic]
        if described is None:
            self.client.post(f"/proxies/{pair}", json={"enabled": False}).raise_for_status()
            return
        for stream in ("upstream", "downstream"):
            body = {"name": f"harm-{stream}", "stream": stream, "toxicity": 1.0} | described
            self.client.post(f"/proxies/{pair}/toxics", json=body).raise_for_status()

    def heal(self) -> None:
        self.client.post("/reset").raise_for_status()


class Parted(Platform):
    """Gateway, services and a mongod as processes, each pair with a proxy in between."""

    admin_email = "admin@toxics.example"

    def __init__(self, folder: Path, mongod: Path, toxiproxy: Path):
        self.folder = folder
        self.mongod = mongod
        self.ports = {name: free_port() for name in ("gateway", *SERVICES, "mongod")}
        self.url = f"http://127.0.0.1:{self.ports['gateway']}"
        self.admin_password = secrets.token_urlsafe(16)
        self.proxies = Proxies(toxiproxy, folder)
        self.processes: dict[str, subprocess.Popen] = {}

    def start(self) -> None:
        (self.folder / "db").mkdir()
        self._run("mongod", [str(self.mongod), "--dbpath", str(self.folder / "db"), "--port", str(self.ports["mongod"]), "--bind_ip", "127.0.0.1"])
        own = {
            "auth-service": [
                f"--auth-service.administrator.email={self.admin_email}",
                f"--auth-service.signing-keys.secret-file={self.folder / 'signing-secret'}",
            ],
            "item-service": [f"--item-service.blobs=file:{self.folder / 'blobs'}"],
            "model-service": [f"--model-service.files.folder={self.folder / 'models'}"],
            "gateway": [f"--gateway.upstream.patience={PATIENCE}s", "--gateway.limits.read=100000000"],
        }
        for one, others in PAIRS.items():
            [jar] = (REPOSITORY / one / "target").glob(f"{one}-*-exec.jar")
            command = ["java", "-XX:TieredStopAtLevel=1", "-Xmx512m", "-jar", str(jar), "--server.address=127.0.0.1"]
            command += [f"--server.port={self.ports[one]}", *own.get(one, [])]
            for other in others:
                port = self.proxies.between(one, other, self.ports[other])
                if other == "mongod":
                    command.append(f"--spring.mongodb.uri=mongodb://127.0.0.1:{port}/{one}?directConnection=true")
                else:
                    command.append(f"--sluice.services.{other}=http://127.0.0.1:{port}")
            self._run(one, command)
        self.wait_until_up()

    def _run(self, name: str, command: list[str]) -> None:
        environment = os.environ | {"AUTH_SERVICE_ADMINISTRATOR_PASSWORD": self.admin_password}
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(command, stdout=log, stderr=log, env=environment)

    def has_ended(self) -> bool:
        return any(process.poll() is not None for process in self.processes.values())

    def stop(self) -> None:
        for process in reversed(self.processes.values()):
            process.terminate()

    def kill(self) -> None:
        for process in self.processes.values():
            process.kill()

    def discard(self) -> None:
        self.kill()
        self.proxies.process.kill()
        for process in (*self.processes.values(), self.proxies.process):
            process.wait(30)

    def logs(self) -> str:
        return "\n".join(file.read_text(errors="replace") for file in self.folder.glob("*.log"))

    def log_tail(self) -> str:
        return "\n".join(f"{file.name}:\n{tail(file, 15)}" for file in self.folder.glob("*.log"))

    def connections(self) -> int:
        """Sockets that the gateway and the services have open."""
        count = 0
        for name in PAIRS:
            for handle in Path(f"/proc/{self.processes[name].pid}/fd").iterdir():
                try:
                    count += os.readlink(handle).startswith("socket:")
                except OSError:
                    continue
        return count


@dataclass
class Seen:
    """What callers of one kind got while a connection was harmed."""

    statuses: collections.Counter = field(default_factory=collections.Counter)
    longest: float = 0.0
    wrong: list[str] = field(default_factory=list)


class Caller(threading.Thread):
    """Asks one thing again and again, each time once."""

    def __init__(self, name: str, platform: Parted, token: str, method: str, path: str, body: dict | None, ended: threading.Event):
        super().__init__(daemon=True)
        self.name = name
        self.client = httpx.Client(base_url=platform.url, headers={"authorization": token}, timeout=IN_TIME + 30)
        self.request = (method, path, body)
        self.ended = ended
        self.seen = Seen()

    def run(self) -> None:
        while not self.ended.wait(0.1):
            self.ask()

    def ask(self) -> bool:
        method, path, body = self.request
        began = time.monotonic()
        try:
            reply = self.client.request(method, path, json=body)
            status = reply.status_code
            if status == 503 and "retry-after" not in reply.headers:
                self.seen.wrong.append(f"{self.name}: a 503 without Retry-After")
            if status >= 400 and status not in (500 + 3, 500 + 4, 522, 424):
                self.seen.wrong.append(f"{self.name}: {status} {reply.text[:200]}")
        except httpx.TransportError as failure:
            status = type(failure).__name__
            self.seen.wrong.append(f"{self.name}: {failure!r}")
        took = time.monotonic() - began
        self.seen.statuses[status] += 1
        self.seen.longest = max(self.seen.longest, took)
        if took > IN_TIME:
            self.seen.wrong.append(f"{self.name}: {status} after {took:.1f} s")
        return isinstance(status, int) and status < 400


def things(platform: Parted) -> tuple[str, dict[str, tuple[str, str, dict | None]]]:
    """A request to each service, by the service's name, that needs its database."""
    api = Api(platform.url, platform.admin_email, platform.admin_password)
    project = api.ask("POST", "/projects", json={"name": "Toxics"}).json()["id"]
    dataset = api.ask("POST", "/datasets", json={"name": "Toxics", "projects": [project]}).json()["id"]
    item = api.ask(
        "POST", f"/datasets/{dataset}/items", data={"type": "file", "path": "/a.txt"}, files={"file": ("a.txt", b"a")}
    ).json()["id"]
    model = api.ask("POST", "/ml/models", json={"name": "Model", "projectId": project}).json()["id"]
    return api.client.headers["authorization"], {
        "auth-service": ("GET", "/api/v1/users/me", None),
        "dataset-service": ("GET", f"/api/v1/projects/{project}", None),
        "item-service": ("PATCH", f"/api/v1/items/{item}", {"metadata": {"user": {"a": 1}}}),
        "model-service": ("GET", f"/api/v1/ml/models/{model}", None),
    }


# What each service's request needs besides itself; everything else must not be noticed.
NEEDS = {
    "auth-service": {"auth-service>mongod"},
    "dataset-service": {"dataset-service>mongod", "dataset-service>auth-service"},
    "item-service": {"item-service>mongod", "item-service>auth-service", "item-service>dataset-service", "dataset-service>mongod",
                     "dataset-service>auth-service"},
    "model-service": {"model-service>mongod", "model-service>auth-service", "model-service>dataset-service", "dataset-service>mongod",
                      "dataset-service>auth-service"},
}


def needs(service: str, pair: str) -> bool:
    """Sessions are asked for at auth-service, by all."""
    return pair == f"gateway>{service}" or pair in NEEDS[service] or pair == "auth-service>mongod"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--mongod", type=Path, required=True)
    arguments.add_argument("--toxiproxy", type=Path, required=True)
    arguments.add_argument("--seconds", type=float, default=12, help="how long each harm lasts")
    arguments.add_argument("--pairs", default="*", help="only these, such as 'gateway>*'")
    arguments.add_argument("--toxics", default="*", help="only these, such as 'cut'")
    chosen = arguments.parse_args()
    work = Path(tempfile.mkdtemp(prefix="sluice-toxics-"))
    platform = Parted(work, chosen.mongod, chosen.toxiproxy)
    wrong: list[str] = []
    try:
        platform.start()
        token, requests = things(platform)
        before = platform.connections()
        print(f"{before} connections at the beginning\n")
        print("| pair | harm | harmed: answers, longest | others: answers, longest | well again after |\n|---|---|---|---|---|", flush=True)
        for pair in (f"{one}>{other}" for one, others in PAIRS.items() for other in others):
            for toxic in TOXICS:
                if fnmatch.fnmatch(pair, chosen.pairs) and fnmatch.fnmatch(toxic, chosen.toxics):
                    wrong += harm(platform, token, requests, pair, toxic, chosen.seconds)
        time.sleep(45)
        after = platform.connections()
        print(f"\n{after} connections in the end, {before} in the beginning")
        if after > before + 40:
            wrong.append(f"{after - before} connections are left over")
        if wrong:
            sys.exit("\n".join(["WRONG:", *wrong[:60]]))
        print("every request ended in time; who did not need a connection did not notice")
    except BaseException:
        print(platform.log_tail(), file=sys.stderr)
        raise
    finally:
        platform.discard()
        shutil.rmtree(work, ignore_errors=True)


def harm(platform: Parted, token: str, requests: dict, pair: str, toxic: str, seconds: float) -> list[str]:
    ended = threading.Event()
    callers = [Caller(service, platform, token, *request, ended) for service, request in requests.items()]
    for caller in callers:
        caller.start()
    platform.proxies.harm(pair, toxic)
    time.sleep(seconds)
    platform.proxies.heal()
    healed = time.monotonic()
    ended.set()
    for caller in callers:
        caller.join(IN_TIME + 60)
    while not all(caller.ask() for caller in callers):
        assert time.monotonic() - healed < RECOVERS_WITHIN, f"{pair}, {toxic}: not well again\n{platform.log_tail()}"
        time.sleep(0.2)
    again = time.monotonic() - healed
    harmed = [caller for caller in callers if needs(caller.name, pair)]
    others = [caller for caller in callers if not needs(caller.name, pair)]
    print(f"| {pair} | {toxic} | {summary(harmed)} | {summary(others)} | {again:.1f} s |", flush=True)
    wrong = [f"{pair}, {toxic}: {what}" for caller in callers for what in caller.seen.wrong[:3]]
    for caller in others:
        if any(status != 200 for status in caller.seen.statuses):
            wrong.append(f"{pair}, {toxic}: {caller.name} noticed: {dict(caller.seen.statuses)}")
    return wrong


def summary(callers: list[Caller]) -> str:
    statuses = sum((caller.seen.statuses for caller in callers), collections.Counter())
    longest = max((caller.seen.longest for caller in callers), default=0.0)
    return f"{', '.join(f'{count} × {status}' for status, count in sorted(statuses.items(), key=str))}; {longest:.1f} s" if statuses else "none"


if __name__ == "__main__":
    main()
