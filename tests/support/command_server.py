"""Run ``ik-migrate`` many times, each in a fork of a process that has its modules imported.

    python command_server.py SCRIPT REQUESTS ANSWERS

SCRIPT is what ``sys.argv[0]`` is to be, the numbers are the file descriptors of two pipes. Each line of a request is a
job in JSON, and is answered by a line, see `command.CommandServer`:

    {"arguments": ["scan", "."], "cwd": "/a", "env": {"HOME": "/b"}, "umask": 18, "out": "/c/out", "err": "/c/err"}
    {"status": 0}

To start the interpreter and to import LibCST takes ten times as long as most commands do. Apart from the modules that
are there already, a fork is what a new process is: with arguments, environment, folder and streams of its own, no
cache of an earlier run, and an end of its own.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import Any

LONGEST_JOB = 120
"""After this many seconds a job is killed."""
NOT_OURS = ("ik_migrate.__main__", "ik_migrate.verify.probe", "ik_migrate.codegen.support.template")
"""What other interpreters run."""


def import_modules() -> None:
    """Import all modules of ik-migrate, which run nothing when they are imported."""
    for name in ("ik_migrate", "ik_migrate.codemods"):
        for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            if module.name not in NOT_OURS and not module.name.endswith("_probe"):
                importlib.import_module(module.name)


def become(job: dict[str, Any], script: str) -> None:
    """Make this process one that a job was started in."""
    os.chdir(job["cwd"])
    os.umask(job["umask"])
    os.environ.clear()
    os.environ.update(job["env"])
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(job[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, number)
        os.close(file)
    sys.argv = [script, *job["arguments"]]


def wait_for(child: int) -> int:
    """Return the exit status of a process as `subprocess` gives it; kill it when it takes too long."""

    def kill(*_: object) -> None:
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, kill)
    signal.alarm(LONGEST_JOB)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    return os.waitstatus_to_exitcode(status)


def serve(script: str, requests: Iterable[str], answers: int) -> bool:
    """Fork for each request; return true in the fork, which is to run the command now."""
    for line in requests:
        child = os.fork()
        if not child:
            become(json.loads(line), script)
            return True
        os.write(answers, f"{json.dumps({'status': wait_for(child)})}\n".encode())
    return False


def start(script: str, requests: int, answers: int) -> bool:
    """Import what commands need, and serve."""
    # As the folder of the script is for a script of its own; this one's holds modules of the tests.
    sys.path[0] = os.path.dirname(script)
    import_modules()
    gc.collect()
    gc.freeze()
    with open(requests, encoding="utf-8") as lines:
        forked = serve(script, lines, answers)
    os.close(answers)
    return forked


def run_to_the_end(main: Callable[[], object]) -> int:
    """Run a command and what it has registered for its end; return the exit status of the process."""
    status = 1
    try:
        main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        traceback.print_exc()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


if __name__ == "__main__" and start(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])):
    from ik_migrate.cli import main

    # What registered itself for the end is done then; to take apart all modules would take as long as a command.
    os._exit(run_to_the_end(main))
