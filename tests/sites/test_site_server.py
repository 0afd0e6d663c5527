"""The process that runs sites in turn, and the results that the processes of a test run share."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest
from interpreters import INSTALLED, SERVER, Interpreter, JobFailed
from shared_results import SharedResults

JOBS = """\
import os
import sys

seen = []


def remember(arguments):
    from django.conf import settings

    print(settings.configured, seen)
    settings.configure()
    seen.extend(arguments)


def prepare():
    seen.append('prepared')


def fail(arguments):
    raise ValueError('this job fails')


def leave(arguments):
    sys.exit(int(arguments[0]))


def crash(arguments):
    os.abort()


def show(arguments):
    sys.stdout.write(os.getcwd() + sys.stdin.read())
    sys.stderr.write(arguments[0])
    return 3
"""


@pytest.fixture
def interpreter(tmp_path):
    (tmp_path / "jobs.py").write_text(JOBS)
    interpreter = Interpreter(INSTALLED, paths=(tmp_path,))
    yield interpreter
    interpreter.close()


def test_jobs_leave_nothing_behind(interpreter):
    outputs = [interpreter.run("jobs:remember", word).stdout for word in ("one", "two")]
    assert outputs == ["False []\n"] * 2


def test_prepared_state_is_shared_by_later_jobs(interpreter):
    interpreter.prepare("jobs:prepare")
    interpreter.prepare("jobs:prepare")
    assert interpreter.run("jobs:remember").stdout == "False ['prepared']\n"


def test_job_reports_status_and_output(interpreter, tmp_path):
    done = interpreter.run("jobs:show", "ä", cwd=tmp_path, check=False)
    assert (done.status, done.stdout, done.stderr) == (3, str(tmp_path), "ä")


def test_failed_job_raises_with_its_traceback(interpreter):
    with pytest.raises(JobFailed, match="this job fails"):
        interpreter.run("jobs:fail")


@pytest.mark.parametrize(("function", "arguments", "status"), [("leave", ("0",), 0), ("leave", ("4",), 4)])
def test_exit_status_is_that_of_the_job(interpreter, function, arguments, status):
    assert interpreter.run(f"jobs:{function}", *arguments, check=False).status == status


def test_crash_ends_the_job_alone(interpreter):
    assert interpreter.run("jobs:crash", check=False).status < 0
    assert interpreter.run("jobs:remember").status == 0


def test_server_that_does_not_start_is_reported(tmp_path):
    interpreter = Interpreter(INSTALLED, python=sys.executable, packages=str(tmp_path), paths=(tmp_path,))
    (tmp_path / "django.py").write_text("raise ImportError('no Django here')")
    with pytest.raises(JobFailed, match="ended with 1"):
        interpreter.run("jobs:remember")
    interpreter.close()


def test_job_without_fork_runs_in_a_new_interpreter(tmp_path):
    (tmp_path / "jobs.py").write_text(JOBS)
    job = json.dumps({"function": "jobs:leave", "arguments": ["5"]})
    assert subprocess.run([sys.executable, SERVER, "--job", job, tmp_path], check=False).returncode == 5


# Shared results ---------------------------------------------------------------------------------


def test_shared_result_is_made_once(tmp_path):
    made = []
    for _ in range(2):
        assert SharedResults(tmp_path).get("one", lambda: made.append(1) or {"value": [1]}) == {"value": [1]}
    assert made == [1]


def test_shared_result_is_waited_for(tmp_path):
    started, finish = threading.Event(), threading.Event()

    def slow():
        started.set()
        finish.wait(10)
        return "made"

    maker = threading.Thread(target=SharedResults(tmp_path).get, args=("one", slow))
    maker.start()
    assert started.wait(10)
    threading.Timer(0.1, finish.set).start()
    assert SharedResults(tmp_path).get("one", lambda: "made twice") == "made"
    maker.join()


def test_failure_of_a_shared_result_is_shared(tmp_path):
    def fail():
        raise ValueError("cannot be made")

    with pytest.raises(ValueError, match="cannot be made"):
        SharedResults(tmp_path).get("one", fail)
    with pytest.raises(RuntimeError, match="ValueError in another process: cannot be made"):
        SharedResults(tmp_path).get("one", fail)
