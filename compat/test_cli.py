"""The command line of `./sluice`, as a person at a terminal and as a script uses it."""

import json
import os
import pty
import random
import select
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import ANY

import httpx
import pytest

import sdk
from pictures import Pictures, sha256
from platforms import REPOSITORY, Platform, free_port

pytestmark = [pytest.mark.journey, pytest.mark.one_flavour]

DONE, FAILED, USAGE, FORBIDDEN, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130
# The first command builds the program when it is not built.
ENDS_WITHIN = 600
SMALL_FILES = 1100


@pytest.fixture(scope="module")
def journey(
    platform: Platform, pictures: Pictures, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SimpleNamespace]:
    """A folder with pictures of sheep, one of them described, and with what is hard to carry."""
    home = tmp_path_factory.mktemp("cli")
    folder = home / "sheep"
    (folder / "pen").mkdir(parents=True)
    for picture in list(pictures.all.values())[:40]:
        (folder / "pen" / picture.name).write_bytes(picture.local.read_bytes())
    described = sorted((folder / "pen").iterdir())[0]
    described.with_name(f"{described.name}.json").write_text(
        json.dumps(
            {
                "metadata": {"user": {"season": "spring"}},
                "description": "the first",
                "annotations": [{"type": "class", "label": "ewe"}],
            }
        )
    )
    (folder / "empty").touch()
    (folder / "list.json").write_text('{"some": "list"}')
    (folder / "pen" / ("Schäfchen 🐑 " + "long" * 30 + ".txt")).write_text("a long name")
    (folder / "large.bin").write_bytes(random.Random(8).randbytes(9_000_000))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("SLUICE_", "LC_", "LANG"))}
    project = sdk.unique("Shell")
    yield SimpleNamespace(
        platform=platform,
        home=home,
        folder=folder,
        described=described,
        environment=environment | {"XDG_CONFIG_HOME": str(home / "config")},
        credentials=home / "config" / "sluice" / "credentials.json",
        project=project,
        dataset=f"{project}/Sheep",
    )
    dl = sdk.sign_in(platform, sdk.administrator(platform))
    dl.projects.get(project_name=project).delete(sure=True, really=True)


def begin(journey: SimpleNamespace, *arguments: object, environment: dict | None = None, **more) -> subprocess.Popen:
    return subprocess.Popen(
        [str(REPOSITORY / "sluice"), *map(str, arguments)],
        env=journey.environment | (environment or {}),
        cwd=journey.home,
        stdin=more.pop("stdin", subprocess.DEVNULL),
        stdout=subprocess.PIPE,
        stderr=more.pop("stderr", subprocess.PIPE),
        # A run in the background may have been told to ignore Ctrl-C, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **more,
    )


def sluice(
    journey: SimpleNamespace, *arguments: object, ends: int = DONE, given: str | None = None, environment: dict | None = None
) -> str:
    """Runs one command; what it printed, results and words."""
    process = begin(journey, *arguments, environment=environment, stdin=subprocess.PIPE)
    out, err = process.communicate((given or "").encode(), timeout=ENDS_WITHIN)
    words = f"{arguments}\n{out.decode()}\n{err.decode()}"
    assert process.returncode == ends, words
    assert "Exception" not in words
    return out.decode() + err.decode()


def totals(output: str) -> dict:
    """The last line of `--json`."""
    return next(json.loads(line)["totals"] for line in output.splitlines() if line.startswith('{"totals"'))


def listed(output: str) -> list[dict]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_asks_to_sign_in_first(journey):
    assert "sluice login" in sluice(journey, "ls", ends=FORBIDDEN)


def test_says_when_no_gate_is_there(journey):
    gate = f"http://127.0.0.1:{free_port()}"
    output = sluice(
        journey, "login", "--gate", gate, "--email", "a@b.example", "--password-stdin", given="secret1234", ends=UNREACHABLE
    )

    assert gate in output


