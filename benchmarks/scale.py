"""The platform in containers: cold start, memory and size of each, and three item-services against one, each held to a part of a
processor: scale.py [--cpus 0.3] [--rounds 3] [--seconds 10] [--warm-up 30]

All of it in one run of compose.scale.yml. Needs Docker, wrk, and what the journeys need (compat/run --version makes it).
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "compat"))

import httpx  # noqa: E402

from platforms import Scaled  # noqa: E402

CONNECTIONS = 24


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()


def print_containers(platform: Scaled) -> None:
    print("resident memory and processor time since the start, size of the image")
    for container in platform.containers():
        process = docker("inspect", "--format", "{{.State.Pid}} {{.Image}} {{.Config.Image}}", container).split()
        resident, spent = family(int(process[0]))
        size = int(docker("image", "inspect", "--format", "{{.Size}}", process[1])) / 1e6
        print(f"  {container:40} {resident:6.0f} MiB {spent:6.1f} s   {process[2]:24} {size:5.0f} MB")


def family(pid: int) -> tuple[float, float]:
    """Resident memory and processor time of a process and all it has started."""
    status = Path(f"/proc/{pid}/status").read_text()
    resident = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
    times = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    spent = (int(times[11]) + int(times[12])) / 100
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        more = family(int(child))
        resident, spent = resident + more[0], spent + more[1]
    return resident, spent


class Pages:
    """A page of a hundred items, asked for as often as can be: the work is item-service's."""

    def __init__(self, platform: Scaled, folder: Path):
        body = {"username": platform.admin_email, "password": platform.admin_password, "type": "user_credentials"}
        token = httpx.post(f"{platform.url}/token?default", json=body, timeout=60).raise_for_status().json()["id_token"]
        client = httpx.Client(base_url=platform.api, headers={"authorization": f"Bearer {token}"}, timeout=60)
        project = client.post("/projects", json={"name": "scale"}).raise_for_status().json()["id"]
        dataset = client.post("/datasets", json={"name": "scale", "projects": [project]}).raise_for_status().json()["id"]
        for number in range(100):
            name = f"{number}.txt"
            client.post(
                f"/datasets/{dataset}/items", data={"type": "file", "path": f"/{name}"}, files={"file": (name, name.encode())}
            ).raise_for_status()
        query = {"resource": "items", "page": 0, "pageSize": 100, "filter": {}, "sort": {"id": "ascending"}}
        self.script = folder / "query.lua"
        self.script.write_text(
            f'wrk.method = "POST"\nwrk.body = [[{json.dumps(query)}]]\n'
            f'wrk.headers["content-type"] = "application/json"\nwrk.headers["authorization"] = "Bearer {token}"\n'
        )
        self.address = f"{platform.api}/datasets/{dataset}/query"

    def in_a_second(self, seconds: int) -> float:
        done = subprocess.run(
            ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "30s", "-s", self.script, self.address],
            check=True, capture_output=True, text=True,
        ).stdout
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
        if refused:
            print(f"  {refused.group(1)} requests were refused")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", done).group(1))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--cpus", default="0.3")
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=int, default=10)
    arguments.add_argument("--warm-up", type=int, default=30)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="sluice-scale-") as folder:
        platform = Scaled(Path(folder), item_services=3, gateways=2)
        try:
            platform._run("build")
            began = time.monotonic()
            platform.start()
            print(f"cold start of {len(platform.containers())} containers until /health is well: {time.monotonic() - began:.1f} s")
            print_containers(platform)
            pages = Pages(platform, Path(folder))
            pages.in_a_second(chosen.warm_up)
            replicas = platform.containers("item-service")
            docker("update", "--cpus", chosen.cpus, *replicas)
            network = f"{platform.project}_edge"
            one: list[float] = []
            three: list[float] = []
            for _ in range(chosen.rounds):
                three.append(pages.in_a_second(chosen.seconds))
                # Out of reach, but warm: a JVM that is started anew would be slower for minutes.
                for replica in replicas[1:]:
                    docker("network", "disconnect", network, replica)
                time.sleep(3)
                one.append(pages.in_a_second(chosen.seconds))
                for replica in replicas[1:]:
                    docker("network", "connect", "--alias", "item-service", network, replica)
                time.sleep(6)
            print(f"pages of 100 items in a second, {chosen.cpus} processors each: one {one}, three {three}")
            print(f"three against one: {statistics.median(three) / statistics.median(one):.2f}")
            platform.count()
            print(platform.table())
        finally:
            platform.discard()


if __name__ == "__main__":
    main()
