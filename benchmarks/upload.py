"""Uploads a folder with the unmodified SDK to one gate and prints the seconds it took.

upload.py GATE EMAIL PASSWORD FOLDER
"""
import os
import sys
import tempfile
import time
import uuid

os.environ.setdefault("DATALOOP_PATH", tempfile.mkdtemp(prefix="sluice-benchmark-"))
import dtlpy as dl  # noqa: E402  (reads DATALOOP_PATH when it is imported)

gate, email, password, folder = sys.argv[1:5]
dl.add_environment(environment=f"{gate}/api/v1", alias="benchmark", gate_url=gate, url=f"{gate}/", verify_ssl=True)
dl.setenv("benchmark")
assert dl.login_m2m(email=email, password=password)
dataset = dl.projects.create(f"benchmark {uuid.uuid4().hex}").datasets.create("upload")
start = time.monotonic()
uploaded = list(dataset.items.upload(local_path=folder, item_metadata={"user": {"benchmark": True}}))
seconds = time.monotonic() - start
files = sum(len(names) for _, _, names in os.walk(folder))
assert len(uploaded) == files, f"{len(uploaded)} of {files} files arrived"
print(f"{seconds:.2f}")
