"""The pages of docs/guide do what they say: every snippet is run as it is printed, page by page and language by language."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from playwright.sync_api import Page

import chromium
import guide
import sdk
import wire
from platforms import REPOSITORY, Platform

pytestmark = pytest.mark.one_flavour

PAGES = sorted(guide.FOLDER.glob("*.md"))
SESSIONS = [session for page in PAGES for session in guide.sessions(page)]
EVERYWHERE = {"curl", "Python with requests", "Python with dtlpy", "JavaScript", "Java"}


def name(session: guide.Session) -> str:
    heading = re.sub(r"\W+", "-", session.heading.lower())
    return f"{session.page.stem.lower()}-{heading}"


@pytest.fixture(scope="module")
def reader(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Somebody who has done what the first page says: signed in, with a project and a picture."""
    user = sdk.new_user(platform, "reader")
    token = sdk.token(platform, user)
    picture = tmp_path_factory.mktemp("guide") / "dolly.jpg"
    Image.new("RGB", (64, 48), "white").save(picture)
    with wire.client(platform.api, token) as api:
        project = api.post("/projects", json={"name": sdk.unique("guide")}).raise_for_status().json()["id"]
        settings = {
            "SLUICE_GATE": platform.url,
            "SLUICE_EMAIL": user.email,
            "SLUICE_PASSWORD": user.password,
            "SLUICE_PICTURE": str(picture),
            "SLUICE_TOKEN": token,
            "SLUICE_PROJECT": project,
        }
        yield SimpleNamespace(api=api, project=project, settings=settings)
        api.delete(f"/projects/{project}").raise_for_status()


@pytest.fixture
def settings(reader: SimpleNamespace, tmp_path: Path) -> dict[str, str]:
    """What the pages find in their environment: each session has a dataset of its own."""
    body = {"name": sdk.unique("session"), "projects": [reader.project]}
    dataset = reader.api.post("/datasets", json=body).raise_for_status().json()["id"]
    return {**reader.settings, "SLUICE_DATASET": dataset, "DATALOOP_PATH": str(tmp_path / "sdk")}


@pytest.mark.parametrize("session", SESSIONS, ids=name)
def test_does_what_the_page_says(session, settings, tmp_path):
    lacking = guide.missing(session.language)
    if lacking:
        pytest.skip(lacking)

    session.check(guide.run(session, tmp_path, settings))


@pytest.fixture(scope="module")
def documentation(platform: Platform) -> Iterator[Page]:
    """The page of the platform that the guide tells to try it in, open in a browser."""
    with chromium.started() as browser:
        page = browser.new_page()
        page.goto(f"{platform.url}/api/v1/docs")
        yield page


@chromium.needed
@pytest.mark.parametrize("session", [session for session in SESSIONS if session.language == "js"], ids=name)
def test_does_it_in_a_browser(session, settings, documentation):
    session.check(guide.run_in_page(session, documentation, settings))


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=lambda page: page.stem)
def test_speaks_every_language(page):
    assert {session.heading for session in guide.sessions(page)} == EVERYWHERE


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_to_what_is_there(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        assert target.startswith("https://") or (page.parent / target).resolve().is_relative_to(REPOSITORY), target
        assert target.startswith("https://") or (page.parent / target).exists(), target
