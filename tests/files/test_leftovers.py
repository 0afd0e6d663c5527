"""However a run ends, no temporary file of it stays for good: a scratch folder may hold a copy of the database."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ik_migrate.files import scratch
from ik_migrate.files.scratch import LeftBehind, remove_abandoned, scratch_folder
from ik_migrate.files.signals import postpone_signals
from ik_migrate.verify.probe_script import probe_script

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
# Replaces the interpreter of a site: it writes a copy of a database into the scratch folder, and waits.
INTERPRETER = """\
#!{python}
import json, os, re, sys, time
text = sys.stdin.read()
scratch = re.search(r'"scratch": "(.*?)"', text).group(1)
with open(os.path.join(scratch, 'database-0'), 'w') as copy:
    copy.write('secret')
os.mkdir(os.path.join(scratch, 'locked'))
open(os.path.join(scratch, 'locked', 'file'), 'w').close()
os.chmod(os.path.join(scratch, 'locked'), 0)
{before}
with open({started!r}, 'w') as started:
    started.write(str(os.getpid()))
time.sleep({seconds})
"""


@pytest.fixture
def temporary(tmp_path):
    """A folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


class Running:
    """A snapshot that is being taken, in a process group of its own."""

    def __init__(self, process, child):
        self.process = process
        self.child = child

    def wait(self):
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out.decode(), err.decode()

    def child_is_gone(self):
        for _ in range(100):
            if not is_alive(self.child):
                return True
            time.sleep(0.05)
        return False


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    # A zombie that nobody has waited for has ended.
    return state != "Z"


@pytest.fixture
def take_snapshot(start, temporary, tmp_path):
    """Starts a snapshot, and returns once the interpreter of the site has begun."""
    running = []

    def take_snapshot(before="", seconds=60, **options):
        started = tmp_path / "started"
        started.unlink(missing_ok=True)
        interpreter = tmp_path / "interpreter"
        text = INTERPRETER.format(python=sys.executable, before=before, started=str(started), seconds=seconds)
        interpreter.write_text(text)
        interpreter.chmod(0o755)
        site = tmp_path / "site"
        site.mkdir(exist_ok=True)
        command = ["snapshot", site, "--settings", "settings", "--python", interpreter, "-o", tmp_path / "before.json"]
        process = start(*command, env={"TMPDIR": str(temporary)}, start_new_session=True, **options)
        for _ in range(400):
            if started.exists() and started.read_text():
                break
            time.sleep(0.05)
        found = Running(process, int(started.read_text()))
        running.append(found)
        return found

    yield take_snapshot
    for each in running:
        for kill, target in ((os.killpg, each.process.pid), (os.kill, each.child)):
            try:
                kill(target, signal.SIGKILL)
            except ProcessLookupError:
                continue


ENDING = {signal.SIGTERM: -signal.SIGTERM, signal.SIGHUP: -signal.SIGHUP, signal.SIGINT: 130}


@pytest.mark.parametrize("group", [False, True], ids=["process", "group"])
@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_signal_leaves_nothing(take_snapshot, temporary, number, group):
    running = take_snapshot()
    assert [path.name for path in temporary.glob("*/content/database-0")] == ["database-0"]
    (os.killpg if group else os.kill)(running.process.pid, number)
    status, out, err = running.wait()
    assert (status, out) == (ENDING[number], "")
    reason = "Interrupted" if number == signal.SIGINT else f"Stopped by {number.name}"
    assert err.strip() == f"{reason}. Run it again."
    assert list(temporary.iterdir()) == []
    assert running.child_is_gone()