def test_signs_in(journey):
    platform = journey.platform
    where = ("login", "--gate", platform.url, "--email", platform.admin_email)

    assert "password is wrong" in sluice(journey, *where, "--password-stdin", given="not that one", ends=FORBIDDEN)
    assert "--password-stdin" in sluice(journey, *where, ends=USAGE)
    assert platform.admin_email in sluice(journey, *where, "--password-stdin", given=f"{platform.admin_password}\n")

    known = json.loads(journey.credentials.read_text())
    sdk.SECRETS |= {known["token"], known["refreshToken"]}
    assert platform.admin_password not in journey.credentials.read_text()
    assert stat.S_IMODE(journey.credentials.stat().st_mode) == 0o600
    assert stat.S_IMODE(journey.credentials.parent.stat().st_mode) == 0o700


def test_knows_when_a_token_is_none(journey):
    environment = {"SLUICE_GATE": journey.platform.url, "SLUICE_TOKEN": "nonsense"}

    assert "sluice login" in sluice(journey, "ls", ends=FORBIDDEN, environment=environment)


def test_uploads_a_folder_with_what_is_said_of_its_files(journey):
    assert "There is no project" in sluice(journey, "upload", journey.folder, journey.dataset, ends=FAILED)

    output = sluice(journey, "upload", "--create", "--sidecars", "--json", journey.folder, journey.dataset)

    files = [file for file in journey.folder.rglob("*") if file.is_file()]
    assert totals(output)["created"] == len(files) - 1
    assert {line["sha256"] for line in listed(output) if "path" in line} == {
        sha256(file) for file in files if file != journey.described.with_name(f"{journey.described.name}.json")
    }


def test_sends_nothing_twice(journey):
    again = ("upload", "--sidecars", "--json", "sheep", journey.dataset)
    assert totals(sluice(journey, *again)) == {"skipped": 44, "bytes": 0}

    (journey.folder / "list.json").write_text('{"some": "other list"}')
    output = sluice(journey, *again)
    assert totals(output) == {"skipped": 43, "kept": 1, "bytes": 0}
    assert "--mode overwrite" in output
    # What is said of the described one is told again, too.
    assert totals(sluice(journey, *again, "--mode", "overwrite")) == {"overwritten": 2, "skipped": 42, "bytes": ANY}


def test_lists_projects_datasets_and_directories(journey):
    assert journey.project in sluice(journey, "ls")
    assert "Sheep" in sluice(journey, "ls", journey.project)

    (directory,) = listed(sluice(journey, "ls", "--json", journey.dataset))
    assert (directory["filename"], directory["type"]) == ("/sheep", "dir")
    table = sluice(journey, "ls", f"{journey.dataset}/sheep")
    assert {line.split()[-1] for line in table.splitlines()} == {
        "PATH", "/sheep/pen/", "/sheep/empty", "/sheep/list.json", "/sheep/large.bin"
    }
    assert "There is no item /nowhere" in sluice(journey, "ls", f"{journey.dataset}/nowhere", ends=FAILED)


def test_finds_items_by_what_is_said_of_them(journey):
    (item,) = listed(sluice(journey, "query", "--json", journey.dataset, '{"metadata.user.season": "spring"}'))
    assert item["name"] == journey.described.name
    assert item["description"] == "the first"
    by_label = '{"filter": {"type": "file"}, "join": {"filter": {"label": "ewe"}}}'
    assert [item["id"]] == [found["id"] for found in listed(sluice(journey, "query", "--json", journey.dataset, by_label))]

    assert "image/jpeg" in sluice(journey, "query", journey.dataset, '{"name": "*.jpg"}')
    assert "is no JSON" in sluice(journey, "query", journey.dataset, "name=x", ends=USAGE)
    assert "$regex" in sluice(journey, "query", journey.dataset, '{"name": {"$regex": "x"}}', ends=FAILED)


def test_downloads_it_byte_for_byte(journey):
    to = journey.home / "back"
    output = sluice(journey, "download", "--json", f"{journey.dataset}/sheep", to)

    sidecar = journey.described.with_name(f"{journey.described.name}.json")
    sent = {file.relative_to(journey.folder): sha256(file) for file in journey.folder.rglob("*") if file.is_file()}
    del sent[sidecar.relative_to(journey.folder)]
    assert totals(output)["downloaded"] == len(sent)
    assert {file.relative_to(to): sha256(file) for file in to.rglob("*") if file.is_file()} == sent

    (to / "empty").write_text("no more")
    (to / "list.json").unlink()
    assert totals(sluice(journey, "download", "--json", f"{journey.dataset}/sheep", to)) == {
        "downloaded": 2, "skipped": len(sent) - 2, "bytes": 22
    }

    part = journey.home / "part"
    sluice(journey, "download", journey.dataset, part, "--filter", '{"metadata.user.season": "spring"}')
    assert [file.name for file in part.rglob("*") if file.is_file()] == [journey.described.name]
    sluice(journey, "download", f"{journey.dataset}/sheep/list.json", part)
    assert (part / "list.json").read_text() == '{"some": "other list"}'


