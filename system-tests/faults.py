"""Kills containers of the platform at random while clients work, and shows that nothing acknowledged is lost:
faults.py [--flavour compose|scale] [--kills N] [--pause SECONDS] [--seed N]

Each kill is a `kill -9` of a container's first process, as the machine's own out-of-memory killer would do it; Docker starts the
container again. Meanwhile clients upload, edit, read, find and count up shared numbers (workload.py). In the end every acknowledged
item, edit and number has to be there, once, with its bytes; and after each kill the gate has to be back to normal soon: the
seconds until the last request that failed.

Needs Docker, a built platform, and what the journeys need (compat/run --version makes it); run it with their Python.
"""

import argparse
import collections
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "compat"))

import httpx  # noqa: E402

import platforms  # noqa: E402
from workload import Workload  # noqa: E402

QUIET = 3
"""Seconds without a failure after which all is called normal again."""
LONGEST = 180
BETWEEN_PROBES = 0.1


class Probe(threading.Thread):
    """Reads an item all the time, once each time, and knows when that last failed."""

    def __init__(self, url: str, token: str):
        super().__init__(daemon=True)
        self.client = httpx.Client(base_url=f"{url}/api/v1", timeout=10, headers={"authorization": token})
        self.last_failure = 0.0
        self.last_success = 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(BETWEEN_PROBES):
            try:
                fine = self.client.get("/projects", params={"pageSize": 1}).status_code == 200
            except httpx.TransportError:
                fine = False
            if fine:
                self.last_success = time.monotonic()
            else:
                self.last_failure = time.monotonic()

    def recovery(self, began: float) -> float:
        """Waits until nothing has failed for a while; the seconds from the beginning to the last failure."""
        deadline = began + LONGEST
        while time.monotonic() < deadline:
            calm_since = max(self.last_failure, began)
            if time.monotonic() - calm_since > QUIET and self.last_success > calm_since:
                return max(0.0, self.last_failure - began)
            time.sleep(BETWEEN_PROBES)
        raise AssertionError(f"not back to normal {LONGEST} s after a kill")


@dataclass(frozen=True)
class Container:
    id: str
    service: str

    def kill(self) -> None:
        pid = int(_docker("inspect", "--format", "{{.State.Pid}}", self.id))
        if pid > 0:
            os.kill(pid, signal.SIGKILL)


def containers(project: str) -> list[Container]:
    """Those that run and are to run for ever; not what prepares something and ends."""
    listed = _docker("ps", "--quiet", "--filter", f"label=com.docker.compose.project={project}").split()
    found = json.loads(_docker("inspect", *listed)) if listed else []
    return [
        Container(one["Id"], one["Config"]["Labels"]["com.docker.compose.service"])
        for one in found
        if one["HostConfig"]["RestartPolicy"]["Name"] not in ("", "no")
    ]


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True, timeout=120).stdout.strip()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--flavour", choices=("compose", "scale"), default="scale")
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--pause", type=float, default=5, help="seconds of work between two kills, at most")
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    chosen = arguments.parse_args()
    chance = random.Random(chosen.seed)
    print(f"seed {chosen.seed}: {chosen.kills} kills, {chosen.flavour}", flush=True)
    work = Path(tempfile.mkdtemp(prefix="sluice-faults-"))
    platform = platforms.Composed(work) if chosen.flavour == "compose" else platforms.Scaled(work)
    try:
        platform.start()
        workload = Workload(platform.url, platform.admin_email, platform.admin_password)
        workload.start()
        probe = Probe(platform.url, workload.admin.client.headers["authorization"])
        probe.start()
        recoveries: dict[str, list[float]] = collections.defaultdict(list)
        for number in range(1, chosen.kills + 1):
            time.sleep(chance.uniform(0, chosen.pause))
            victim = chance.choice(sorted(containers(platform.project), key=lambda one: (one.service, one.id)))
            began = time.monotonic()
            victim.kill()
            seconds = probe.recovery(began)
            recoveries[victim.service].append(seconds)
            print(f"{number:3d} {victim.service}: normal again after {seconds:.1f} s; {dict(workload.done())}", flush=True)
        probe.ended.set()
        wrong = workload.finish()
        print("\n| killed | times | median s | longest s |\n|---|---|---|---|")
        for service, seconds in sorted(recoveries.items()):
            print(f"| {service} | {len(seconds)} | {statistics.median(seconds):.1f} | {max(seconds):.1f} |")
        print(f"\ndone: {dict(workload.done())}\nrepeats: {workload.repeats()}\nanswers: {workload.answers()}")
        if wrong:
            sys.exit("\n".join(["WRONG:", *wrong[:40]]))
        print("nothing acknowledged was lost, nothing is there twice, no update was lost, no read was stale")
    finally:
        platform.discard()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
