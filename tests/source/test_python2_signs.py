"""What shows that code is Python 2 is found in its text, whatever the grammar of the running Python."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ik_migrate.api import Options, scan
from ik_migrate.imagekit.python2_evidence import find_evidence
from ik_migrate.model.targets import Evidence
from ik_migrate.source import python3, tree
from ik_migrate.source.python2 import translation
from ik_migrate.source.python2.signs import find_sign
from ik_migrate.source.source_file import Source


@pytest.fixture
def project(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    """A function that writes files below a folder, and returns it."""

    def write(files: dict[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / "project" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return tmp_path / "project"

    return write


EXCEPT = "try:\n    f()\nexcept ValueError, error:\n    g(error)\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('print "a"\n', 1),
        ("if x:\r\n\tprint x\r\n", 2),
        ("x = 1; print x\n", 1),
        ("print >>sys.stderr, x\n", 1),
        ("print{1: 2}\n", 1),
        ('"""\r\n#\r"""\nexec "x" in y\n', 4),
        (EXCEPT, 3),
        ("try: f()\nexcept (A, b.B), e: g()\n", 2),
        ("try: f()\nexcept errors('x'), e: g()\n", 2),
        ("raise ValueError, 'x'\n", 1),
        ("raise kind[0], kind[1], kind[2]\n", 1),
        ('x = ur"a"\n', 1),
        ("if a <> b: pass\n", 1),
        ("os.chmod(path, 0755)\n", 1),
        ("day = date(2012, 01, 31)\n", 1),
        ("'''\nprint \"a\"\n'''\nx = 'it\\'s'\nprint x\n", 5),
    ],
)
def test_code_of_python2_is_a_sign(text, line):
    sign = find_sign(text)
    assert sign is not None
    assert sign.line == line
    assert sign.text == re.split(r"\r\n|\r|\n", text)[line - 1].strip()


@pytest.mark.parametrize(
    "text",
    [
        "print(x)\nprint (x)\nprint\nexec(x)\nprint = x\n",
        '"""\nprint "a"\nraise A, b\n"""\n',
        "# print x\nx = 'print \"x\"; a <> b'\n",
        "y = [\n    print for print in x\n]\nz = (\n    print if x else y)\n",
        "x = 'your'\nhour = 'ur\"'\n",
        "x = 1e-07, 0.0755, 0, 00, 0o755, x.a01, 10e01\n",
        "raise A(b, c)\nraise A\nraise\n",
        "try: f()\nexcept (A, B): pass\nexcept A as e: pass\nexcept: pass\n",
        "try: f()\nexcept ValueError, TypeError: pass\n",
        "from socket import error\ntry: f()\nexcept ValueError, error: pass\n",
        "x = '''not closed\nprint x\n",
    ],
)
def test_code_of_python3_has_no_sign(text):
    assert find_sign(text) is None


def test_long_line_of_a_sign_is_cut():
    sign = find_sign(f"print '{'x' * 5_000}'\n")
    assert sign is not None
    assert sign.text == f"print '{'x' * 50}..."


def parse_like_314(text: str) -> ast.Module:
    """Parse by the grammar of Python 3.14, which takes types without brackets in ``except A, B:``."""
    return ast.parse(re.sub(r"(except )(\w+, \w+)(:)", r"\1(\2)\3", text))


@pytest.mark.parametrize("caught", ["ValueError, error", "ValueError, TypeError"])
@pytest.mark.parametrize("is_314", [False, True])
def test_verdict_is_that_of_any_python3(monkeypatch, caught, is_314):
    if is_314:
        monkeypatch.setattr(tree, "parse", parse_like_314)
        monkeypatch.setattr(python3, "parse", parse_like_314)
    source = EXCEPT.replace("ValueError, error", caught)
    read = tree.PythonText(Source(source, "utf-8"))
    assert read.is_python2
    (handler,) = read.nodes_of(ast.ExceptHandler)
    assert handler.name == caught.partition(", ")[2]
    assert translation.translate(source).is_python2
    assert read.text_of(handler).startswith(f"except {caught}:")


def test_grammar_of_314_makes_no_python2_of_python3(monkeypatch):
    monkeypatch.setattr(tree, "parse", parse_like_314)
    monkeypatch.setattr(python3, "parse", parse_like_314)
    source = EXCEPT.replace("f()", "f(f'{x}')")
    assert not tree.PythonText(Source(source, "utf-8")).is_python2
    assert not translation.translate(source).is_python2


PYTHON2 = "try:\n    import json\nexcept ImportError, e:\n    raise\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a.py": "x = 1\n", "b/c.py": PYTHON2}, ("b/c.py", 3, "except ImportError, e:")),
        ({"run": "", "run.py": "#!/usr/bin/env python2.7\nx = 1\n"}, ("run.py", 1, "#!/usr/bin/env python2.7")),
        (
            {"a.py": PYTHON2, "setup.py": "setup(classifiers=[\n 'Programming Language :: Python :: 2.7',\n])\n"},
            ("setup.py", 2, "'Programming Language :: Python :: 2.7',"),
        ),
        (
            {"setup.cfg": "[options]\npython_requires = >=2.6, <3\n"},
            ("setup.cfg", 2, "python_requires = >=2.6, <3"),
        ),
        (
            {"pyproject.toml": '[tool.poetry.dependencies]\npython = "^2.7,<3.0"\n'},
            ("pyproject.toml", 2, 'python = "^2.7,<3.0"'),
        ),
        (
            {
                "setup.py": "['Programming Language :: Python :: 2.7', 'Programming Language :: Python :: 3.9']\n",
                "setup.cfg": "[options]\npython_requires = >=3.8, <3.13\n",
            },
            None,
        ),
        ({"venv/a.py": PYTHON2, "ignored.py": PYTHON2, "excluded.py": PYTHON2, ".gitignore": "ignored.py\n"}, None),
    ],
)
@pytest.mark.parametrize("is_repository", [False, True])
def test_evidence_comes_from_all_python_files(project, files, found, is_repository):
    folder = project(files)
    if is_repository:
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
    elif "ignored.py" in files:
        (folder / "ignored.py").unlink()
    evidence = find_evidence(folder, Options(exclude=("excluded.py",)))
    expected = found and Evidence(folder / found[0], found[1], found[2])
    assert evidence == expected


def test_setup_of_a_python2_project_gets_a_version_for_it(project):
    modules = {f"shop/part_{number}.py": PYTHON2 for number in range(13)}
    setup = "from setuptools import setup\nsetup(name='shop', install_requires=['django-imagekit<3'])\n"
    folder = project({**modules, "setup.py": setup, "shop/models.py": "from imagekit.models import ImageSpecField\n"})
    report = scan([folder], Options(unsafe_fixes=True), base=folder)
    (result,) = (result for result in report.results if result.path == "setup.py")
    assert b"'django-imagekit>=4.0,<4.1'" in result.after
    assert "shop/part_0.py:3 is Python 2 (`except ImportError, e:`)" in result.findings[0].why


def test_file_that_cannot_be_read_gives_no_evidence(project):
    folder = project({"a.py": "x = 1\n"})
    Path(folder, "b.py").symlink_to("nowhere.py")
    assert find_evidence(folder, Options()) is None
