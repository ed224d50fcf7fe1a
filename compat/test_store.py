"""The stores of examples/store, in Python and in a browser: another domain as a client of the platform."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import chromium
import sdk
from platforms import REPOSITORY, Platform

pytestmark = pytest.mark.one_flavour

STORE = REPOSITORY / "examples" / "store"
NAMED = "http://localhost:8080"


def test_python_opens_a_store(platform):
    user = sdk.new_user(platform, "shopkeeper")

    done = subprocess.run(
        [sys.executable, str(STORE / "store.py"), platform.url],
        env=os.environ | {"SLUICE_EMAIL": user.email, "SLUICE_PASSWORD": user.password},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    printed = (STORE / "README.md").read_text().partition("store.py http://localhost:8080\n")[2].partition("```")[0]
    assert done.stdout == printed


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def shop(platform: Platform, tmp_path_factory) -> Iterator[str]:
    """Where a static server shows the page, made for this gate as the README says."""
    if not platform.pages:
        pytest.skip("no page of another origin may call this gate")
    folder = tmp_path_factory.mktemp("shop") / "store"
    shutil.copytree(STORE, folder)
    for file in (folder / "index.html", folder / "store.js"):
        adapt(file, platform.url)
    address = urlsplit(platform.pages)
    with ThreadingHTTPServer((address.hostname, address.port), partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield platform.pages
        server.shutdown()


def adapt(file: Path, gate: str) -> None:
    text = file.read_text()
    assert NAMED in text
    file.write_text(text.replace(NAMED, gate))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.started() as browser:
        yield browser


def enter(page: Page, user: sdk.User) -> None:
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(user.password)
    page.get_by_role("button", name="Sign in").click()


def add(page: Page, name: str, price: str, tags: str) -> None:
    page.get_by_label("Item", exact=True).fill(name)
    page.get_by_label("Price", exact=True).fill(price)
    page.get_by_label("Tags").fill(tags)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_be_visible()


def names(page: Page):
    return page.locator("tbody td:first-child")


@chromium.needed
def test_a_page_elsewhere_runs_a_store_on_the_client_of_the_gate(platform, shop, browser):
    user = sdk.new_user(platform, "shopkeeper")
    with chromium.opened(browser, shop) as page:
        enter(page, user)
        page.get_by_label("New store").fill("Corner shop")
        page.get_by_role("button", name="Open").click()
        for thing in (("apple", "0.5", "fruit"), ("plum", "0.8", "fruit, blue"), ("<b>pan<&", "24", "kitchen")):
            add(page, *thing)

        page.get_by_label("With tag").fill("fruit")
        page.get_by_label("Price from").fill("0.6")
        page.get_by_label("to", exact=True).fill("2")
        page.get_by_role("button", name="Find").click()
        expect(names(page)).to_have_text(["plum"])

        page.get_by_label("Price of plum").fill("0.9")
        page.get_by_label("Price of plum").press("Enter")
        page.get_by_label("Price from").fill("0.85")
        page.get_by_role("button", name="Find").click()
        expect(page.get_by_label("Price of plum")).to_have_value("0.9")

        page.get_by_role("button", name="Remove plum").click()
        expect(names(page)).to_have_count(0)
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


@chromium.needed
def test_a_price_that_somebody_else_has_changed_stays_theirs(platform, shop, browser):
    user = sdk.new_user(platform, "shopkeeper")
    with chromium.opened(browser, shop) as first, chromium.opened(browser, shop) as second:
        enter(first, user)
        first.get_by_label("New store").fill("Corner shop")
        first.get_by_role("button", name="Open").click()
        add(first, "apple", "0.5", "")
        enter(second, user)
        expect(second.get_by_label("Price of apple")).to_have_value("0.5")
        first.get_by_label("Price of apple").fill("0.6")
        with first.expect_response(lambda response: response.request.method == "PATCH"):
            first.get_by_label("Price of apple").press("Enter")

        second.get_by_label("Price of apple").fill("0.7")
        second.get_by_label("Price of apple").press("Enter")

        expect(second.get_by_role("alert")).to_have_text("Somebody else has changed apple meanwhile: look again")
        expect(second.get_by_label("Price of apple")).to_have_value("0.6")
