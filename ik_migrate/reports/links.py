"""Addresses on the web that reports and documentation lead to."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import IO

REPOSITORY = "https://github.com/ik-migrate/ik-migrate"
_OWN_CODE = re.compile(r"IK\d{3}")
_TERMINALS = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio", "mintty"})
_VARIABLES = ("WT_SESSION", "KONSOLE_VERSION", "KITTY_WINDOW_ID", "DOMTERM", "ALACRITTY_WINDOW_ID")
_FIRST_VTE = 5000


def rule_url(code: str) -> str:
    """Return the address of the page of a rule; empty for a rule of another package."""
    return f"{REPOSITORY}/blob/main/docs/rules/{code}.md" if _OWN_CODE.fullmatch(code) else ""


def supports_hyperlinks(stream: IO[str], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether what is written to ``stream`` may hold OSC 8 hyperlinks.

    ``FORCE_HYPERLINK`` decides where it is set; otherwise a terminal must be known to show them.
    """
    force = environment.get("FORCE_HYPERLINK")
    if force:
        return force != "0"
    if environment.get("TERM") == "dumb" or not stream.isatty():
        return False
    version = environment.get("VTE_VERSION", "")
    if version.isdecimal() and int(version) >= _FIRST_VTE:
        return True
    is_known = environment.get("TERM_PROGRAM") in _TERMINALS
    return is_known or any(environment.get(name) for name in _VARIABLES)
