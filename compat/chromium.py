"""The Chromium of the machine, headless, for what runs in a browser."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PATH = shutil.which("chromium")
needed = pytest.mark.skipif(not PATH, reason="chromium is not installed")


@contextmanager
def started() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=["--no-sandbox"], chromium_sandbox=False)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, url: str, **context) -> Iterator[Page]:
    """A page in a profile of its own, on which nothing may go wrong but the network."""
    profile = browser.new_context(**context)
    profile.set_default_timeout(20_000)
    try:
        page = profile.new_page()
        wrong = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(url)
        yield page
        assert not [text for text in wrong if not text.startswith("Failed to load resource")], wrong
    finally:
        profile.close()
