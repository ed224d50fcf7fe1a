"""The pages of docs/guide: what they print, and how to run it.

The code blocks under one heading of the second level are one session: one shell, one Python, one Node.js, or one Java
class. A block `text` behind one of them is what that one prints; `…` in it stands for anything in its line, and a line that
is nothing else for any number of lines.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from pathlib import Path

from playwright.sync_api import Page

from platforms import REPOSITORY

FOLDER = REPOSITORY / "docs" / "guide"
LANGUAGES = ("sh", "python", "js", "java")
ENDS_WITHIN = 120
_END_OF_BLOCK = "=== end of block, status"


@dataclass(frozen=True)
class Block:
    """One piece of code, the line it stands in, and what it prints if the page says so."""

    language: str
    line: int
    code: str
    printed: str | None = None


@dataclass(frozen=True)
class Session:
    """What a reader pastes from top to bottom."""

    page: Path
    heading: str
    blocks: tuple[Block, ...]

    @property
    def language(self) -> str:
        return self.blocks[0].language

    def check(self, outputs: list[str]) -> None:
        """Compares what was printed with what the page says that is printed."""
        for block, output in zip_longest(self.blocks, outputs):
            assert block and output is not None, f"{self.page.name}: not every block was run, or one was cut off"
            if block.printed is not None:
                assert _pattern(block.printed).fullmatch(_tidy(output)), (
                    f"{self.page.name}, line {block.line}, prints\n\n{output}\nand not\n\n{block.printed}"
                )


def sessions(page: Path) -> list[Session]:
    found: dict[str, list[Block]] = {}
    heading = ""
    for part in re.finditer(r"^## (?P<heading>[^\n]+)$|^```(?P<tag>\w*)\n(?P<code>.*?)^```$", page.read_text(), re.M | re.S):
        if part["heading"]:
            heading = part["heading"]
            continue
        blocks = found.setdefault(heading, [])
        if part["tag"] in LANGUAGES:
            line = page.read_text()[: part.start()].count("\n") + 1
            blocks.append(Block(part["tag"], line, part["code"]))
        elif part["tag"] == "text" and blocks:
            last = blocks.pop()
            blocks.append(Block(last.language, last.line, last.code, part["code"]))
    return [Session(page, heading, tuple(blocks)) for heading, blocks in found.items() if blocks]


def _pattern(printed: str) -> re.Pattern[str]:
    lines = [
        r"(?:.*\n)*" if line == "…" else ".*".join(re.escape(part) for part in line.split("…")) + r"\n"
        for line in _tidy(printed).splitlines()
    ]
    return re.compile("".join(lines))


def _tidy(text: str) -> str:
    """Without what nobody sees: the blanks at the ends of lines, the empty lines before and after."""
    lines = [line.rstrip() for line in text.replace("\r", "").splitlines()]
    return "\n".join(lines).strip("\n") + "\n"


# How a session of each language is run: it gives back what each block printed.


def run(session: Session, folder: Path, environment: dict[str, str]) -> list[str]:
    command = RUNNERS[session.language](session, folder)
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=ENDS_WITHIN
    )
    outputs = re.split(rf"\n?{_END_OF_BLOCK} (.*)\n", done.stdout)
    printed, statuses = outputs[0::2], outputs[1::2]
    if session.language == "java":
        printed, statuses = [done.stdout, ""], [str(done.returncode)]
    assert done.returncode == 0 and set(statuses) == {"0"}, (
        f"{session.page.name}, {session.heading}: ended with {done.returncode} after\n{done.stdout}\n{done.stderr}"
    )
    return printed[:-1]


def _shell(session: Session, folder: Path) -> list[str]:
    lines = (f"{block.code}printf '\\n%s %s\\n' '{_END_OF_BLOCK}' $?\n" for block in session.blocks)
    return ["sh", _write(folder / "session.sh", "".join(lines))]


def _python(session: Session, folder: Path) -> list[str]:
    lines = (f"{block.code}print('\\n{_END_OF_BLOCK} 0', flush=True)\n" for block in session.blocks)
    return [sys.executable, "-B", _write(folder / "session.py", "".join(lines))]


def _node(session: Session, folder: Path) -> list[str]:
    return ["node", _write(folder / "session.mjs", javascript(session))]


def _java(session: Session, folder: Path) -> list[str]:
    (block,) = session.blocks
    home = os.environ.get("JAVA_HOME")
    # A short program gains nothing by the second compiler.
    options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"]
    return [f"{home}/bin/java" if home else "java", *options, _write(folder / "Example.java", block.code)]


RUNNERS: dict[str, Callable[[Session, Path], list[str]]] = {
    "sh": _shell,
    "python": _python,
    "js": _node,
    "java": _java,
}


def javascript(session: Session) -> str:
    return "".join(f"{block.code}console.log('\\n{_END_OF_BLOCK} 0');\n" for block in session.blocks)


def run_in_page(session: Session, page: Page, environment: dict[str, str]) -> list[str]:
    """Runs a session in a page of the gate; it finds its settings in the session storage."""
    said: list[str] = []

    def listen(message) -> None:
        # The browser itself complains of every refusal.
        if message.type == "log":
            said.append(message.text)

    page.on("console", listen)
    page.evaluate("settings => Object.assign(sessionStorage, settings)", environment)
    page.evaluate(f"async () => {{\n{javascript(session)}}}")
    page.remove_listener("console", listen)
    outputs = re.split(rf"\n?{_END_OF_BLOCK} 0\n", "".join(f"{line}\n" for line in said))
    return outputs[:-1]


def _write(file: Path, text: str) -> str:
    file.write_text(text)
    return str(file)


@cache
def missing(language: str) -> str | None:
    """What this machine lacks to run a language, or None."""
    needed = {"sh": ["curl", "jq"], "js": ["node"], "java": ["java"]}.get(language, [])
    absent = [program for program in needed if not shutil.which(program)]
    if absent:
        return f"{' and '.join(absent)} not installed"
    if language == "js":
        major = json.loads(subprocess.check_output(["node", "-p", "process.versions.node.split('.')[0]"], text=True))
        return None if major >= 18 else f"node is {major}, and not 18 or newer"
    return None
