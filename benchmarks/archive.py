"""Files of 4 KiB in one tar to the item-service, against creating and syncing a file each: archive.py SERVICE TOKEN DATASET FOLDER COUNT"""
import io
import json
import os
import sys
import tarfile
import time

import requests

service, token, dataset, folder, count = *sys.argv[1:5], int(sys.argv[5])
SIZE = 4096


def archived(name, files):
    """A tar of random files, written before anything is measured."""
    path = f"{folder}/{name}.tar"
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for number in range(files):
            member = tarfile.TarInfo(f"{name}/{number // 500:04d}/{number:06d}.bin")
            member.size = SIZE
            archive.addfile(member, io.BytesIO(os.urandom(SIZE)))
    return path


def sent(path, files):
    start = time.perf_counter()
    with open(path, "rb") as body:
        reply = requests.post(
            f"{service}/api/v1/datasets/{dataset}/items/bulk",
            params={"lines": "failed", "sidecars": "none"},
            data=body,
            headers={"authorization": f"Bearer {token}", "content-type": "application/x-tar"},
            timeout=1800,
        )
    took = time.perf_counter() - start
    totals = json.loads(reply.text.strip().split("\n")[-1])["totals"]
    assert totals["created"] == files, reply.text[-1000:]
    return files / took


def written(files):
    content = os.urandom(SIZE)
    os.makedirs(f"{folder}/each")
    start = time.perf_counter()
    for number in range(files):
        with open(f"{folder}/each/{number:06d}", "wb", buffering=0) as file:
            file.write(content)
            os.fsync(file.fileno())
    return files / (time.perf_counter() - start)


os.makedirs(folder, exist_ok=True)
warm = archived("warm", max(1000, count // 4))
measured = archived("measured", count)
sent(warm, max(1000, count // 4))
ours = sent(measured, count)
theirs = written(min(count, 20_000))
print(f"{count} files of 4 KiB in one tar: {ours:.0f}/s against a file created and synced each {theirs:.0f}/s: ratio {ours / theirs:.2f}")
