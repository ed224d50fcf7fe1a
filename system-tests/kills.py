"""Kills the platform, its database and the client at random during an import, and shows that nothing acknowledged is lost:
kills.py [--items N] [--kills N] [--mongod PATH] [--seed N]

Without --mongod it runs on the embedded database, which is a part of the platform. After each kill whatever is gone is started
again and the same `./sluice upload` is run again. In the end every acknowledged item has to be there with the id and the digest
that were acknowledged, none twice, none without bytes, and `./sluice fsck` has to find nothing wrong.

Needs what the journeys need (compat/run --version makes it); run it with their Python.
"""

import argparse
import collections
import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "compat"))

import httpx  # noqa: E402

from platforms import Launched  # noqa: E402

SLUICE = str(REPOSITORY / "sluice")
LONGEST_IMPORT = 1800
IN_A_FOLDER = 500
WITH_METADATA = 10
"""Every tenth file has metadata beside it."""


class Folder:
    """Files of many sizes, some larger than what is kept together with others, each with its digest."""

    def __init__(self, root: Path, count: int, chance: random.Random):
        self.root = root / "pictures"
        self.digests: dict[str, str] = {}
        self.numbers: dict[str, int] = {}
        for number in range(count):
            size = 0 if number % 997 == 0 else chance.randrange(400_000, 900_000) if number % 250 == 1 else chance.randrange(100, 6_000)
            content = chance.randbytes(size) if number % 50 else b"the same for many"
            path = f"{number // IN_A_FOLDER:03d}/{number:06d} ü.bin"
            local = self.root / path
            local.parent.mkdir(parents=True, exist_ok=True)
            local.write_bytes(content)
            self.digests[f"/pictures/{path}"] = hashlib.sha256(content).hexdigest()
            if number % WITH_METADATA == 0:
                local.with_name(local.name + ".json").write_text(json.dumps({"metadata": {"user": {"number": number}}}))
                self.numbers[f"/pictures/{path}"] = number


