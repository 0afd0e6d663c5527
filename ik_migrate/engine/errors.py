"""Internal errors over one file: described in one line, with the traceback on request, while the run continues."""

from __future__ import annotations

import os
import sys
import traceback

from ik_migrate.engine.time_limit import TakesTooLong
from ik_migrate.model.errors import ISSUES

REPORT_IT = f"The file is unchanged. Report this: {ISSUES}"
"""The end of a message about a fault of ours."""
TOO_DEEP = "it is nested too deeply. Rewrite it by hand or exclude it with --exclude."


class RuleError(Exception):
    """A rule failed on a file, or what the rules would write cannot be right; the message says which and how."""


def describe_exception(error: Exception, what: str = "") -> str:
    """Describe an unexpected error in one line; with ``--debug``, print its traceback to standard error.

    Args:
        error: the error.
        what: what failed, as the subject of a sentence; empty for the work on the file as a whole.
    """
    if os.environ.get("IK_MIGRATE_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, RecursionError):
        return TOO_DEEP
    if isinstance(error, TakesTooLong):
        return "it takes too long to process. Exclude it with --exclude."
    if isinstance(error, MemoryError):
        return "it takes more memory than there is. Exclude it with --exclude."
    kind = type(error).__name__
    said = f"{kind}: {error}" if str(error) else kind
    return f"{what or 'ik-migrate'} failed ({said}). {REPORT_IT}"
