"""What the tests of the installed command share."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import pytest
from command import ROOT, CommandServer, Finished, command_line

NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv*", "venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis", ".coverage*"
)
NEW_PROCESSES = bool(os.environ.get("IK_MIGRATE_NEW_PROCESSES"))
"""Whether each command is a process of its own: slow, and the same, as ``cli/test_command_server.py`` shows."""
# What would make the output, or the work tree that git looks at, depend on who runs the tests.
LEFT_OUT = ("NO_COLOR", "FORCE_COLOR", "IK_MIGRATE_DEBUG", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE")


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # In the background of a script. What is started here would inherit it, and Ctrl-C is tested.
    signal.signal(signal.SIGINT, signal.default_int_handler)


# How tests are spread over processes --------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Let each process have one half of the tests in a row, and one that is done take from the other.

    Fixtures of a module are made once then, and no process waits at the end.
    """
    from xdist.scheduler import WorkStealingScheduling

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


LONG = {"verify", "projects", "repository", "sites"}
"""Folders whose tests take seconds each: if they came last, other processes would wait for them."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.parent.name not in LONG)


# Commands ----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def environment():
    """Makes the environment for a command, the same wherever the tests run, with these changes."""

    def environment(**changes):
        kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        return {**kept, "COLUMNS": "80", "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **changes}

    return environment


@pytest.fixture(scope="session")
def copy_source():
    """Copies this repository as it is now, committed or not, without what was built in it."""

    def copy_source(target):
        return Path(shutil.copytree(ROOT, target, ignore=NOT_SOURCE))

    return copy_source


@pytest.fixture
def start(tmp_path, environment):
    """Starts ``ik-migrate`` with these arguments, and does not wait for it."""

    def start(*arguments, cwd=tmp_path, env=None, module=False, **options):
        return subprocess.Popen(
            [*command_line(module=module), *map(str, arguments)],
            cwd=cwd,
            env=environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )

    return start


@pytest.fixture(scope="session")
def command_server(environment):
    """A process that runs commands in forks of itself."""
    server = CommandServer(environment())
    yield server
    server.close()


@pytest.fixture
def run(start, command_server, environment, tmp_path, request):
    """Runs ``ik-migrate`` with these arguments to its end, in the test's temporary folder if not told otherwise.

    It runs in a fork of a process that has its modules imported, unless the interpreter that it is started with is
    what matters: for tests marked ``new_process``, and where options of ``Popen`` or variables of Python are given.
    """
    new_process = NEW_PROCESSES or request.node.get_closest_marker("new_process")

    def run(*arguments, cwd=tmp_path, env=None, **options):
        changed = environment(**(env or {}))
        if not (new_process or options) and command_server.can_run(changed):
            return command_server.run([str(argument) for argument in arguments], cwd, changed)
        with start(*arguments, cwd=cwd, env=env, **options) as process:
            out, err = process.communicate(timeout=120)
        return Finished(process.returncode, out, err)

    return run


@pytest.fixture
def photo_site(tmp_path):
    """A copy of the sample project, an ImageKit 2 site with every pattern in it."""
    return Path(shutil.copytree(ROOT / "tests" / "fixtures" / "photo_site", tmp_path / "photo_site"))


@pytest.fixture
def git(tmp_path, environment):
    """Runs git in a folder, with no configuration but its own."""
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tname = Tester\n\temail = tester@example.com\n[init]\n\tdefaultBranch = main\n")
    settings = {"GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1"}

    def git(folder, *arguments, env=None, data=None, check=True):
        done = subprocess.run(
            ["git", *map(str, arguments)],
            cwd=folder,
            env=environment(**settings, **(env or {})),
            input=data,
            capture_output=True,
            check=False,
        )
        if check and done.returncode:
            pytest.fail(f"git {arguments} ended with {done.returncode}:\n{done.stdout!r}\n{done.stderr!r}")
        return Finished(done.returncode, done.stdout, done.stderr)

    return git


@pytest.fixture
def contents():
    """All files below a folder, by their path: bytes, mode, time of the last change. Git's own are left out."""

    def contents(folder):
        found = {}
        for path in sorted(Path(folder).rglob("*")):
            name = path.relative_to(folder)
            if ".git" in name.parts or path.is_dir():
                continue
            status = path.lstat()
            data = os.readlink(path) if path.is_symlink() else path.read_bytes()
            found[name.as_posix()] = (data, stat.S_IMODE(status.st_mode), status.st_mtime_ns)
        return found

    return contents
