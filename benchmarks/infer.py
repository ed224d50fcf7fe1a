"""A model asked through the gateway against the bare runtime on the same tensors: benchmarks/run infer."""

import http.client
import importlib.util
import json
import multiprocessing
import os
import statistics
import sys
import threading
import time
import uuid
from pathlib import Path

import httpx
import numpy as np
import onnxruntime

TICKS = os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))
CALLERS = 16
BATCHES = (1, 2, 4, 8, 16, 32)

# Of rapidocr-onnxruntime: where text is, which way up it is, and what it says.
MODELS = {
    "detection": ("ch_PP-OCRv4_det_infer.onnx", (1, 3, 640, 640)),
    "direction": ("ch_ppocr_mobile_v2.0_cls_infer.onnx", (1, 3, 48, 192)),
    "recognition": ("ch_PP-OCRv4_rec_infer.onnx", (1, 3, 48, 320)),
}


def processor_of(pid: int) -> float:
    """Seconds of processor that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident(pid: int) -> int:
    """Mebibytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS"))


def weights(file: str) -> Path:
    spec = importlib.util.find_spec("rapidocr_onnxruntime")
    assert spec and spec.origin, "rapidocr-onnxruntime is not installed"
    return Path(spec.origin).parent / "models" / file


class Caller:
    """Asks over a connection that stays, with tensors as bytes."""

    def __init__(self, host: str, token: str, model: str, name: str, tensor: np.ndarray):
        self.connection = http.client.HTTPConnection(host, timeout=60)
        tensor_said = {
            "name": name,
            "datatype": "FP32",
            "shape": tensor.shape,
            "parameters": {"binary_data_size": tensor.nbytes},
        }
        head = json.dumps({"inputs": [tensor_said], "parameters": {"binary_data_output": True}}).encode()
        self.path = f"/v2/models/{model}/infer"
        self.body = head + tensor.tobytes()
        self.headers = {
            "authorization": f"Bearer {token}",
            "content-type": "application/octet-stream",
            "inference-header-content-length": str(len(head)),
        }

    def ask(self) -> np.ndarray:
        self.connection.request("POST", self.path, self.body, self.headers)
        reply = self.connection.getresponse()
        body = reply.read()
        assert reply.status == 200, body
        length = int(reply.headers["inference-header-content-length"])
        return np.frombuffer(body, np.float32, offset=length)


