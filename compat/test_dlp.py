"""The SDK's command line, `dlp`, as it comes with the SDK."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import sdk
from pictures import Pictures, sha256
from platforms import Platform

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def journey(platform: Platform, pictures: Pictures, tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """One folder of the pictures, and a state folder that knows the gate."""
    home = tmp_path_factory.mktemp("dlp")
    environment = os.environ | {"DATALOOP_PATH": str(home / "state")}
    journey = SimpleNamespace(
        platform=platform,
        home=home,
        environment=environment,
        folder=Path(pictures.folder, Path(pictures.folders[1]).name),
        project=sdk.unique("Command line"),
    )
    # dlp has no command that makes an environment known; the README says this line, too.
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, dtlpy as dl; "
            "dl.add_environment(sys.argv[1], alias='selfhosted', gate_url=sys.argv[2], url=sys.argv[2] + '/')",
            platform.api,
            platform.url,
        ],
        env=environment,
        cwd=home,
        check=True,
    )
    return journey


def dlp(journey: SimpleNamespace, *arguments: str) -> str:
    """Runs one command; what it printed."""
    command = [Path(sys.executable).with_name("dlp"), *arguments]
    done = subprocess.run(command, env=journey.environment, cwd=journey.home, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def test_chooses_the_environment(journey):
    dlp(journey, "api", "setenv", "-e", sdk.ENVIRONMENT)

    assert journey.platform.api in dlp(journey, "api", "info")


def test_logs_in_with_credentials(journey):
    dlp(journey, "login-m2m", "-e", journey.platform.admin_email, "-p", journey.platform.admin_password)

    assert journey.platform.admin_email in dlp(journey, "api", "info")


def test_lists_projects(journey):
    assert journey.project not in dlp(journey, "projects", "ls")

    dlp(journey, "projects", "create", "-p", journey.project)

    assert journey.project in dlp(journey, "projects", "ls")


def test_creates_a_dataset(journey):
    dlp(journey, "datasets", "create", "-p", journey.project, "-d", "From a shell")

    assert "From a shell" in dlp(journey, "datasets", "ls", "-p", journey.project)


def test_uploads_a_folder(journey):
    dlp(journey, "items", "upload", *where(journey), "-l", str(journey.folder), "-r", "/in")

    first = sorted(journey.folder.iterdir())[0]
    assert first.name in dlp(journey, "items", "ls", *where(journey), "-r", f"/in/{journey.folder.name}/{first.name}")
    assert "Displaying page 0/0" in dlp(journey, "items", "ls", *where(journey))


def test_downloads_it_byte_for_byte(journey):
    out = journey.home / "out"
    dlp(journey, "items", "download", *where(journey), "-l", str(out))

    root = out / "items" / "in" / journey.folder.name
    assert {file.name: sha256(file) for file in root.iterdir()} == {
        file.name: sha256(file) for file in journey.folder.iterdir()
    }


def where(journey: SimpleNamespace) -> list[str]:
    return ["-p", journey.project, "-d", "From a shell"]
