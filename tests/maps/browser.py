"""A real Chromium before the pages of `pages_app`: what it saw, asked for and complained of."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright
from werkzeug.serving import ThreadedWSGIServer

from app.entrypoints.static_files import serve_well

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
#: Ends when everything that moves for a while has come to rest; a fade begins a frame later.
STAND_STILL = """async () => {
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  await frame();
  await frame();
  const ending = document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < Infinity);
  await Promise.allSettled(ending.map((one) => one.finished));
}"""
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
#: Where a page breaks a rule is worked out only when it does: that costs as much again, and what
#: axe has to say of the rules that are kept is more than all else that a test hears of a page.
JUDGE = """async (rules) => {
  const quickly = {runOnly: rules, resultTypes: ["violations"], selectors: false};
  if (!(await axe.run(document, quickly)).violations.length) return [];
  return (await axe.run(document, {runOnly: rules})).violations;
}"""


@contextmanager
def a_browser() -> Iterator[Browser]:
    """Start Chromium, or skip the test and say why."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine; as root, script/test installs Debian's")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


class _Server(ThreadedWSGIServer):
    """Answers each request in a thread, and knows those that have not ended."""

    def __init__(self, app: Flask) -> None:
        super().__init__("127.0.0.1", 0, app)
        self._answering: list[threading.Thread] = []

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401  # as its parent takes them
        self._answering = [thread for thread in self._answering if thread.is_alive()]
        self._answering.append(
            threading.Thread(
                target=self.process_request_thread, args=(request, client_address), daemon=True
            )
        )
        self._answering[-1].start()

    def wait_for_the_last(self, seconds: float) -> None:
        """Wait until what a page still asked for is answered: its connections are given back."""
        until = time.monotonic() + seconds
        for thread in self._answering:
            thread.join(max(0.0, until - time.monotonic()))


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve `app` on a loopback port of its own."""
    serve_well(app)
    server = _Server(app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.wait_for_the_last(5)
    server.server_close()


@dataclass
class Visit:
    """A page that was opened, with everything it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    asked_outside: list[str] = field(default_factory=list)
    bytes_received: int = 0

    def findings(self) -> list[str]:
        """Return what axe finds wrong."""
        if not self.page.evaluate("'axe' in window"):
            # Evaluated by the debugger, so the page's own policy stays as it is.
            self.page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
        # Nothing is judged halfway through a fade.
        self.page.evaluate(STAND_STILL)
        broken: list[dict[str, Any]] = self.page.evaluate(JUDGE, RULES)
        return [f"{rule['id']}: {[node['target'] for node in rule['nodes']]}" for rule in broken]


@contextmanager
def a_visit(browser: Browser, address: str, **options: Any) -> Iterator[Visit]:  # noqa: ANN401  # passed on as they are
    """Open `address` in a fresh profile; options are those of a Playwright context."""
    context = browser.new_context(**{"locale": "nl-NL", **options})
    page = context.new_page()
    visit = Visit(page)
    own = address.split("/", 3)[:3]

    def complained(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            visit.complaints.append(message.text)

    def asked(request: Request) -> None:
        if request.url.split("/", 3)[:3] != own and not request.url.startswith("blob:"):
            visit.asked_outside.append(request.url)

    def finished(request: Request) -> None:
        # Asking lets other answers come in between, so the sum is made afterwards.
        size = request.sizes()["responseBodySize"]
        visit.bytes_received += size

    page.on("console", complained)
    page.on("pageerror", lambda fault: visit.complaints.append(str(fault)))
    page.on("request", asked)
    page.on("requestfinished", finished)
    page.goto(address)
    yield visit
    context.close()