def session(file: str, spins: bool) -> onnxruntime.InferenceSession:
    """With threads that turn in circles after a run, as they do where nothing else is said, or without."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = CORES
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if spins else "0")
    return onnxruntime.InferenceSession(weights(file), options, providers=["CPUExecutionProvider"])


def milliseconds(what) -> float:
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000


def one_caller(host: str, token: str, models: dict[str, str], rounds: int, warm_up: float) -> None:
    for kind, (file, shape) in MODELS.items():
        tensor = np.random.default_rng(1).random(shape, np.float32)
        # Asked in turn with the platform, it would take its processors while it waits.
        bare = session(file, spins=False)
        name = bare.get_inputs()[0].name
        caller = Caller(host, token, models[kind], name, tensor)
        wanted = bare.run(None, {name: tensor})[0].ravel()
        assert np.abs(caller.ask() - wanted).max() <= 1e-4, f"{kind} says something else"
        until = time.perf_counter() + warm_up / len(MODELS)
        times = []
        # In turn, so that a slow moment of the machine meets both.
        while time.perf_counter() < until or len(times) < rounds:
            is_warm = time.perf_counter() >= until
            pair = (milliseconds(caller.ask), milliseconds(lambda: bare.run(None, {name: tensor})))
            if is_warm:
                times.append(pair)
        ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
        print(
            f"One caller, {kind} {'x'.join(map(str, shape))}: {ours:.2f} ms through the gateway against {theirs:.2f} ms"
            f" of the bare runtime (medians of {len(times)}): {ours - theirs:.2f} ms more",
            flush=True,
        )


def callers(host: str, token: str, model: str, name: str, tensor: np.ndarray, seconds: float, told) -> None:
    """In a process of its own, so that what it costs can be told apart."""
    counts = [0] * CALLERS
    until = time.perf_counter() + seconds

    def work(number: int) -> None:
        caller = Caller(host, token, model, name, tensor)
        while time.perf_counter() < until:
            caller.ask()
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CALLERS)]
    cpu = time.process_time()
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put((sum(counts) / (time.perf_counter() - began), time.process_time() - cpu))


def bare_rate(bare, name: str, shape: tuple, batch: int, seconds: float) -> tuple[float, float]:
    """Rows in a second, and cores in use."""
    tensor = np.random.default_rng(1).random((batch, *shape[1:]), np.float32)
    bare.run(None, {name: tensor})
    cpu, began, rows = time.process_time(), time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        bare.run(None, {name: tensor})
        rows += batch
    took = time.perf_counter() - began
    return rows / took, (time.process_time() - cpu) / took


def many_callers(
    host: str, token: str, models: dict[str, str], pids: dict[str, int], rounds: int, seconds: float, warm_up: float
) -> None:
    for kind in ("direction", "recognition"):
        file, shape = MODELS[kind]
        tensor = np.random.default_rng(1).random(shape, np.float32)
        bare = session(file, spins=True)
        name = bare.get_inputs()[0].name

        def asked(long: float) -> tuple[float, dict[str, float]]:
            told = multiprocessing.Queue()
            before = {process: processor_of(pid) for process, pid in pids.items()}
            peers = multiprocessing.Process(target=callers, args=(host, token, models[kind], name, tensor, long, told))
            peers.start()
            rate, own = told.get()
            cores = {process: (processor_of(pid) - before[process]) / long for process, pid in pids.items()}
            peers.join()
            return rate, {**cores, "callers": own / long}

        best = max(BATCHES, key=lambda batch: bare_rate(bare, name, shape, batch, seconds / 4)[0])
        asked(warm_up)
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(asked(seconds))
            theirs.append(bare_rate(bare, name, shape, best, seconds))
        rate = statistics.median(rate for rate, _ in ours)
        bare_best = statistics.median(rate for rate, _ in theirs)
        cores = {process: statistics.median(used[process] for _, used in ours) for process in ours[0][1]}
        bare_cores = statistics.median(used for _, used in theirs)
        print(
            f"{CALLERS} callers, {kind}: {rate:.1f}/s through the gateway against {bare_best:.1f}/s of the bare runtime"
            f" with its best batch, {best}: ratio {rate / bare_best:.2f}"
        )
        used = ", ".join(f"{process} {count:.2f}" for process, count in cores.items())
        print(
            f"  cores of {CORES}: {used}, against {bare_cores:.2f} bare; rows in a second of one core:"
            f" {rate / cores['model-service']:.1f} of model-service against {bare_best / bare_cores:.1f},"
            f" ratio {rate / cores['model-service'] / (bare_best / bare_cores):.2f}",
            flush=True,
        )


def main() -> None:
    gate, email, password, model_pid, gateway_pid, rounds, seconds, warm_up = sys.argv[1:]
    pids = {"model-service": int(model_pid), "gateway": int(gateway_pid)}
    host = gate.split("//", 1)[1]
    with httpx.Client(base_url=gate, timeout=60) as client:
        sign_in = {"username": email, "password": password, "type": "user_credentials"}
        token = client.post("/token?default", json=sign_in).raise_for_status().json()["id_token"]
        client.headers["authorization"] = f"Bearer {token}"
        project = client.post("/api/v1/projects", json={"name": f"infer {uuid.uuid4().hex}"}).raise_for_status().json()["id"]
        models = {}
        before = resident(pids["model-service"])
        for kind, (file, _) in MODELS.items():
            # Nothing is declared of what their rows mean, so it is said here that they go together.
            body = {"name": kind, "projectId": project, "configuration": {"input": {"kind": "tensor", "batchSize": 8}}}
            models[kind] = client.post("/api/v1/ml/models", json=body).raise_for_status().json()["id"]
            sent = client.put(f"/api/v1/ml/models/{models[kind]}/artifact", content=weights(file).read_bytes())
            sent.raise_for_status()
    one_caller(host, token, models, 30 * int(rounds), float(warm_up))
    print(f"Resident memory of model-service: {before} MiB before, {resident(pids['model-service'])} MiB with three models in use")
    many_callers(host, token, models, pids, int(rounds), float(seconds), float(warm_up))
    print(f"Resident memory of model-service after that: {resident(pids['model-service'])} MiB")


if __name__ == "__main__":
    main()
