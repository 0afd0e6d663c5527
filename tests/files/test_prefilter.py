"""What is searched for in the bytes of a project finds every file that a rule has something to say about."""

from __future__ import annotations

import shutil

import pytest
from command import ROOT
from hypothesis import given
from hypothesis import strategies as st

from ik_migrate import api
from ik_migrate.engine.run import migrate_project
from ik_migrate.files.filetypes import is_python, may_be_python
from ik_migrate.model.options import Options

FIXTURES = ROOT / "tests" / "fixtures"
SITES = [FIXTURES / "photo_site", *(path for path in sorted((FIXTURES / "sites").iterdir()) if path.is_dir())]
RULES = [path for path in sorted((FIXTURES / "rules").iterdir()) if path.is_dir()]


def check(project):
    """Search the project, and push every file of it through the rules: the same must come of it."""
    (project / "manage.py").touch()
    options = Options(jobs=1)
    everything = sorted(path for path in project.rglob("*") if path.is_file())
    pushed = migrate_project(project, everything, [project], project, options)
    searched = api.scan([project], options, base=project).results
    assert of_interest(searched) == of_interest(pushed)


def of_interest(results):
    return {result.path: (result.findings, result.after, result.reason) for result in results if result.findings}


@pytest.mark.parametrize("site", SITES, ids=lambda path: path.name)
def test_nothing_is_missed_in_a_site(site, tmp_path):
    check(shutil.copytree(site, tmp_path / "site"))


@pytest.mark.parametrize("rule", RULES, ids=lambda path: path.name)
def test_nothing_is_missed_in_the_cases_of_a_rule(rule, tmp_path):
    """The cases are the apps of one project."""
    for case in sorted(path for path in rule.iterdir() if path.is_dir()):
        app = tmp_path / case.name.replace("-", "_")
        if (case / "before").is_dir():
            shutil.copytree(case / "before", app)
        else:
            app.mkdir()
            shutil.copy(case / "before.py", app / "models.py")
        (app / "__init__.py").touch()
    check(tmp_path)


_PIECES = [
    "models",
    ".py",
    ".PY",
    ".pyw",
    ".wsgi",
    ".Wsgi",
    ".dist",
    "-old",
    "_",
    "~",
    ".txt",
    "#!",
    "/usr/bin/python3",
]


@given(st.lists(st.sampled_from(_PIECES)).map("".join), st.lists(st.sampled_from(_PIECES)).map("".join))
def test_the_quick_test_for_python_passes_over_none(name, text):
    data = text.encode()
    assert may_be_python(name, data) or not is_python(name, data)


def test_a_setting_and_the_specs_of_an_instance_are_seen_in_any_python(tmp_path):
    """They are looked for in Python alone, also where only the first line says that it is some."""
    (tmp_path / "local_settings.py.dist").write_text("IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'thumbs.Backend'\n")
    (tmp_path / "warm-up").write_text("#!/usr/bin/env python\nfor f in photo._ik.spec_files: f.generate()\n")
    (tmp_path / "notes.txt").write_text("IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND, photo._ik.spec_files\n")
    assert {result.path for result in api.scan([tmp_path], base=tmp_path).results if result.findings} == {
        "local_settings.py.dist",
        "warm-up",
    }
