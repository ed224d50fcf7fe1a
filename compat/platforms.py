"""The ways to run the platform under test; the journeys see the same `Platform` whichever it is."""

import collections
import contextlib
import datetime
import os
import random
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

import httpx

REPOSITORY = Path(__file__).parents[1]
STARTED_WITHIN = 300
STOPPED_WITHIN = 60


class Platform(ABC):
    """A running gate and how to treat it roughly."""

    url: str
    admin_email: str
    admin_password: str
    pages: str | None = None
    """An address without anything at it, whose pages may call the gate from a browser; None where there is none."""
    verify_ssl = True

    @abstractmethod
    def start(self) -> None:
        """Starts it, or starts it again on the data it left; returns when the gate says that all is up."""

    @abstractmethod
    def stop(self) -> None:
        """Stops it in order."""

    @abstractmethod
    def kill(self) -> None:
        """Ends it at once, as a power cut would."""

    @abstractmethod
    def discard(self) -> None:
        """Leaves nothing behind: no process, no container, no data."""

    @abstractmethod
    def log_tail(self) -> str:
        """What it wrote last, for a failure's report."""

    @abstractmethod
    def logs(self) -> str:
        """All that it has written so far; empty where that cannot be had."""

    @property
    def api(self) -> str:
        return f"{self.url}/api/v1"

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + STARTED_WITHIN
        while not self.is_up():
            if time.monotonic() > deadline or self.has_ended():
                raise RuntimeError(f"the platform did not come up\n{self.log_tail()}")
            time.sleep(0.25)

    def is_up(self) -> bool:
        try:
            health = httpx.get(f"{self.url}/health", timeout=10)
        except httpx.TransportError:
            return False
        return health.status_code == 200 and health.json()["status"] == "UP"

    def has_ended(self) -> bool:
        return False


class Launched(Platform):
    """`./sluice up` in a process group of its own."""

    admin_email = "admin@journeys.example"

    def __init__(self, folder: Path, mongod: Path | None):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.pages = f"http://127.0.0.1:{free_port()}"
        self.admin_password = secrets.token_urlsafe(16)
        self.data = folder / "data"
        self.log = folder / "sluice.log"
        self.command = [str(REPOSITORY / "sluice"), "up", "--port", str(self.port), "--data", str(self.data)]
        self.environment = os.environ | {
            "SLUICE_ADMIN_EMAIL": self.admin_email,
            "SLUICE_ADMIN_PASSWORD": self.admin_password,
            "GATEWAY_CORS_ALLOWED_ORIGINS": self.pages,
        }
        if mongod:
            self.command += ["--mongod", str(mongod)]
        else:
            # A mongod on the path would be preferred to the embedded database.
            self.environment["PATH"] = os.pathsep.join(
                entry for entry in os.environ["PATH"].split(os.pathsep) if not shutil.which("mongod", path=entry)
            )
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A run in the background may have been told to ignore Ctrl-C, and children inherit that.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        self.wait_until_up()

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def stop(self) -> None:
        # What Ctrl-C in a terminal does: the signal goes to the whole group.
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(STOPPED_WITHIN)

    def kill(self) -> None:
        # What `kill -9` does: a mongod that the platform started is left behind as an orphan.
        self._kill(lambda name: name != "mongod")

    def kill_with_database(self) -> None:
        self._kill(lambda name: True)

    def discard(self) -> None:
        if self.process is None:
            return
        try:
            if not self.has_ended():
                self.stop()
        finally:
            self._kill(lambda name: True)

    def _kill(self, chosen: Callable[[str], bool]) -> None:
        """Kills our processes with a chosen name: those of the group, and those that work on the data folder."""
        for entry in Path("/proc").glob("[0-9]*"):
            pid = int(entry.name)
            try:
                ours = os.getpgid(pid) == self.process.pid or str(self.data).encode() in (entry / "cmdline").read_bytes()
                if ours and chosen((entry / "comm").read_text().strip()):
                    os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, FileNotFoundError):
                continue
        self.process.wait(STOPPED_WITHIN)

    def logs(self) -> str:
        files = [self.log, *sorted((self.data / "logs").glob("*"))]
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())

    def log_tail(self) -> str:
        return f"{tail(self.log, 20)}\n{tail(self.data / 'logs' / 'sluice.log')}"


