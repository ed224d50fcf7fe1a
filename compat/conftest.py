import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# The SDK keeps its state here; it reads the variable when it is imported.
os.environ["DATALOOP_PATH"] = tempfile.mkdtemp(prefix="dataloop-")
# Uploads and downloads go to this machine, whatever proxy the environment names.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

from document import Watch  # noqa: E402
from layers import NGINX, Layered  # noqa: E402
from pictures import BESIDE_THE_REPOSITORY, Pictures, prepare  # noqa: E402
from platforms import Composed, Launched, Platform, Remote, Scaled  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sluice")
    group.addoption(
        "--flavour",
        choices=["embedded", "mongod", "compose", "scale", "remote"],
        default="remote" if "SLUICE_URL" in os.environ else "embedded",
        help="how the platform runs: ./sluice up on the embedded database, the same on a real mongod, the containers of "
        "docker-compose.yml or of compose.scale.yml, or the running gate that SLUICE_URL names",
    )
    group.addoption(
        "--mongod",
        default=os.environ.get("SLUICE_TEST_MONGOD"),
        help="the mongod binary of the flavour mongod (default: SLUICE_TEST_MONGOD)",
    )
    group.addoption(
        "--pictures",
        default=os.environ.get("SLUICE_TEST_DATA"),
        help="a tar.gz with an items folder of 1,680 pictures (default: SLUICE_TEST_DATA, else "
        "../shared/data/sheepface.tar.gz beside the repository, else pictures that the journeys draw themselves)",
    )


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """What runs, whatever stands in front of it."""
    running = _platform(request.config, tmp_path_factory.mktemp("platform"))
    request.config.stash[_PLATFORM] = running
    try:
        running.start()
        yield running
    finally:
        running.discard()


@pytest.fixture(scope="session")
def platform(backend: Platform) -> Platform:
    """The platform under test, up; a module may put something in front of it."""
    return backend


@pytest.fixture(scope="session")
def layered(backend: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layered]:
    """nginx and a second gateway in front of it."""
    if NGINX is None:
        pytest.skip("nginx is not installed")
    if not isinstance(backend, Launched):
        pytest.skip("a second gateway needs the services, which only ./sluice up leaves within reach")
    layered = Layered(backend, tmp_path_factory.mktemp("layers"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(layered.authority))
        try:
            layered.start()
            yield layered
        finally:
            layered.discard()


@pytest.fixture(scope="session")
def watch(request: pytest.FixtureRequest, backend: Platform) -> Iterator[Watch]:
    with Watch().on() as watch:
        # In one flavour: what is answered does not depend on where the platform keeps its data.
        watch.gate = backend.url if request.config.getoption("flavour") in ("embedded", "remote") else None
        yield watch


@pytest.fixture(autouse=True)
def answers_as_documented(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a journey is about, what it is answered must be what the API document says."""
    if "backend" not in request.fixturenames:
        yield
        return
    watch = request.getfixturevalue("watch")
    watch.objections.clear()
    yield
    assert not watch.objections, "\n".join(dict.fromkeys(watch.objections))


_PLATFORM = pytest.StashKey[Platform]()


def _platform(config: pytest.Config, folder: Path) -> Platform:
    match config.getoption("flavour"):
        case "embedded":
            return Launched(folder, mongod=None)
        case "mongod":
            mongod = config.getoption("mongod")
            if not mongod:
                pytest.exit("the flavour mongod needs --mongod PATH or SLUICE_TEST_MONGOD", returncode=2)
            return Launched(folder, Path(mongod))
        case "compose":
            return Composed(folder)
        case "scale":
            return Scaled(folder)
        case _:
            return Remote()


@pytest.fixture(scope="session")
def pictures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Pictures:
    """The 1,680 pictures, unpacked or drawn, or half of them."""
    named = request.config.getoption("pictures")
    archive = Path(named) if named else BESIDE_THE_REPOSITORY
    if not named and not archive.exists():
        archive = None
    pictures = prepare(archive, tmp_path_factory.mktemp("pictures"))
    # Two flavours take all of them; to the third, half of them show what a real database does otherwise.
    return pictures.one_in(2, tmp_path_factory.mktemp("half")) if request.config.getoption("flavour") == "mongod" else pictures


# A journey's steps share state, so the first that fails ends it: what follows would only repeat the failure.
_FAILED = pytest.StashKey[str]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    report = yield
    if report.failed:
        if _is_step(item):
            item.parent.stash.setdefault(_FAILED, item.name)
        platform = item.config.stash.get(_PLATFORM, None)
        if platform:
            report.sections.append(("the platform's log", platform.log_tail()))
    return report


def pytest_runtest_setup(item: pytest.Item) -> None:
    failed = item.parent.stash.get(_FAILED, None) if _is_step(item) else None
    if failed:
        pytest.skip(f"the journey ended at {failed}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # The first leaves whatever it has made; the second reads what all others have made the platform write.
    last = ["test_schemathesis.py", "test_secrets.py"]
    items.sort(key=lambda item: last.index(item.path.name) if item.path.name in last else -1)
    flavour = config.getoption("flavour")
    if flavour in ("mongod", "compose", "scale"):
        skip = pytest.mark.skip(reason=f"what it shows is the same with the flavour embedded, not run with {flavour}")
        for item in items:
            if item.get_closest_marker("one_flavour"):
                item.add_marker(skip)


def _is_step(item: pytest.Item) -> bool:
    return item.get_closest_marker("journey") is not None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "journey: steps that build on each other, in the order of the file")
    config.addinivalue_line("markers", "one_flavour: what no flavour does differently; not run with mongod, compose and scale")
    # As Ctrl-C does, so that a run that is cut short leaves no platform behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    platform = config.stash.get(_PLATFORM, None)
    if isinstance(platform, Scaled):
        terminalreporter.section("which replica served how much")
        terminalreporter.write_line(platform.table())