@pytest.fixture(scope="module")
def many(journey) -> Path:
    folder = journey.home / "many"
    folder.mkdir()
    for number in range(SMALL_FILES):
        (folder / f"{number}.txt").write_text(f"sheep number {number}")
    return folder


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_is_interrupted(journey, many, how):
    process = begin(journey, "upload", "--parallel", "1", "--json", many, journey.dataset)
    process.stdout.readline()
    process.send_signal(how)
    _, err = process.communicate(timeout=ENDS_WITHIN)

    if how == signal.SIGINT:
        assert process.returncode == INTERRUPTED, err
        assert "Interrupted" in err.decode() and "Run the same command again" in err.decode()
    else:
        assert process.returncode == -signal.SIGKILL


def test_goes_on_where_it_was(journey, many):
    done = totals(sluice(journey, "upload", "--json", many, journey.dataset))

    assert done["skipped"] >= 250
    assert done["skipped"] + done.get("created", 0) == SMALL_FILES
    found = sluice(journey, "query", "--json", journey.dataset, '{"dir": "/many", "type": "file"}')
    assert len({item["filename"] for item in listed(found)}) == len(listed(found)) == SMALL_FILES


def test_shows_how_far_it_is(journey, many):
    terminal, other_end = pty.openpty()
    process = begin(journey, "upload", many, journey.dataset, stderr=other_end)
    os.close(other_end)
    shown = read(terminal)
    process.communicate(timeout=ENDS_WITHIN)

    assert process.returncode == DONE
    assert f"of {SMALL_FILES:,} items" in shown and "\r" in shown
    assert f"{SMALL_FILES:,} there already." in shown.splitlines()[-1]

    assert "no bytes sent" in sluice(journey, "upload", many, journey.dataset)
    assert sluice(journey, "upload", "--quiet", many, journey.dataset) == ""


def read(terminal: int) -> str:
    """All that comes until nobody writes there any more."""
    shown = b""
    deadline = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < deadline and select.select([terminal], [], [], 60)[0]:
        try:
            shown += os.read(terminal, 65536)
        except OSError:
            break
    os.close(terminal)
    return shown.decode()


def test_deletes_when_it_is_told_twice(journey):
    item = f"{journey.dataset}/sheep/large.bin"
    assert "--yes" in sluice(journey, "rm", item, ends=USAGE)
    assert "is a directory" in sluice(journey, "rm", "--yes", f"{journey.dataset}/many", ends=USAGE)
    assert "whole dataset" in sluice(journey, "rm", "--yes", "-r", journey.dataset, ends=USAGE)

    sluice(journey, "rm", "--yes", "-r", item, f"{journey.dataset}/many")

    left = sluice(journey, "query", journey.dataset, "{}")
    assert "/many" not in left and "large.bin" not in left and "list.json" in left
    assert "There is no item" in sluice(journey, "rm", "--yes", item, ends=FAILED)


def test_teaches_the_shell(journey):
    script = sluice(journey, "completion", "bash")
    taught = subprocess.run(
        ["bash", "-c", f"{script}\ncomplete -p sluice"], capture_output=True, text=True, timeout=60, check=True
    )

    assert "_complete_sluice" in taught.stdout


def test_signs_out(journey):
    token = json.loads(journey.credentials.read_text())["token"]
    me = f"{journey.platform.api}/users/me"
    assert httpx.get(me, headers={"authorization": f"Bearer {token}"}).status_code == 200

    sluice(journey, "logout")

    assert not journey.credentials.exists()
    deadline = time.monotonic() + 30
    while httpx.get(me, headers={"authorization": f"Bearer {token}"}).status_code != 401:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert "Nobody is signed in" in sluice(journey, "logout")
