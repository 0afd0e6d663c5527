"""Errors of our own over a file of the user: told in one line, with the traceback on request, and the run goes on."""

from __future__ import annotations

import os
import sys
import traceback

from ik_migrate.engine.time_limit import TakesTooLong

TOO_DEEP = "it is nested too deeply. Rewrite it by hand, or leave it out with --exclude."


def describe_exception(error: Exception, what: str = "") -> str:
    """An error that nobody foresaw, in one line; with ``--debug`` its traceback goes to standard error.

    Args:
        error: the error.
        what: what failed, as the subject of a sentence; empty for the work on the file as a whole.
    """
    if os.environ.get("IK_MIGRATE_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, RecursionError):
        return TOO_DEEP
    if isinstance(error, TakesTooLong):
        return "it takes too long to work on. Leave it out with --exclude."
    if isinstance(error, MemoryError):
        return "it takes more memory than there is. Leave it out with --exclude."
    kind = type(error).__name__
    said = f"{kind}: {error}" if str(error) else kind
    return f"{what or 'ik-migrate'} failed ({said}). The file is left as it is; please report this."