def test_child_that_ignores_signals_is_killed(take_snapshot, temporary):
    running = take_snapshot("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    os.kill(running.process.pid, signal.SIGTERM)
    assert running.wait()[0] == -signal.SIGTERM
    assert running.child_is_gone()
    assert list(temporary.iterdir()) == []


def test_second_signal_does_not_stop_the_cleaning(take_snapshot, temporary):
    """The child makes the first one take a second."""
    running = take_snapshot("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)")
    for _ in range(5):
        os.kill(running.process.pid, signal.SIGTERM)
        os.kill(running.process.pid, signal.SIGHUP)
        time.sleep(0.1)
    assert running.wait()[0] in {-signal.SIGTERM, -signal.SIGHUP}
    assert list(temporary.iterdir()) == []


def test_ignored_signal_stays_ignored(take_snapshot):
    """As under nohup: the run goes on until its interpreter ends."""

    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    running = take_snapshot(seconds=1, preexec_fn=ignore)
    os.kill(running.process.pid, signal.SIGHUP)
    status, _, err = running.wait()
    assert status == 2
    assert "the interpreter ended with status 0" in err.lower()


@pytest.mark.parametrize("command", ["snapshot", "scan"])
def test_next_run_removes_what_a_killed_one_has_left(take_snapshot, temporary, run, git, tmp_path, command):
    running = take_snapshot()
    os.killpg(running.process.pid, signal.SIGKILL)
    running.wait()
    (left,) = temporary.iterdir()
    assert (left / "content" / "database-0").read_text() == "secret"
    assert stat.S_IMODE(left.stat().st_mode) == 0o700
    site = tmp_path / "site"
    git(site, "init", "-q")
    if command == "scan":
        done = run("scan", cwd=site, env={"TMPDIR": str(temporary)})
    else:
        options = ["--settings", "x", "--python", "false", "-o", "x.json"]
        done = run("snapshot", *options, cwd=site, env={"TMPDIR": str(temporary)})
    assert done.status == (0 if command == "scan" else 2), done.stderr
    assert list(temporary.iterdir()) == []


def test_next_run_leaves_what_is_in_use(take_snapshot, temporary, run, tmp_path):
    running = take_snapshot()
    options = ["--settings", "x", "--python", "false", "-o", "x.json"]
    assert run("snapshot", tmp_path, *options, env={"TMPDIR": str(temporary)}).status == 2
    (kept,) = temporary.glob("*/content/database-0")
    assert kept.read_text() == "secret"
    os.kill(running.process.pid, signal.SIGTERM)
    running.wait()
    assert list(temporary.iterdir()) == []


# What is not ours --------------------------------------------------------------------------------


@pytest.fixture
def here(temporary, monkeypatch):
    """The folder for temporary files of this process."""
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return temporary


def abandon(folder, mark=scratch.MARK):
    """A folder as a killed run leaves it."""
    (folder / "content").mkdir(parents=True)
    (folder / "content" / "database-0").write_text("secret")
    (folder / scratch.LOCK).write_bytes(mark)
    return folder


def test_abandoned_folder_is_removed(here):
    left = abandon(here / f"{scratch.PREFIX}abc")
    assert remove_abandoned() == [left]
    assert list(here.iterdir()) == []


def other_name(here):
    abandon(here / "scratch-abc")


def no_lock(here):
    (abandon(here / f"{scratch.PREFIX}abc") / scratch.LOCK).unlink()


def other_mark(here):
    abandon(here / f"{scratch.PREFIX}abc", b"something else\n")


def longer_mark(here):
    abandon(here / f"{scratch.PREFIX}abc", scratch.MARK + b"and more")


def link_to_folder(here):
    abandon(here / "elsewhere")
    (here / f"{scratch.PREFIX}abc").symlink_to("elsewhere")


def linked_lock(here):
    folder = abandon(here / f"{scratch.PREFIX}abc")
    (folder / scratch.LOCK).rename(here / "lock")
    (folder / scratch.LOCK).symlink_to("../lock")


def pipe_as_lock(here):
    folder = abandon(here / f"{scratch.PREFIX}abc")
    (folder / scratch.LOCK).unlink()
    os.mkfifo(folder / scratch.LOCK)


def plain_file(here):
    (here / f"{scratch.PREFIX}abc").write_bytes(scratch.MARK)


def of_another_user(here):
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(abandon(here / f"{scratch.PREFIX}abc"), 12345, 12345)


@pytest.mark.parametrize(
    "make",
    [
        other_name,
        no_lock,
        other_mark,
        longer_mark,
        link_to_folder,
        linked_lock,
        pipe_as_lock,
        plain_file,
        of_another_user,
    ],
)
def test_what_is_not_ours_is_left(here, make):
    make(here)
    before = sorted(here.rglob("*"))
    assert remove_abandoned() == []
    assert sorted(here.rglob("*")) == before


def test_links_in_an_abandoned_folder_are_not_followed(here, tmp_path):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").write_text("precious")
    content = abandon(here / f"{scratch.PREFIX}abc") / "content"
    (content / "folder").symlink_to(victim)
    (content / "file").symlink_to(victim / "file")
    assert len(remove_abandoned()) == 1
    assert (victim / "file").read_text() == "precious"


def test_link_in_place_of_the_content_is_not_followed(here, tmp_path):
    victim = tmp_path / "victim"
    victim.mkdir(mode=0o755)
    (victim / "file").write_text("precious")
    left = abandon(here / f"{scratch.PREFIX}abc")
    shutil.rmtree(left / "content")
    (left / "content").symlink_to(victim)
    assert remove_abandoned() == [left]
    assert list(here.iterdir()) == []
    assert (victim / "file").read_text() == "precious"
    assert stat.S_IMODE(victim.stat().st_mode) == 0o755


def test_unfinished_folder_is_removed_after_an_hour(here):
    for name, age in (("new", 10), ("old", 4000)):
        folder = here / f"ik-migrate-new-{name}"
        folder.mkdir()
        os.utime(folder, (time.time() - age,) * 2)
    remove_abandoned()
    assert [path.name for path in here.iterdir()] == ["ik-migrate-new-new"]


# The folder itself -------------------------------------------------------------------------------


def test_folder_is_private_empty_and_removed(here):
    with scratch_folder() as folder, scratch_folder() as other:
        assert folder != other
        assert list(folder.iterdir()) == []
        assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
        (folder / "a" / "b").mkdir(parents=True)
        (folder / "a" / "b" / "file").write_text("x")
        os.chmod(folder / "a" / "b", 0o500)
        os.chmod(folder / "a", 0o000)
        assert remove_abandoned() == []
    assert list(here.iterdir()) == []


def test_folder_is_removed_when_its_block_fails(here):
    with pytest.raises(ZeroDivisionError), scratch_folder():
        raise ZeroDivisionError
    assert list(here.iterdir()) == []


def test_folder_that_its_user_has_removed(here):
    with scratch_folder() as folder:
        shutil.rmtree(folder.parent)
    assert list(here.iterdir()) == []


def test_folder_that_cannot_be_removed_is_named(here, monkeypatch):
    def refuse(path, **options):
        raise PermissionError(13, "Permission denied")

    with (
        pytest.raises(LeftBehind, match=r"cannot remove the temporary folder .*: Permission denied") as raised,
        scratch_folder() as folder,
    ):
        monkeypatch.setattr(shutil, "rmtree", refuse)
    assert str(folder.parent) in str(raised.value)


def test_signal_is_postponed_until_a_step_is_done():
    steps = []
    with pytest.raises(KeyboardInterrupt), postpone_signals():
        signal.raise_signal(signal.SIGINT)
        steps.append("done")
    assert steps == ["done"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


# The interpreter of the site ---------------------------------------------------------------------

HANGING = """\
import os, sys
from pathlib import Path
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
SECRET_KEY = 'x'
INSTALLED_APPS = ()
DATABASES = {}
Path(os.environ['STARTED']).write_text(str(os.getpid()))
import time
time.sleep(60)
"""


@pytest.fixture
def hanging_site(tmp_path):
    """A site that does not load, and says when it tries."""
    folder = tmp_path / "hanging"
    folder.mkdir()
    (folder / "settings.py").write_text(HANGING)
    return folder


def wait_for(path):
    for _ in range(400):
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.05)
    raise AssertionError(f"{path} does not come")


def test_probe_ends_with_the_process_that_started_it(start, hanging_site, temporary, tmp_path):
    """Killed, that one can say nothing, and has left a copy of the database for the probe to remove."""
    options = ["--settings", "settings", "--python", sys.executable, "-o", tmp_path / "before.json"]
    env = {"TMPDIR": str(temporary), "STARTED": str(tmp_path / "started")}
    process = start("snapshot", hanging_site, *options, env=env, start_new_session=True)
    child = wait_for(tmp_path / "started")
    assert list(temporary.glob("*/content/files"))
    process.kill()
    process.communicate()
    assert Running(process, child).child_is_gone()
    assert not list(temporary.glob("*/content"))


def start_probe(hanging_site, temporary, started, environment):
    """The probe as on another machine, where it makes a folder of its own."""
    request = {
        "project": str(hanging_site),
        "settings": "settings",
        "paths": [],
        "sample": 1,
        "synthetic": True,
        "time_limit": 5,
        "images": False,
        "rows": {},
        "scratch": "/nowhere",
        "done": [],
        "behaviours": False,
        "checked": [],
        "prefix": "",
        "root": "",
    }
    started.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-B", "-c", "import sys; exec(compile(sys.stdin.read(), 'ik-migrate-probe', 'exec'))"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(TMPDIR=str(temporary), STARTED=str(started)),
        text=True,
    )
    process.stdin.write(probe_script(request).decode())
    process.stdin.close()
    process.stdin = None
    wait_for(started)
    return process


