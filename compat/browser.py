"""Signs in on the page that an address leads to, in a headless Chromium: BROWSER="python browser.py %s"."""

import os
import sys

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(
        executable_path=os.environ["SLUICE_CHROMIUM"], args=["--no-sandbox"], chromium_sandbox=False
    )
    page = chromium.new_page(viewport={"width": 360, "height": 640})
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(sys.argv[1])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "wider than a phone"
    page.get_by_label("E-mail address").fill(os.environ["SLUICE_USER"])
    page.get_by_label("Password").fill(os.environ["SLUICE_PASSWORD"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("http://localhost:*/**")
    assert not refused, refused
    chromium.close()
