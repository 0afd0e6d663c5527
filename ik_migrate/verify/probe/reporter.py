"""Events for ik-migrate, and the errors in them."""

from __future__ import absolute_import, division, unicode_literals

import json
import os
import re
import sys
import traceback

from .project_copy import copy_of_project
from .text_value import text

FILE_NAME = "ik-migrate-probe"
"""The prefix of file names of the probe in tracebacks, where its own lines are skipped; see `loader`."""

FILE_NAME = "ik-migrate-probe"
"""The name of this file in tracebacks, where its own lines are skipped."""


class Reporter(object):
    """Writes events, one JSON object a line, to where standard output was when the probe started."""

    def __init__(self):
        sys.stdout.flush()
        private = os.dup(1)
        # From here on whatever prints to standard output, in Python or not, prints to standard error.
        os.dup2(2, 1)
        self._stream = os.fdopen(private, "wb")

    def event(self, name_of_event, **values):
        values["event"] = name_of_event
        self._stream.write(json.dumps(values, sort_keys=True).encode("ascii") + b"\n")
        self._stream.flush()


def plain(value):
    """Text without what is different in each run."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", copy_of_project.named(text(value)))


def error_record(raised):
    """What was raised, as ``sys.exc_info`` gives it: type, message, and the traceback without the probe's own lines."""
    kind, error, trace = raised
    frames = [frame for frame in traceback.extract_tb(trace) if not frame[0].startswith((FILE_NAME, "<frozen"))]
    if isinstance(error, SyntaxError):
        frames.append((error.filename or "", error.lineno or 0, "", error.text or ""))
    return {
        "type": text(kind.__name__),
        "message": plain(error),
        "traceback": [
            {
                "file": copy_of_project.named(text(file_name)),
                "line": line or 0,
                "function": text(function or ""),
                "code": text(code or "").strip(),
            }
            for file_name, line, function, code in (tuple(frame)[:4] for frame in frames)
        ],
    }
