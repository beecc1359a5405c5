"""Reads the documentation: its pages, headings, links and shell blocks."""

import re
import textwrap
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

# In a list, a block is indented.
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Page:
    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    def fenced(self, *languages: str) -> list[str]:
        """Return the blocks of these languages, in order."""
        return [textwrap.dedent(body) for _, language, body in _FENCE.findall(self.text) if language in languages]

    @property
    def blocks(self) -> list[str]:
        """The shell blocks, in order."""
        return self.fenced("sh")

    @property
    def links(self) -> list[str]:
        return [target or attribute for target, attribute in _LINK.findall(self.prose)]

    @property
    def names(self) -> list[str]:
        """Everything that stands between backticks."""
        return _CODE.findall(self.prose)

    @property
    def anchors(self) -> set[str]:
        """The anchors of the headings, as GitHub makes them."""
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in self.headings()}

    def headings(self, level: int | None = None, below: str | None = None) -> list[str]:
        """Return the headings, of one level, and of the section `below` alone."""
        found, section = [], ""
        for marks, title in _HEADING.findall(self.prose):
            section = title if len(marks) == len("##") else section
            if level in (None, len(marks)) and below in (None, section):
                found.append(title)
        return found

    def section(self, heading: str) -> str:
        """Return the text from a heading to the next of any level, in one line."""
        text = re.split(rf"^#+ {re.escape(heading)}$", self.text, maxsplit=1, flags=re.MULTILINE)[1]
        return " ".join(re.split(r"^#+ ", text, maxsplit=1, flags=re.MULTILINE)[0].split())


def page(name: str) -> Page:
    return Page(ROOT / name)


def all_pages() -> list[Page]:
    return [Page(path) for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])]
