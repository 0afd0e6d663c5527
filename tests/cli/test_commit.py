"""``apply --commit``: the rewrite in commits that are easy to review; ``apply --app``: one app at a time."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def repository(photo_site, git):
    git(photo_site, "init", "-q")
    git(photo_site, "add", ".")
    git(photo_site, "commit", "-qm", "start")
    return photo_site


@pytest.fixture
def identity():
    return {
        "GIT_AUTHOR_NAME": "Author",
        "GIT_AUTHOR_EMAIL": "author@example.com",
        "GIT_COMMITTER_NAME": "Tester",
        "GIT_COMMITTER_EMAIL": "tester@example.com",
    }


@pytest.fixture
def rewritten(photo_site, run, tmp_path, contents):
    """The files of the site as ``apply`` alone leaves them."""
    folder = Path(shutil.copytree(photo_site, tmp_path / "rewritten"))
    run("apply", "--unsafe-fixes", folder)
    return {name: data for name, (data, *_) in contents(folder).items()}


def subjects(git, folder):
    return git(folder, "log", "--reverse", "--format=%s").stdout.splitlines()[1:]


def test_commit_tells_mechanical_and_delicate_apart(repository, rewritten, run, git, identity, contents):
    done = run("apply", "--unsafe-fixes", "--commit", repository, env=identity)
    # One finding is left for manual review.
    assert done.status == 1, done.stderr
    assert subjects(git, repository) == [
        "Use the names of ImageKit 3",
        "Keep the behaviour of ImageKit 2 under ImageKit 3",
        "Upgrade to ImageKit 3: changes to review",
    ]
    assert git(repository, "status", "--porcelain").stdout == ""
    assert {name: data for name, (data, *_) in contents(repository).items()} == rewritten
    mechanical, delicate, unsafe = (git(repository, "show", f"HEAD~{number}").stdout for number in (2, 1, 0))
    assert "+    print_proof = ImageSpecField(" not in mechanical and "class " not in _added(mechanical)
    assert "- IK101: " in mechanical and "- IK101: " not in delicate
    assert "- IK201: " in delicate and "imagekit_support.py" in delicate
    assert "- IK603: " in unsafe and "+django-imagekit>=" in unsafe
    assert git(repository, "log", "-1", "--format=%an %cn").stdout == "Author Tester\n"


def _added(text):
    return "\n".join(line for line in text.splitlines() if line.startswith("+") and not line.startswith("+++"))


def test_commit_by_apps_makes_one_commit_for_each(repository, rewritten, run, git, identity, contents):
    done = run("apply", "--unsafe-fixes", "--commit-by", "apps", repository, env=identity)
    assert done.status == 1, done.stderr
    assert subjects(git, repository) == [
        "Add helpers for the upgrade to ImageKit 3",
        "accounts: upgrade to ImageKit 3",
        "archive: upgrade to ImageKit 3",
        "gallery: upgrade to ImageKit 3",
        "news: upgrade to ImageKit 3",
        "Upgrade the project to ImageKit 3",
    ]
    assert {name: data for name, (data, *_) in contents(repository).items()} == rewritten
    files = git(repository, "show", "--name-only", "--format=", "HEAD~1").stdout.split()
    assert files == ["news/models.py"]


def test_commit_of_nothing_makes_no_commit(repository, run, git, identity):
    run("apply", "--unsafe-fixes", "--commit", repository, env=identity)
    before = subjects(git, repository)
    again = run("apply", "--unsafe-fixes", "--commit", repository, env=identity)
    assert (again.status, "Committed" in again.stderr) == (1, False)
    assert subjects(git, repository) == before


def test_commit_runs_no_hook(repository, run, git, identity, tmp_path):
    for name in ("pre-commit", "commit-msg", "post-commit"):
        hook = repository / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\nexit 1\n")
        hook.chmod(0o755)
    assert run("apply", "--commit", repository, env=identity).status == 1
    assert len(subjects(git, repository)) == 2
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", ["changed", "untracked"])
def test_commit_wants_a_clean_work_tree(repository, run, git, identity, contents, kind):
    if kind == "changed":
        with open(repository / "core" / "stats.py", "a") as opened:
            opened.write("# mine\n")
    else:
        (repository / "notes.txt").write_text("mine")
    before = contents(repository)
    done = run("apply", "--commit", repository, env=identity)
    assert (done.status, subjects(git, repository)) == (2, [])
    assert "--commit: not committed: " in done.stderr
    assert contents(repository) == before


def test_commit_needs_a_repository_and_a_name(photo_site, repository, run, git, contents, tmp_path):
    before = contents(repository)
    nobody = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "EMAIL": "", "HOME": str(tmp_path)}
    git(repository, "config", "user.useConfigOnly", "true")
    done = run("apply", "--commit", repository, env=nobody)
    assert done.status == 2
    assert "git does not know who you are" in done.stderr
    shutil.rmtree(repository / ".git")
    done = run("apply", "--commit", repository)
    assert done.status == 2
    assert "--commit needs one git work tree for all paths." in done.stderr
    assert contents(repository) == before


@pytest.mark.parametrize("option", [("--diff",), ("--backup", ".bak")])
def test_commit_excludes_other_ways_to_write(repository, run, option):
    done = run("apply", "--commit", *option, repository)
    assert done.status == 2
    assert "--commit" in done.stderr


def test_app_alone_is_rewritten(photo_site, rewritten, run, contents):
    before = {name: data for name, (data, *_) in contents(photo_site).items()}
    done = run("apply", "--app", "news", "--app", "archive", "--unsafe-fixes", photo_site)
    assert done.status == 0, done.stdout
    after = {name: data for name, (data, *_) in contents(photo_site).items()}
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"imagekit_support.py", "news/models.py", "archive/models.py"}
    assert all(after[name] == rewritten[name] for name in changed)
    assert "Still to do in other apps:\n" in done.stderr
    assert "  gallery: " in done.stderr and "  news: " not in done.stderr

    # The others follow, and in the end all is as if it had been done at once.
    run("apply", "--unsafe-fixes", photo_site)
    assert {name: data for name, (data, *_) in contents(photo_site).items()} == rewritten


def test_app_alone_in_a_diff(photo_site, run):
    done = run("apply", "--diff", "--app", "news", photo_site, cwd=photo_site)
    assert done.status == 1
    names = [line for line in done.stdout.splitlines() if line.startswith("+++ ")]
    assert sorted(names) == ["+++ b/imagekit_support.py", "+++ b/news/models.py"]
    unknown = run("apply", "--app", "nwes", photo_site)
    assert unknown.status == 2
    assert "no file of the app 'nwes' uses ImageKit." in unknown.stderr
