"""No program is run that a repository, a repository within it, or a variable of git names.

Each trap creates a file when it is run. A trap counts only if plain git springs it: each case first shows that.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from ik_migrate.files import work_tree
from ik_migrate.files.discovery import search
from ik_migrate.files.git import GitError, find_git
from ik_migrate.files.repository import copy_safely, find_repository

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the traps are shell scripts")

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""


class Trap:
    """A program that must not run.

    Args:
        folder: where it is, and where it leaves its trace.
    """

    def __init__(self, folder):
        self.program = folder / "trap"
        self._trace = folder / "sprung"
        self.program.write_text(f"#!/bin/sh\n: > '{self._trace}'\nexit 1\n")
        self.program.chmod(0o755)

    @property
    def is_sprung(self):
        return self._trace.exists()

    def reset(self):
        self._trace.unlink(missing_ok=True)


@pytest.fixture
def trap(tmp_path):
    return Trap(tmp_path)


@pytest.fixture
def settings(tmp_path):
    """The variables that give git a configuration of the user's own."""
    config = tmp_path / "gitconfig"
    config.write_text(
        "[user]\n\tname = Tester\n\temail = tester@example.com\n[init]\n\tdefaultBranch = main\n"
        "[safe]\n\tdirectory = *\n[protocol]\n\tallow = always\n"
    )
    return {"GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1"}


@pytest.fixture
def plain_git(environment, settings):
    """Runs git as anybody would, whatever comes of it."""

    def plain_git(folder, *arguments, data=b"", **variables):
        variables.setdefault("GIT_TERMINAL_PROMPT", "0")
        return subprocess.run(
            ["git", *map(str, arguments)],
            cwd=folder,
            env=environment(**settings, **variables),
            input=data,
            capture_output=True,
            timeout=20,
            check=False,
        )

    return plain_git


