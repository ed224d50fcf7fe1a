"""Signs in on the page of the documentation and asks there who that is: python docs_page.py GATE CHROMIUM."""

import os
import sys

from playwright.sync_api import sync_playwright

gate, binary = sys.argv[1:]
with sync_playwright() as playwright:
    chromium = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox"], chromium_sandbox=False)
    page = chromium.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.goto(f"{gate}/api/v1/docs")
    page.get_by_role("textbox", name="E-mail address").fill(os.environ["SLUICE_USER"])
    page.get_by_role("textbox", name="Password").fill(os.environ["SLUICE_PASSWORD"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_text(f"Signed in as {os.environ['SLUICE_USER']}").wait_for()
    operation = page.locator(".opblock-get", has=page.locator('[data-path="/api/v1/users/me"]'))
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table")
    answer.wait_for()
    assert answer.locator("tbody td.response-col_status").first.inner_text().startswith("200"), answer.inner_text()
    print(answer.inner_text())
    assert not refused, refused
    chromium.close()
