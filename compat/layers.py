"""nginx and a second gateway in front of a platform that runs."""

import datetime
import ipaddress
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from platforms import REPOSITORY, STOPPED_WITHIN, Launched, Platform, free_port, tail

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
EXAMPLE = REPOSITORY / "deploy" / "nginx" / "nginx.conf"
GATEWAY = REPOSITORY / "gateway" / "target" / "gateway-0.1.0-SNAPSHOT-exec.jar"
ROUTES = REPOSITORY / "gateway" / "src" / "main" / "resources" / "gateway.yml"
STARTED_WITHIN = 90


class Gateway:
    """One more gateway, a process of its own, beside or in front of that of a platform."""

    def __init__(self, backend: Launched, folder: Path, *settings: str, before: str | None = None):
        """All services are the backend's; with `before`, requests go to the gateway at that address instead."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"gateway-{self.port}.log"
        arguments = ["--server.address=127.0.0.1", f"--server.port={self.port}", *settings]
        arguments += [f"--sluice.services.{name}={url}" for name, url in _services(backend).items()]
        if before:
            route = "--spring.cloud.gateway.server.webflux.routes[0]"
            arguments += [f"{route}.id=gateway", f"{route}.uri={before}", f"{route}.predicates[0]=Path=/**"]
        java = Path(os.environ["JAVA_HOME"], "bin", "java") if "JAVA_HOME" in os.environ else "java"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [java, "-XX:TieredStopAtLevel=1", "-Xmx256m", "-jar", GATEWAY, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_up(self) -> None:
        deadline = time.monotonic() + STARTED_WITHIN
        while True:
            try:
                if httpx.get(f"{self.url}/health", timeout=10).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError(f"a gateway did not come up\n{tail(self.log)}")
            time.sleep(0.25)

    def terminate(self) -> None:
        """What stops a container or a service: SIGTERM. Returns at once."""
        self.process.send_signal(signal.SIGTERM)

    def discard(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self.process.kill()


class Layered(Platform):
    """A client of this one speaks HTTPS with nginx, which asks in turn the platform's gateway and one in front of it."""

    # The SDK knows public authorities only; its setting for others is this one.
    verify_ssl = False

    def __init__(self, backend: Launched, folder: Path):
        self.backend = backend
        self.admin_email, self.admin_password = backend.admin_email, backend.admin_password
        self.port = free_port()
        self.url = f"https://localhost:{self.port}"
        self.folder = folder
        self.authority = folder / "authority.pem"
        self.gateway: Gateway | None = None
        self.nginx: subprocess.Popen | None = None

    def start(self) -> None:
        self.gateway = Gateway(self.backend, self.folder, before=self.backend.url)
        _certify(self.folder, self.authority)
        self._configure()
        self.gateway.wait_until_up()
        with (self.folder / "nginx.log").open("wb") as log:
            self.nginx = subprocess.Popen(
                [NGINX, "-p", self.folder, "-c", "nginx.conf"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_until_up()

    def _configure(self) -> None:
        """The example as it is shipped, with what an administrator changes changed, and nothing outside our folder."""
        example = EXAMPLE.read_text()
        changed = {
            "server 127.0.0.1:8080;": f"server 127.0.0.1:{self.backend.port};",
            "server 127.0.0.1:8081;": f"server 127.0.0.1:{self.gateway.port};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "server_name data.example.org;": "server_name localhost;",
            "/etc/nginx/tls/fullchain.pem": str(self.folder / "certificate.pem"),
            "/etc/nginx/tls/privkey.pem": str(self.folder / "key.pem"),
            "worker_processes auto;": f"daemon off; pid {self.folder}/nginx.pid; worker_processes 1; error_log stderr;\n"
            + ("user root;" if os.geteuid() == 0 else ""),
            "http {": "http {\n  access_log off;\n"
            + "".join(
                f"  {name}_temp_path {self.folder}/{name};\n"
                for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            ),
        }
        for theirs, ours in changed.items():
            assert example.count(theirs) == 1, f"{EXAMPLE}: {theirs}"
            example = example.replace(theirs, ours)
        (self.folder / "nginx.conf").write_text(example)

    def stop(self) -> None:
        if self.nginx:
            self.nginx.terminate()
            self.nginx.wait(STOPPED_WITHIN)
        if self.gateway:
            self.gateway.discard()

    def kill(self) -> None:
        self.stop()

    def discard(self) -> None:
        self.stop()

    def has_ended(self) -> bool:
        return self.nginx.poll() is not None

    def logs(self) -> str:
        return self.backend.logs()

    def log_tail(self) -> str:
        return f"{tail(self.folder / 'nginx.log')}\n{tail(self.gateway.log)}\n{self.backend.log_tail()}"


def _services(backend: Launched) -> dict[str, str]:
    """Where they listen, which only their log says."""
    log = (backend.data / "logs" / "sluice.log").read_text()
    started = re.findall(r"\[([a-z]+-service)] .*Netty started on port (\d+)", log)
    routed = re.findall(r"\$\{sluice\.services\.([a-z-]+):", ROUTES.read_text())
    assert set(dict(started)) == set(routed), started
    return {name: f"http://127.0.0.1:{port}" for name, port in started}


def _certify(folder: Path, authority: Path) -> None:
    """A certificate for localhost that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"journeys {secrets.token_hex(4)}")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    authority.write_bytes(pem)
    (folder / "certificate.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