@pytest.fixture
def site(tmp_path, plain_git):
    """A repository of two commits, with a file that has the attributes of all traps and was changed since."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "manage.py").write_text("")
    (folder / "models.py").write_text(MODELS)
    (folder / ".gitattributes").write_text("*.py filter=trap diff=trap merge=trap\n*.txt filter=tr=ap\n")
    (folder / "notes.txt").write_text("notes\n")
    plain_git(folder, "init", "-q")
    for number in (1, 2):
        (folder / "number.txt").write_text(f"{number}\n")
        plain_git(folder, "add", "-A")
        assert plain_git(folder, "commit", "-qm", str(number)).returncode == 0
    change(folder)
    return folder


def change(folder):
    """Change files, but not their sizes, so that git has to look into them."""
    (folder / "models.py").write_text(MODELS.replace("50, 50", "60, 60"))
    (folder / "notes.txt").write_text("nodes\n")


@pytest.fixture
def use(monkeypatch, settings):
    """Uses git in every way that the tool does."""

    def use(folder, revision="HEAD~1", **variables):
        for name, value in {**settings, **variables}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(folder)
        answers = []
        for ask in (
            lambda: search(folder),
            lambda: work_tree.changed_since([folder], revision),
            lambda: work_tree.changed_since([folder], "HEAD"),
            lambda: work_tree.staged([folder]),
            lambda: work_tree.uncommitted([folder]),
            lambda: work_tree.tracked([folder]),
        ):
            try:
                answers.append(ask())
            except GitError as error:
                answers.append(error)
        return answers

    return use


def check_answers(answers, folder):
    """See that git did answer: a tool that asks nothing springs no trap."""
    found, since, changed, staged, uncommitted, tracked = answers
    assert folder / "models.py" in found.files and not found.remarks
    assert since == {folder / "models.py", folder / "number.txt", folder / "notes.txt"}
    assert changed == {folder / "models.py", folder / "notes.txt"}
    assert staged == set()
    assert uncommitted.unstaged == changed
    assert folder / "models.py" in tracked


# The configuration of the repository -------------------------------------------------------------

CONFIGURED = {
    "file system monitor": ({"core.fsmonitor": "{trap}"}, ["status"]),
    "clean filter": ({"filter.trap.clean": "{trap}", "filter.trap.required": "true"}, ["diff"]),
    "filter with an odd name": ({"filter.tr=ap.clean": "{trap}"}, ["diff"]),
    "filter process": ({"filter.trap.process": "{trap}"}, ["diff"]),
    "smudge filter": ({"filter.trap.smudge": "{trap}"}, ["checkout", "--", "models.py"]),
    "text conversion": ({"diff.trap.textconv": "{trap}"}, ["diff"]),
    "diff driver": ({"diff.trap.command": "{trap}"}, ["diff"]),
    "external diff": ({"diff.external": "{trap}"}, ["diff"]),
    "hook": ({"core.hooksPath": "{hooks}"}, ["status"]),
    "alias": (
        {
            f"alias.{name}": "!{trap}"
            for name in ("trapped", "status", "grep", "diff", "ls-files", "rev-list", "config")
        },
        ["trapped"],
    ),
    "editor": ({"core.editor": "{trap}"}, ["commit", "--allow-empty"]),
    "sequence editor": ({"sequence.editor": "{trap}"}, ["rebase", "-i", "--autostash", "HEAD~1"]),
    "credential helper": ({"credential.helper": "{trap}"}, ["credential", "fill"]),
    "password prompt": ({"core.askPass": "{trap}"}, ["credential", "fill"]),
    "signature": ({"gpg.program": "{trap}"}, ["commit", "-S", "--allow-empty", "-m", "x"]),
    "ssh": (
        {"core.sshCommand": "{trap}", "remote.origin.url": "ssh://example.com/x", "remote.origin.promisor": "true"},
        ["fetch", "origin"],
    ),
    "proxy": (
        {"core.gitProxy": "{trap}", "remote.origin.url": "git://example.com/x", "remote.origin.promisor": "true"},
        ["fetch", "origin"],
    ),
    "upload pack": (
        {"remote.origin.uploadpack": "{trap}", "remote.origin.url": ".", "remote.origin.promisor": "true"},
        ["fetch", "origin"],
    ),
    "remote helper": (
        {"remote.origin.url": "ext::{trap} %S", "remote.origin.promisor": "true"},
        ["fetch", "origin"],
    ),
    "trailer command": (
        {"trailer.trap.command": "{trap}", "trailer.trap.key": "Trap"},
        ["interpret-trailers", "--trailer", "Trap: x"],
    ),
}


def configure(plain_git, folder, entries, trap, hooks):
    for name, value in entries.items():
        done = plain_git(folder, "config", name, value.format(trap=trap.program, hooks=hooks))
        assert done.returncode == 0, done.stderr


@pytest.fixture
def hooks(tmp_path, trap):
    """A folder of hooks."""
    folder = tmp_path / "hooks"
    folder.mkdir()
    for name in ("post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman"):
        shutil.copy(trap.program, folder / name)
    return folder


@pytest.mark.parametrize(("entries", "command"), CONFIGURED.values(), ids=CONFIGURED)
def test_program_in_configuration_is_not_run(site, use, plain_git, trap, hooks, entries, command):
    configure(plain_git, site, entries, trap, hooks)
    trap.reset()
    change(site)
    check_answers(use(site), site)
    assert not trap.is_sprung
    plain_git(site, *command, data=b"protocol=https\nhost=example.com\n\n")
    assert trap.is_sprung, "plain git does not run it, so the test shows nothing"


@pytest.mark.parametrize("place", ["include", "conditional include", "work tree", "link to the configuration"])
def test_program_in_another_configuration_file_is_not_run(site, use, plain_git, trap, tmp_path, place):
    other = tmp_path / "shared.cfg"
    other.write_text(f'[core]\n\tfsmonitor = {trap.program}\n[filter "trap"]\n\tclean = {trap.program}\n')
    if place == "include":
        plain_git(site, "config", "include.path", other)
    elif place == "conditional include":
        plain_git(site, "config", "includeIf.gitdir:/.path", other)
    elif place == "work tree":
        plain_git(site, "config", "extensions.worktreeConfig", "true")
        shutil.move(other, site / ".git" / "config.worktree")
    else:
        other.write_text(other.read_text() + "[core]\n\trepositoryformatversion = 0\n")
        (site / ".git" / "config").unlink()
        (site / ".git" / "config").symlink_to(other)
    trap.reset()
    check_answers(use(site), site)
    assert not trap.is_sprung
    plain_git(site, "status")
    assert trap.is_sprung


def test_hook_of_the_repository_is_not_run(site, use, plain_git, trap):
    shutil.copy(trap.program, site / ".git" / "hooks" / "post-index-change")
    check_answers(use(site), site)
    assert not trap.is_sprung
    plain_git(site, "status")
    assert trap.is_sprung


def test_hook_of_future_configuration_is_not_run(site, use, plain_git, trap):
    """Git from 2.54 on takes hooks from the configuration; older ones do not spring this trap."""
    plain_git(site, "config", "hook.trap.command", trap.program)
    plain_git(site, "config", "hook.trap.event", "post-index-change")
    trap.reset()
    check_answers(use(site), site)
    assert not trap.is_sprung


def test_merge_driver_is_not_run(site, use, plain_git, trap):
    plain_git(site, "commit", "-qam", "ours")
    plain_git(site, "checkout", "-qb", "theirs", "HEAD~1")
    (site / "models.py").write_text(MODELS + "# theirs\n")
    plain_git(site, "commit", "-qam", "theirs")
    plain_git(site, "config", "merge.trap.driver", trap.program)
    use(site)
    assert not trap.is_sprung
    plain_git(site, "merge", "main")
    assert trap.is_sprung


@pytest.mark.parametrize("key", ["core.pager", "pager.diff", "GIT_PAGER", "PAGER"])
def test_pager_is_not_run(site, use, plain_git, trap, environment, settings, key):
    if "." in key:
        plain_git(site, "config", key, trap.program)
    variables = {} if "." in key else {key: str(trap.program)}
    check_answers(use(site, **variables), site)
    assert not trap.is_sprung
    # Git uses a pager on a terminal only.
    main, terminal = os.openpty()
    try:
        subprocess.run(
            ["git", "diff"], cwd=site, env=environment(**settings, **variables), stdout=terminal, check=False
        )
    finally:
        os.close(terminal)
        os.close(main)
    assert trap.is_sprung


@pytest.mark.parametrize("missing", ["object", "history"])
def test_missing_object_is_not_fetched(site, use, plain_git, trap, missing):
    """In a partial clone, git fetches what it lacks while it compares, by a program that the remote names."""
    revision = "HEAD~1^{tree}" if missing == "object" else "HEAD~1"
    name = plain_git(site, "rev-parse", revision).stdout.decode().strip()
    path = site / ".git" / "objects" / name[:2] / name[2:]
    path.chmod(0o600)
    path.unlink()
    for key, value in {
        "core.repositoryformatversion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": str(site),
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": str(trap.program),
    }.items():
        plain_git(site, "config", key, value)
    answers = use(site)
    assert isinstance(answers[1], GitError), "the commit cannot be compared with"
    assert answers[3] == set()
    assert not trap.is_sprung
    plain_git(site, "diff", "--name-only", "HEAD~1")
    assert trap.is_sprung


# Repositories within, and in the place of, the repository ----------------------------------------


def make_nested(plain_git, folder, trap, key, *, committed=True):
    """A repository whose configuration holds a trap, with a file that git has to look into."""
    folder.mkdir(parents=True)
    (folder / ".gitattributes").write_text("*.py filter=trap diff=trap\n")
    (folder / "models.py").write_text(MODELS)
    plain_git(folder, "init", "-q")
    if committed:
        plain_git(folder, "add", "-A")
        plain_git(folder, "commit", "-qm", "x")
    plain_git(folder, "config", key, trap.program)
    (folder / "models.py").write_text(MODELS.replace("50, 50", "60, 60"))


@pytest.mark.parametrize("key", ["filter.trap.clean", "filter.trap.process", "core.fsmonitor"])
@pytest.mark.parametrize("kind", ["gitlink", "submodule", "submodule with ignore = none"])
def test_program_of_a_nested_repository_is_not_run(site, use, plain_git, trap, key, kind):
    inner = site / "lib" / "inner"
    make_nested(plain_git, inner, trap, key)
    plain_git(site, "add", "lib/inner")
    if kind != "gitlink":
        (site / ".gitmodules").write_text(
            '[submodule "inner"]\n\tpath = lib/inner\n\turl = ./inner\n' + "\tignore = none\n" * ("none" in kind)
        )
    plain_git(site, "config", "submodule.recurse", "true")
    plain_git(site, "config", "diff.ignoreSubmodules", "none")
    plain_git(site, "config", "status.submoduleSummary", "true")
    trap.reset()
    answers = use(site)
    assert not trap.is_sprung
    assert site / "models.py" in answers[1]
    assert (inner / "models.py" in answers[0].files) == (kind != "gitlink")
    plain_git(site, "status")
    assert trap.is_sprung


def test_program_of_an_unknown_nested_repository_is_not_run(site, use, plain_git, trap):
    inner = site / "lib" / "inner"
    make_nested(plain_git, inner, trap, "core.fsmonitor", committed=False)
    answers = use(site)
    assert not trap.is_sprung
    assert answers[0].skipped == ["lib/inner"]
    use(inner)
    assert not trap.is_sprung
    plain_git(inner, "status")
    assert trap.is_sprung


def test_bare_repository_in_the_tree_is_not_used(site, use, plain_git, trap):
    """A folder with HEAD, objects and refs is a repository to git, and can be committed like any other."""
    inner = site / "lib"
    plain_git(site, "init", "-q", "--bare", inner)
    for key, value in {"core.bare": "false", "core.worktree": "..", "core.fsmonitor": str(trap.program)}.items():
        plain_git(inner, "--git-dir", ".", "config", key, value)
    (inner / "models.py").write_text(MODELS)
    plain_git(site, "add", "-f", "lib")
    trap.reset()
    found, *_ = use(inner)
    assert found.files == [inner / "models.py"] and not found.remarks
    assert not trap.is_sprung
    plain_git(inner, "status")
    assert trap.is_sprung


def test_repository_named_by_a_file_is_used_without_its_programs(site, use, plain_git, trap):
    plain_git(site, "config", "core.fsmonitor", trap.program)
    (site / ".git").rename(site / "data")
    (site / ".git").write_text("gitdir: data\n")
    with (site / ".gitattributes").open("a") as stream:
        stream.write("data export-ignore\n")
    trap.reset()
    answers = use(site)
    assert not trap.is_sprung
    assert site / "models.py" in answers[0].files and site / "number.txt" in answers[1]
    plain_git(site, "status")
    assert trap.is_sprung


def test_work_tree_that_is_elsewhere_is_not_used(site, use, plain_git, tmp_path):
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "models.py").write_text(MODELS)
    plain_git(site, "config", "core.worktree", victim)
    assert b"victim" in plain_git(site, "rev-parse", "--show-toplevel").stdout
    check_answers(use(site), site)


def test_linked_work_tree_is_used_without_its_programs(site, use, plain_git, trap, tmp_path):
    linked = tmp_path / "linked"
    plain_git(site, "worktree", "add", "-q", linked)
    plain_git(site, "config", "core.fsmonitor", trap.program)
    change(linked)
    trap.reset()
    check_answers(use(linked), linked)
    assert not trap.is_sprung
    plain_git(linked, "status")
    assert trap.is_sprung


# Variables of the environment --------------------------------------------------------------------

VARIABLES = {
    "GIT_CONFIG_COUNT": (
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": "{trap}"},
        ["status"],
    ),
    "GIT_CONFIG_PARAMETERS": ({"GIT_CONFIG_PARAMETERS": "'core.fsmonitor'='{trap}'"}, ["status"]),
    "GIT_EXTERNAL_DIFF": ({"GIT_EXTERNAL_DIFF": "{trap}"}, ["diff"]),
    "GIT_EDITOR": ({"GIT_EDITOR": "{trap}"}, ["commit", "--allow-empty"]),
    "GIT_ASKPASS": ({"GIT_ASKPASS": "{trap}"}, ["credential", "fill"]),
    "SSH_ASKPASS": ({"SSH_ASKPASS": "{trap}"}, ["credential", "fill"]),
    "GIT_SSH": ({"GIT_SSH": "{trap}"}, ["fetch", "ssh://example.com/x"]),
    "GIT_SSH_COMMAND": ({"GIT_SSH_COMMAND": "{trap}"}, ["fetch", "ssh://example.com/x"]),
    "GIT_PROXY_COMMAND": ({"GIT_PROXY_COMMAND": "{trap}"}, ["fetch", "git://example.com/x"]),
    "GIT_EXEC_PATH": ({"GIT_EXEC_PATH": "{programs}"}, ["trapped"]),
    "GIT_DIR": ({"GIT_DIR": "{evil}/.git"}, ["status"]),
    "GIT_DIR and more": (
        {"GIT_DIR": "{evil}/.git", "GIT_WORK_TREE": "{evil}", "GIT_COMMON_DIR": "{evil}/.git"},
        ["status"],
    ),
    "GIT_TRACE": ({"GIT_TRACE": "{trace}"}, ["status"]),
    "GIT_TRACE_SETUP": ({"GIT_TRACE_SETUP": "{trace}"}, ["status"]),
    "GIT_TRACE2": ({"GIT_TRACE2": "{trace}"}, ["status"]),
    "GIT_TRACE2_EVENT": ({"GIT_TRACE2_EVENT": "{trace}"}, ["status"]),
    "GIT_TRACE2_PERF": ({"GIT_TRACE2_PERF": "{trace}"}, ["status"]),
}


@pytest.mark.parametrize(("variables", "command"), VARIABLES.values(), ids=VARIABLES)
def test_variable_of_git_has_no_effect(site, use, plain_git, trap, tmp_path, variables, command):
    evil = tmp_path / "evil"
    make_nested(plain_git, evil, trap, "core.fsmonitor")
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("git-trapped", "git", "git-grep", "git-status", "git-diff", "git-ls-files", "git-config"):
        shutil.copy(trap.program, programs / name)
    places = {
        "trap": trap.program,
        "evil": evil,
        "programs": programs,
        # What is written there counts as sprung.
        "trace": tmp_path / "sprung",
    }
    variables = {name: value.format(**places) for name, value in variables.items()}
    trap.reset()
    check_answers(use(site, **variables), site)
    assert not trap.is_sprung
    plain_git(site, *command, data=b"protocol=https\nhost=example.com\n\n", **variables)
    assert trap.is_sprung


@pytest.mark.parametrize("path", [".", "", "bin", "{site}/bin", "{link}/bin"])
def test_git_of_the_project_is_not_run(site, use, trap, tmp_path, monkeypatch, path):
    """Folders of the project can be in PATH, as relative or empty entries too."""
    (site / "bin").mkdir()
    (tmp_path / "link").symlink_to(site)
    for place in (site, site / "bin"):
        shutil.copy(trap.program, place / "git")
    usual = os.environ["PATH"]
    monkeypatch.setenv("PATH", os.pathsep.join([path.format(site=site, link=tmp_path / "link"), usual]))
    found, *answers = use(site)
    assert not trap.is_sprung
    assert site / "models.py" in found.files and site / "models.py" in answers[0]
    subprocess.run("git --version", shell=True, cwd=site, check=False, capture_output=True)
    assert trap.is_sprung


def test_index_of_a_hook_is_used(site, use, plain_git, monkeypatch):
    """`git commit FILE` gives its hooks an index of their own."""
    other = site / ".git" / "other-index"
    shutil.copy(site / ".git" / "index", other)
    plain_git(site, "add", "models.py", GIT_INDEX_FILE=str(other))
    assert use(site)[3] == set()
    assert use(site, GIT_INDEX_FILE=".git/other-index")[3] == {site / "models.py"}


# What still works --------------------------------------------------------------------------------


def test_filter_of_the_user_is_used(site, use, plain_git, settings, tmp_path):
    """As with Git LFS: without its filter, each file that git has to look into would count as changed."""
    upper = tmp_path / "upper"
    upper.write_text("#!/bin/sh\nexec tr a-z A-Z\n")
    upper.chmod(0o755)
    (site / ".gitattributes").write_text("*.bin filter=upper\n")
    with open(settings["GIT_CONFIG_GLOBAL"], "a") as stream:
        stream.write(f'[filter "upper"]\n\tclean = {upper}\n\trequired = true\n')
    (site / "data.bin").write_text("data")
    plain_git(site, "add", "-A")
    plain_git(site, "commit", "-qm", "x")
    assert plain_git(site, "show", ":data.bin").stdout == b"DATA"
    os.utime(site / "data.bin", (1, 1))
    assert use(site)[4].files == set()
    (site / "data.bin").write_text("dada")
    assert use(site)[4].files == {site / "data.bin"}


def test_harmless_settings_of_the_repository_count(site, use, plain_git, tmp_path):
    (tmp_path / "ignore").write_text("*.tmp\n")
    plain_git(site, "config", "core.excludesFile", "../ignore")
    plain_git(site, "config", "core.fileMode", "false")
    plain_git(site, "config", "core.autocrlf", "true")
    plain_git(site, "config", "branch.main.remote", ".")
    plain_git(site, "config", "branch.main.merge", "refs/heads/other")
    plain_git(site, "branch", "other", "HEAD~1")
    (site / "models.tmp").write_text(MODELS)
    (site / "number.txt").write_bytes(b"2\r\n")
    (site / "manage.py").chmod(0o755)
    found, since, changed, _, uncommitted, _ = use(site, "main@{upstream}")
    assert site / "models.tmp" not in found.files
    assert since == {site / "models.py", site / "notes.txt", site / "number.txt"}
    assert changed == {site / "models.py", site / "notes.txt"}
    # By its size alone, `git status` takes the file with other line ends for changed.
    assert uncommitted.files == changed | {site / "number.txt"}


@pytest.mark.parametrize("kind", ["sha256", "split index", "packed", "reftable", "detached", "unborn", "sparse"])
def test_repository_of_an_unusual_kind(tmp_path, use, plain_git, kind):
    folder = tmp_path / "repository"
    folder.mkdir()
    options = {"sha256": ["--object-format=sha256"], "reftable": ["--ref-format=reftable"]}.get(kind, [])
    if plain_git(folder, "init", "-q", *options).returncode:
        pytest.skip("this git does not know the kind")
    (folder / "models.py").write_text(MODELS)
    if kind == "split index":
        plain_git(folder, "config", "core.splitIndex", "true")
    plain_git(folder, "add", "-A")
    if kind == "unborn":
        assert use(folder)[3] == {folder / "models.py"}
        return
    plain_git(folder, "commit", "-qm", "1")
    (folder / "app").mkdir()
    (folder / "app" / "models.py").write_text(MODELS)
    plain_git(folder, "add", "-A")
    plain_git(folder, "commit", "-qm", "2")
    if kind == "packed":
        plain_git(folder, "gc", "-q")
        plain_git(folder, "pack-refs", "--all")
    elif kind == "detached":
        plain_git(folder, "checkout", "-q", "--detach")
    elif kind == "sparse":
        plain_git(folder, "sparse-checkout", "set", "--cone", "--sparse-index", "other")
    (folder / "models.py").write_text(MODELS + "# changed\n")
    found, since, _, _, uncommitted, tracked = use(folder)
    assert folder / "models.py" in found.files and not found.remarks
    assert since == {folder / "models.py", folder / "app" / "models.py"}
    assert uncommitted.files == {folder / "models.py"}
    assert tracked == {folder / "models.py", folder / "app" / "models.py"}


def test_repository_of_another_user_is_used(site, use, plain_git, settings):
    """Git refuses it because of what its configuration may name; here that is not read."""
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    config = Path(settings["GIT_CONFIG_GLOBAL"])
    config.write_text(config.read_text().replace("directory = *", "directory = /nowhere"))
    for path in (site, *site.rglob("*")):
        os.chown(path, 12345, 12345)
    assert b"dubious ownership" in plain_git(site, "status").stderr
    check_answers(use(site), site)


NASTY = [
    'a"b',
    "a\\",
    "a\nb",
    'x"]\n[core]\n\tfsmonitor = /trap\n#',
    "a;b#c",
    " a ",
    "\t",
    "]",
    "[core]fsmonitor=/trap",
    "é\x7f",
    "",
]


@pytest.mark.parametrize("value", NASTY, ids=ascii)
def test_setting_can_not_become_another_one(site, use, plain_git, tmp_path, value):
    """Kept settings are written again, whatever is in their names and values."""
    for key in (f"branch.{value}x.merge", "remote.origin.fetch"):
        plain_git(site, "config", "--add", key, value)
    folder = tmp_path / "copy"
    folder.mkdir()
    copy_safely(find_repository(site), folder)

    def listed(file):
        entries = plain_git(site, "config", "--file", file, "-z", "--list").stdout.split(b"\0")
        return [entry for entry in entries if entry.startswith((b"branch.", b"remote."))], len(entries)

    kept, number = listed(folder / "config")
    assert kept == listed(site / ".git" / "config")[0]
    core = plain_git(site, "config", "--file", folder / "config", "--get-regexp", "^core").stdout
    assert b"fsmonitor" not in core
    assert number == len(kept) + core.count(b"\n") + 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("HEAD", b"\xff\xfe\0", "HEAD names neither a branch nor a commit"),
        ("HEAD", b"ref: refs/heads/a\0b", "HEAD names neither a branch nor a commit"),
        ("HEAD", b"ref: " * 2000, "it is larger than 4096 bytes"),
        ("commondir", b"a\0b", "does not lead to a git repository"),
        ("commondir", b"/nowhere", "does not lead to a git repository"),
        ("config", b"[core", "bad config line"),
        ("config", b"[core]\n\tautocrlf = 'x'\n", "bad boolean config value"),
        ("config", b"[core]\n\trepositoryformatversion = 1\n[extensions]\n\tx = y\n", "extension"),
        ("index", b"\0" * 100, "index file"),
    ],
)
def test_damaged_repository_is_reported(site, use, name, content, reason):
    """In one line, that speaks of the repository."""
    (site / ".git" / name).write_bytes(content)
    found, *answers = use(site)
    assert site / "models.py" in found.files
    for message in [*found.remarks, *answers[:1]]:
        assert "\n" not in str(message) and "scratch" not in str(message)
        assert reason in str(message) or name == "index", message


def test_nothing_is_written_into_the_repository(site, use, tmp_path, monkeypatch):
    def listing():
        return {path: path.lstat().st_mtime_ns for path in site.rglob("*")}

    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    before = listing()
    use(site)
    assert listing() == before
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("value", ["", "missing", "/dev/null"])
def test_ignore_file_that_is_none(site, use, plain_git, value):
    plain_git(site, "config", "core.excludesFile", value)
    check_answers(use(site), site)


def test_temporary_folder_in_the_work_tree(site, use, monkeypatch):
    """Its content does not count as uncommitted."""
    (site / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(site / "tmp"))
    check_answers(use(site), site)
    assert use(site)[4].untracked == frozenset()


def test_root_as_work_tree_has_a_git(monkeypatch):
    assert os.path.basename(find_git(Path("/"))).startswith("git")


def test_all_git_starts_in_one_place():
    """No other module may start it; the two others that start a process start a Python."""
    package = Path(work_tree.__file__).parent.parent
    starting = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\b(Popen|subprocess\.run|os\.system|check_output|os\.exec\w+|os\.spawn\w+)\(", path.read_text())
    }
    assert starting == {"files/git.py", "engine/process_executor.py", "verify/runner.py", "rehearse/interpreters.py"}
    assert (package / "files" / "git.py").read_text().count("subprocess.Popen(") == 1


@pytest.mark.new_process
def test_command_line_springs_no_trap(site, run, plain_git, settings, trap, hooks):
    """All traps at once, and all commands."""
    for entries, _ in CONFIGURED.values():
        configure(plain_git, site, entries, trap, hooks)
    make_nested(plain_git, site / "inner", trap, "filter.trap.clean")
    (site / ".git" / "hooks" / "post-index-change").write_bytes(trap.program.read_bytes())
    (site / ".git" / "hooks" / "post-index-change").chmod(stat.S_IRWXU)
    trap.reset()
    for arguments in (
        ["scan", "--since", "HEAD"],
        ["scan", "--staged"],
        ["apply", "--diff"],
        ["apply", "--require-clean"],
        ["apply"],
    ):
        done = run(*arguments, cwd=site, env=settings)
        assert not trap.is_sprung, arguments
        assert b"Traceback" not in done.err
    assert "source='image'" in (site / "models.py").read_text()
