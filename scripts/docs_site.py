"""Hooks of mkdocs: README.md is the first page, every rule has a page, links out of docs/ lead to the repository."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"(?P<start>\]\()(?P<target>[^)#\s:]+)(?P<rest>(?:#[^)]*)?\))")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the page of each rule to the navigation."""
    names = sorted(path.name for path in (ROOT / "docs" / "rules").glob("IK*.md"))
    rules: list[Any] = ["rules/README.md", *(f"rules/{name}" for name in names)]
    config.nav = [*(config.nav or []), {"Rules": rules}]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add README.md as the first page."""
    text = (ROOT / "README.md").read_text("utf-8").replace("](docs/", "](")
    files.append(File.generated(config, "index.md", content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let links to files outside of the documentation lead to the repository."""
    folder = "" if page.file.src_uri == "index.md" else posixpath.join("docs", posixpath.dirname(page.file.src_uri))

    def rewritten(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match["target"]))
        if target == "README.md":
            home = posixpath.relpath("index.md", posixpath.dirname(page.file.src_uri) or ".")
            return f"{match['start']}{home}{match['rest']}"
        is_page = target.startswith("docs/") and not target.startswith("docs/examples/")
        if is_page or not (ROOT / target).exists():
            return match.group()
        return f"{match['start']}{config.repo_url}/blob/main/{target}{match['rest']}"

    return _LINK.sub(rewritten, markdown)