class Composed(Platform):
    """The containers of `docker-compose.yml`, under a project name of their own."""

    admin_email = "admin@journeys.example"
    file = "docker-compose.yml"

    def __init__(self, folder: Path):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "compose.log"
        # Whoever must clear up after a run that was cut off gives the name.
        self.project = os.environ.get("SLUICE_COMPOSE_PROJECT", f"sluice-journeys-{secrets.token_hex(4)}")
        self.environment = os.environ | {
            "SLUICE_PORT": str(self.port),
            "SLUICE_ADMIN_EMAIL": self.admin_email,
            # Images that are used for some minutes only: to train them takes longer than it spares.
            "SLUICE_TRAINING": os.environ.get("SLUICE_TRAINING", "no"),
            # To the containers the journeys come from the host's address in their network.
            "SLUICE_TRUSTED_PROXIES": "172.16.0.0/12,192.168.0.0/16,10.0.0.0/8",
            # The classic builder is there with every engine.
            "DOCKER_BUILDKIT": os.environ.get("DOCKER_BUILDKIT", "0"),
            "COMPOSE_DOCKER_CLI_BUILD": os.environ.get("COMPOSE_DOCKER_CLI_BUILD", "0"),
        }
        self.environment.pop("SLUICE_ADMIN_PASSWORD", None)
        with_plugin = subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
        self.compose = ["docker", "compose"] if with_plugin else ["docker-compose"]

    def start(self) -> None:
        self._run("up", "--detach", "--build")
        self.wait_until_up()
        # Generated at the first start, because nothing set one: read as the documentation says.
        self.admin_password = self._run(
            "exec", "-T", "auth-service", "cat", "/var/lib/sluice/admin-password"
        ).strip()

    def stop(self) -> None:
        self._run("stop", "--timeout", "30")

    def kill(self) -> None:
        containers = self._run("ps", "--quiet").split()
        subprocess.run(["docker", "kill", *containers], check=True, capture_output=True)

    def discard(self) -> None:
        self._run("down", "--volumes", "--remove-orphans", "--timeout", "10")

    def logs(self) -> str:
        return self._run("logs", "--no-color")

    def log_tail(self) -> str:
        logs = subprocess.run(self._command("logs", "--no-color", "--tail", "40"), **self._surroundings)
        return f"{tail(self.log)}\n{logs.stdout}"

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(self._command(*arguments), **self._surroundings)
        with self.log.open("a") as log:
            log.write(f"$ compose {shlex.join(arguments)}\n{done.stderr}")
        if done.returncode != 0:
            raise RuntimeError(f"compose {shlex.join(arguments)}: exit {done.returncode}\n{self.log_tail()}")
        return done.stdout

    def _command(self, *arguments: str) -> list[str]:
        also = os.environ.get("SLUICE_COMPOSE_ALSO")
        files = ["--file", self.file, *(["--file", also] if also else [])]
        return [*self.compose, *files, "--project-name", self.project, *arguments]

    @property
    def _surroundings(self) -> dict:
        return {"cwd": REPOSITORY, "env": self.environment, "capture_output": True, "text": True}


class Scaled(Composed):
    """The containers of `compose.scale.yml`: three item-services and two gateways behind nginx, three MongoDBs, an S3 server."""

    file = "compose.scale.yml"

    def __init__(self, folder: Path, **replicas: int):
        super().__init__(folder)
        # What stands before the gateways: nginx, at an address of a network of Docker, which the file trusts by itself.
        self.environment.pop("SLUICE_TRUSTED_PROXIES", None)
        self.environment |= {f"SLUICE_{name.upper()}": str(count) for name, count in replicas.items()}
        self.served: collections.Counter[str] = collections.Counter()
        """How many requests each replica has answered, by the name of its container."""
        self._since = ""

    def start(self) -> None:
        self._since = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        super().start()

    def stop(self) -> None:
        self.count()
        super().stop()

    def kill(self) -> None:
        self.count()
        super().kill()

    def discard(self) -> None:
        with contextlib.suppress(subprocess.SubprocessError):
            self.count()
        super().discard()

    def containers(self, service: str = "") -> list[str]:
        """The names of the running containers, of one service or of all."""
        found = ["docker", "ps", "--filter", f"label=com.docker.compose.project={self.project}", "--format", "{{.Names}}"]
        return sorted(_output(*found, *(["--filter", f"label=com.docker.compose.service={service}"] if service else [])).split())

    def count(self) -> None:
        """Adds up what the gateways say in their access logs, since the last time."""
        since, self._since = self._since, datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        names = {}
        for container in self.containers():
            addresses = _output("docker", "inspect", "--format", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}", container)
            names |= dict.fromkeys(addresses.split(), container)
        for gateway in self.containers("gateway"):
            log = _output("docker", "logs", "--since", since, gateway)
            served = re.findall(r" service=\S+ at=([\d.]+):", log)
            self.served[gateway] += len(served)
            self.served.update(names.get(address, address) for address in served)

    def table(self) -> str:
        longest = max(map(len, self.served), default=0)
        return "\n".join(f"{name:{longest}} {count:7}" for name, count in sorted(self.served.items()))


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


class Remote(Platform):
    """A gate that runs already: SLUICE_URL, SLUICE_ADMIN_EMAIL and SLUICE_ADMIN_PASSWORD say where and who.

    SLUICE_STOP, SLUICE_START and SLUICE_KILL are commands for the journeys that need them.
    """

    def __init__(self):
        self.url = os.environ["SLUICE_URL"].rstrip("/")
        self.admin_email = os.environ["SLUICE_ADMIN_EMAIL"]
        self.admin_password = os.environ["SLUICE_ADMIN_PASSWORD"]
        self.pages = os.environ.get("SLUICE_PAGES")
        self._running = True

    def can_be_restarted(self) -> bool:
        return all(name in os.environ for name in ("SLUICE_STOP", "SLUICE_START", "SLUICE_KILL"))

    def start(self) -> None:
        if not self._running:
            self._command("SLUICE_START")
        self._running = True
        self.wait_until_up()

    def stop(self) -> None:
        self._command("SLUICE_STOP")
        self._running = False

    def kill(self) -> None:
        self._command("SLUICE_KILL")
        self._running = False

    def discard(self) -> None:
        """It is not ours to end."""

    def logs(self) -> str:
        return ""

    def log_tail(self) -> str:
        return f"see the log of {self.url}"

    @staticmethod
    def _command(name: str) -> None:
        subprocess.run(os.environ[name], shell=True, check=True, timeout=STARTED_WITHIN)


def free_port() -> int:
    """None of those that the system gives to outgoing connections: on a busy machine one of them would soon have it."""
    for port in random.sample(range(10_000, 20_000), 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("No port from 10000 to 20000 is free")


def tail(file: Path, lines: int = 60) -> str:
    return "\n".join(file.read_text(errors="replace").splitlines()[-lines:]) if file.exists() else ""