class Import:
    """A dataset that the folder is poured into, by one client after the other."""

    def __init__(self, name: str, folder: Folder, environment: dict[str, str]):
        self.name = name
        self.folder = folder
        self.environment = environment
        self.acknowledged: dict[str, tuple[str, str]] = {}
        self.failures: collections.Counter = collections.Counter()
        self.client: subprocess.Popen | None = None
        self.reader: threading.Thread | None = None

    def start(self) -> None:
        self.client = subprocess.Popen(
            [SLUICE, "upload", str(self.folder.root), self.name, "--create", "--sidecars", "--json"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, args=(self.client,))
        self.reader.start()

    def _read(self, client: subprocess.Popen) -> None:
        for line in client.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                assert not line.endswith("\n"), f"no JSON: {line}"
                continue
            if said.get("outcome") in ("created", "overwritten", "skipped"):
                known = self.acknowledged.setdefault(said["path"], (said["id"], said["sha256"]))
                assert known == (said["id"], said["sha256"]), f"{said['path']} was {known} and is {said}"
            elif "outcome" in said:
                self.failures[str(said.get("problem"))[:200]] += 1

    def is_running(self) -> bool:
        return self.client is not None and self.client.poll() is None

    def kill(self) -> None:
        if self.is_running():
            os.killpg(self.client.pid, signal.SIGKILL)
        self.wait()

    def wait(self) -> int:
        if self.client is None:
            return -1
        status = self.client.wait(LONGEST_IMPORT)
        self.reader.join(60)
        return status

    def is_done(self) -> bool:
        return self.client is not None and self.client.poll() == 0


class Gate:
    """What the API says."""

    def __init__(self, platform: Launched):
        body = {"username": platform.admin_email, "password": platform.admin_password, "type": "user_credentials"}
        token = httpx.post(f"{platform.url}/token?default", json=body, timeout=30).json()["id_token"]
        self.client = httpx.Client(base_url=platform.api, headers={"authorization": f"Bearer {token}"}, timeout=300)

    def dataset(self, name: str) -> dict:
        project, dataset = name.split("/")
        projects = self.client.get("/projects").json()
        owner = next(one for one in projects if one["name"] == project)
        datasets = self.client.get("/datasets", params={"projects": owner["id"]}).json()
        return next(one for one in datasets if one["name"] == dataset)

    def items(self, dataset_id: str) -> list[dict]:
        reply = self.client.get(f"/datasets/{dataset_id}/items?all=true", headers={"accept": "application/x-ndjson"})
        reply.raise_for_status()
        return [json.loads(line) for line in reply.text.split("\n") if line]

    def digest(self, item: dict) -> str:
        reply = self.client.get(f"/items/{item['id']}/stream")
        assert reply.status_code == 200, f"{item['filename']} has no bytes: {reply.status_code} {reply.text[:200]}"
        return hashlib.sha256(reply.content).hexdigest()


def verify(one: Import, gate: Gate) -> None:
    dataset = gate.dataset(one.name)
    items = gate.items(dataset["id"])
    paths = collections.Counter(item["filename"] for item in items)
    twice = [path for path, count in paths.items() if count > 1]
    assert not twice, f"twice: {twice[:5]}"
    by_path = {item["filename"]: item for item in items}
    assert by_path.keys() == one.folder.digests.keys(), (
        f"missing {sorted(one.folder.digests.keys() - by_path.keys())[:5]}, "
        f"too many {sorted(by_path.keys() - one.folder.digests.keys())[:5]}"
    )
    assert one.acknowledged.keys() == by_path.keys(), "not every item was acknowledged in the end"
    for path, (item_id, sha256) in one.acknowledged.items():
        assert by_path[path]["id"] == item_id, f"{path} was acknowledged as {item_id} and is {by_path[path]['id']}"
        assert one.folder.digests[path] == sha256, f"{path} was acknowledged with another digest"
    for path, number in one.folder.numbers.items():
        assert by_path[path]["metadata"]["user"] == {"number": number}, f"{path} has lost its metadata"
    with ThreadPoolExecutor(8) as pool:
        for item, digest in zip(items, pool.map(gate.digest, items)):
            assert digest == one.folder.digests[item["filename"]], f"{item['filename']} has other bytes"
    count = gate.dataset(one.name)["itemsCount"]
    assert count == len(items), f"the dataset says {count} items and has {len(items)}"


def wait_while(going_on: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while going_on() and time.monotonic() < deadline:
        time.sleep(0.02)


def kill(what: str, platform: Launched, importing: Import) -> None:
    if what == "client":
        importing.kill()
    elif what == "database":
        platform._kill(lambda name: name == "mongod")
    elif what == "platform":
        platform.kill()
    else:
        platform.kill_with_database()
    if what != "client":
        # A launcher whose database is gone ends on its own, or is ended like one that hangs.
        platform.kill_with_database()
        platform.start()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--items", type=int, default=20_000)
    arguments.add_argument("--kills", type=int, default=50)
    arguments.add_argument("--mongod", type=Path, default=None)
    arguments.add_argument("--seed", type=int, default=None)
    chosen = arguments.parse_args()
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(1_000_000)
    chance = random.Random(seed)
    print(f"seed {seed}: {chosen.items} items, {chosen.kills} kills, {'a real mongod' if chosen.mongod else 'the embedded database'}", flush=True)
    work = Path(tempfile.mkdtemp(prefix="sluice-kills-"))
    platform = Launched(work, chosen.mongod)
    importing = None
    began = time.monotonic()
    try:
        folder = Folder(work, chosen.items, chance)
        environment = os.environ | {"XDG_CONFIG_HOME": str(work / "config"), "XDG_STATE_HOME": str(work / "state")}
        platform.start()
        subprocess.run(
            [SLUICE, "login", "--gate", platform.url, "--email", platform.admin_email, "--password-stdin"],
            env=environment, input=platform.admin_password, text=True, check=True, timeout=60,
        )
        victims = ["client", "platform", "everything"] + (["database"] if chosen.mongod else [])
        imports = [Import("Kills/1", folder, environment)]
        killed: collections.Counter = collections.Counter()
        while killed.total() < chosen.kills:
            importing = imports[-1]
            if importing.is_done():
                imports.append(Import(f"Kills/{len(imports) + 1}", folder, environment))
                continue
            if not importing.is_running():
                importing.wait()
                importing.start()
            # Most come in the middle of the import, some while the client is still beginning.
            if chance.random() < 0.7:
                before = len(importing.acknowledged)
                wait_while(lambda: importing.is_running() and len(importing.acknowledged) == before, 60)
            wait_while(importing.is_running, chance.uniform(0, 4))
            if not importing.is_running():
                continue
            what = chance.choice(victims)
            kill(what, platform, importing)
            killed[what] += 1
            print(f"{killed.total():3d} killed: {what}; {len(importing.acknowledged)} of {chosen.items} acknowledged in {importing.name}", flush=True)
        importing = imports[-1]
        while not importing.is_done():
            importing.wait()
            importing.start()
            importing.wait()
        gate = Gate(platform)
        for one in imports:
            verify(one, gate)
        print(f"{len(imports)} imports, {sum(len(one.acknowledged) for one in imports)} items acknowledged, all there; killed: {dict(killed)}")
        for one in imports:
            for problem, count in one.failures.most_common(3):
                print(f"  {one.name}: {count} lines said {problem} and were sent again")
        platform.stop()
        subprocess.run([SLUICE, "fsck", "--data", str(platform.data), *(["--mongod", str(chosen.mongod)] if chosen.mongod else [])], check=True, timeout=600)
        print(f"nothing wrong after {time.monotonic() - began:.0f} s")
    finally:
        if importing is not None:
            importing.kill()
        platform.discard()
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main()