def test_probe_on_another_machine_leaves_nothing(hanging_site, temporary, tmp_path, environment, here):
    started = tmp_path / "started"
    killed = start_probe(hanging_site, temporary, started, environment)
    (left,) = temporary.iterdir()
    assert remove_abandoned() == []
    killed.kill()
    killed.communicate()
    assert list(temporary.iterdir()) == [left]
    ended = start_probe(hanging_site, temporary, started, environment)
    (mine,) = temporary.iterdir()
    assert mine != left
    ended.terminate()
    ended.communicate(timeout=20)
    assert list(temporary.iterdir()) == []


# Rewriting ---------------------------------------------------------------------------------------

APPS = 40


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_signal_during_apply_leaves_no_unfinished_file(start, tmp_path, number):
    site = tmp_path / "site"
    site.mkdir()
    (site / "manage.py").touch()
    between = 0
    for moment in range(6):
        for app in range(APPS):
            (site / f"app{app}").mkdir(exist_ok=True)
            (site / f"app{app}" / "models.py").write_text(MODELS)
        with start("apply", "--jobs", "1", cwd=site, env={"TMPDIR": str(tmp_path)}) as process:
            while process.poll() is None and (site / "app0/models.py").read_text() == MODELS:
                time.sleep(0.001)
            time.sleep(moment / 400)
            process.send_signal(number)
            _, err = process.communicate(timeout=30)
        files = [path for path in site.rglob("*") if path.is_file() and path.name != "manage.py"]
        assert {path.name for path in files} == {"models.py"}
        texts = [path.read_text() for path in files]
        assert set(texts) <= {MODELS, MODELS.replace("image_field=", "source=")}
        if process.returncode == -number:
            assert err.decode().strip().endswith("Every file is either rewritten or unchanged: run it again.")
            between += 0 < texts.count(MODELS) < APPS
    assert between, "none of the signals came while files were written"
