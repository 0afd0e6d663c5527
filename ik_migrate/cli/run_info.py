"""When a report was made, of what, and by which command."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ik_migrate.files.places import project_root
from ik_migrate.files.revision import revision_of
from ik_migrate.model.run_info import RunInfo


def describe_run(paths: Sequence[Path]) -> RunInfo:
    """Return what a report says about its run; ``SOURCE_DATE_EPOCH`` sets its date.

    Args:
        paths: the files and folders of the run.
    """
    first = paths[0] if paths else Path()
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    seconds = int(epoch) if epoch.isdecimal() else time.time()
    date = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(seconds))
    command = shlex.join(["ik-migrate", *sys.argv[1:]])
    return RunInfo(project_root(first).name, revision_of(first), date, command)
