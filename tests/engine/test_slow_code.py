"""Code that is made up to keep a tool busy, or to have it fail: the work on it ends, and the others are done."""

from __future__ import annotations

import sys
import weakref

import pytest

from ik_migrate import api
from ik_migrate.engine import time_limit
from ik_migrate.model.options import Options

IMPORTS = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill


"""
MODEL = """\
class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
NO_SOURCE = MODEL.replace(", image_field='image'", "")
STARS = "".join(f"from m{number} import *\n" for number in range(8)) + "# imagekit\n"
IMPORTED = "".join(f"from m{number} import a, b, c\n" for number in range(8)) + "# imagekit\n"
SUMS = "P0 = 'a'\n" + "".join(f"P{n} = P{n - 1} + P{n - 1}\nP{n} = P{n - 1} + 'x'\n" for n in range(1, 40))
SHAPES = {
    "bases in a circle": {"models.py": IMPORTS + "class A(B): pass\nclass B(A): pass\nx = A()\n" + MODEL},
    "field in a circle": {
        "models.py": IMPORTS
        + "class A(B): pass\nclass B(A): pass\n"
        + NO_SOURCE.replace("image =", "x = A()\n    image =")
    },
    "many ways to a base": {
        "models.py": IMPORTS + f"class A({'A, ' * 8}): pass\n" + NO_SOURCE.replace("models.M", "A.M")
    },
    "star imports in a circle": {f"m{number}.py": STARS for number in range(8)},
    "imports in a circle": {f"m{number}.py": IMPORTED for number in range(8)},
    "names in a circle": {"m.py": IMPORTS + "a = b; b = a; a = c; c = a; b = c\n" * 20 + "x = a(image_field='y')\n"},
    "sums of paths": {"manage.py": f"import sys\n{SUMS}sys.path.insert(0, P39)\nsys.path.insert(0, P5)\n"},
    "impossible paths": {
        "manage.py": "import sys\nfrom unipath import Path\nsys.path.insert(0, Path(__file__).ancestor('x'))\n"
        f"sys.path += [Path(__file__).ancestor({10**12}), '{'y' * 5000}', 'a\\0b', '\\ud800']\n"
    },
    "tags that are left open": {"page.html": "{# imagekit #}\n" + "{{ {% {% comment %} {# <!--\n" * 20_000},
    "underscores": {"m.py": MODEL + f"x.source_file\nx = '{'a__' * 200} source_file'\n"},
    "long version": {
        "requirements.txt": f"django-imagekit=={'1' * 5000}\ngit+https://x/django-imagekit-{'1' * 5000}.0\n"
    },
    "numbers out of range": {
        "m.py": IMPORTS
        + "def name(instance, path, specname, extension):\n    return '{7}'.format(path)\n"
        + MODEL.replace("'image')", "'image', cache_to=name)")
    },
    "delete of nothing": {
        "m.py": "from imagekit.imagecache import PessimisticImageCacheBackend\n\n\n"
        "class Backend(PessimisticImageCacheBackend):\n"
        "    def invalidate(self, file):\n        file.storage.delete()\n"
    },
}


@pytest.fixture
def site(tmp_path):
    """A project with one model that can be rewritten."""
    (tmp_path / "manage.py").write_text("")
    (tmp_path / "photos.py").write_text(IMPORTS + MODEL)
    return tmp_path


@pytest.mark.parametrize("files", SHAPES.values(), ids=SHAPES)
def test_shape(site, files):
    for name, text in files.items():
        (site / name).write_text(text)
    report = api.apply([site], Options(unsafe_fixes=True), base=site)
    assert report.failed == ()
    assert "source='image'" in (site / "photos.py").read_text()


def test_comments_that_look_like_ours_within(site):
    """The rewrite puts names in the place of values; the user may have the same."""
    call = "ImageSpecField([],  # _ik_0_, _ik_77_\n    image_field='image')\n"
    (site / "m.py").write_text(IMPORTS + MODEL + f"    big = {call}")
    assert api.apply([site], base=site).failed == ()
    assert call.replace("image_field", "source") in (site / "m.py").read_text()


def test_many_findings_in_one_file(site):
    lines = 3000
    (site / "requirements.txt").write_text("django-imagekit==2.0.4\n" * lines)
    (site / "page.html").write_text("{# imagekit #}\n" + "{{ p.small.source_file.url }}\n" * lines)
    (site / "m.py").write_text(IMPORTS + "x = 1  # ik-migrate: ignore[IK101]\n" * lines + MODEL)
    report = api.apply([site], Options(unsafe_fixes=True), base=site)
    assert report.failed == ()
    assert "2.0.4" not in (site / "requirements.txt").read_text()
    assert (site / "page.html").read_text().count("generator.source.url") == lines


FIELD = "    f{0} = ImageSpecField([ResizeToFill({0}, 50)], image_field='image')\n"
REPEATED = {
    "fields of a model": MODEL + "{}",
    "names of a processor": "{}" + MODEL,
    "values of a name": "{}" + MODEL,
    "fields by a factory": "def make(name, size):\n"
    "    return ImageSpecField([ResizeToFill(size, 50)], image_field=name)\n\n\n" + MODEL + "{}",
    "merged dicts": "D0 = dict(image_field='image')\nD1 = D0\n{}" + MODEL + "    big = ImageSpecField(**LAST)\n",
    "fields of a base": "class Base(models.Model):\n    class Meta:\n        abstract = True\n\n{}"
    + "\n\n".join(f"class A{number}(Base):\n    image = models.ImageField()" for number in range(99)),
}
PARTS = {
    "fields of a model": FIELD,
    "names of a processor": "from imagekit.processors import ResizeToFill as r{0}\n",
    "values of a name": "value = changed(value)\n",
    "fields by a factory": "    f{0} = make('image', {0})\n",
    "merged dicts": "LAST = E{0} = dict(D0, key_{0}=1)\n",
    "fields of a base": "    f{0} = ImageSpecField([ResizeToFill({0}, 50)])\n",
}


@pytest.mark.parametrize("shape", PARTS)
def test_cost_of_what_is_repeated(site, shape):
    """A file with four times as much of it takes four times the work, not sixteen times."""
    steps = []

    def work(times):
        (site / "m.py").write_text(IMPORTS + REPEATED[shape].format("".join(map(PARTS[shape].format, range(times)))))
        steps.clear()
        sys.setprofile(lambda frame, event, argument: steps.append(event))
        try:
            assert api.scan([site / "m.py"], base=site).failed == ()
        finally:
            sys.setprofile(None)
        return len(steps)

    work(10)
    few, many = work(100), work(400)
    assert many < 6 * few


@pytest.mark.skipif(not hasattr(time_limit.signal, "setitimer"), reason="there is nothing to interrupt Python with")
def test_file_that_takes_too_long(site, monkeypatch):
    """It alone is left, be it read for the first time or worked on."""
    (site / "slow.py").write_text(IMPORTS + MODEL)
    monkeypatch.setattr(time_limit, "SECONDS", 0.2)
    from ik_migrate.engine import file_facts as facts
    from ik_migrate.engine import parsed_file

    for owner, name, argument in ((facts, "facts_of", 1), (parsed_file, "findings_of", 0)):
        whole = getattr(owner, name)

        def hang(*given, whole=whole, argument=argument):
            while getattr(given[argument], "path", given[argument]).name == "slow.py":
                pass
            return whole(*given)

        with monkeypatch.context() as patched:
            patched.setattr(owner, name, hang)
            report = api.scan([site], base=site)
        assert report.failed == (("slow.py", "it takes too long to process. Exclude it with --exclude."),)
        assert {finding.path for finding in report.findings} == {"photos.py"}


def test_fault_over_backends(site, monkeypatch):
    """The files that have to do with them are left; the others are done."""
    backends = "from imagekit.imagecache import PessimisticImageCacheBackend as P\nclass B(P): pass\n"
    (site / "b.py").write_text(backends)
    (site / "settings.py").write_text("IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'b.B'\n")

    def fail(*given):
        raise ZeroDivisionError

    api.scan([site], base=site)
    monkeypatch.setattr("ik_migrate.codemods.ik403_custom_image_cache_backend._changes", fail)
    # What the default strategy is can't be told then, nor whether anybody needs it.
    monkeypatch.setattr("ik_migrate.imagekit.cache_backends.backend_settings", fail)
    report = api.apply([site], Options(unsafe_fixes=True), base=site)
    assert [path for path, _ in report.failed] == ["b.py", "settings.py"]
    assert (site / "b.py").read_text() == backends
    assert "source='image'" in (site / "photos.py").read_text()


def test_control_files_that_are_nested_too_deeply(site, run):
    """What is the matter is said in words that people know."""
    deep = "[" * 100_000 + "]" * 100_000
    table = f"[tool.ik-migrate]\nexclude = {deep}\n"
    for name, text, arguments in (
        ("ik-migrate.toml", f"exclude = {deep}\n", ["scan"]),
        ("pyproject.toml", table, ["scan"]),
        ("base.json", deep, ["scan", "--baseline", "base.json"]),
        ("report.json", deep, ["merge-reports", "report.json"]),
    ):
        (site / name).write_text(text)
        finished = run(*arguments, cwd=site)
        (site / name).unlink()
        assert finished.status == 2
        assert name in finished.stdout + finished.stderr
        assert "nested too deeply" in finished.stdout + finished.stderr
        assert "recursion" not in finished.stderr


def test_name_that_all_files_import(tmp_path, monkeypatch):
    """Who imports it from which file is found out once: each file is parsed as often as it is with few files."""
    from ik_migrate.project import project

    imports = "from imagekit.imagecache import PessimisticImageCacheBackend\n"
    made = []

    def parsed(files):
        site = tmp_path / f"of_{files}"
        site.mkdir()
        for number in range(files):
            (site / f"m{number}.py").write_text(imports + IMPORTS + MODEL)
        made.clear()
        assert api.scan([site], base=site).failed == ()
        return len(made) / files

    parse = project.PythonText
    monkeypatch.setattr(project, "PythonText", lambda source: made.append(source) or parse(source))
    # As in a project that is too large to be held in memory.
    monkeypatch.setattr(project, "_HOLD_AT_MOST", 1)
    assert parsed(20) <= parsed(4)


def test_memory_of_files_that_are_done(tmp_path, monkeypatch):
    """It is free at once: the garbage collector, which is slow and rarely asked, has nothing to do with it."""
    from ik_migrate.project import project

    made = []
    parse = project.PythonText

    def parsed(source):
        text = parse(source)
        made.append(weakref.ref(text))
        return text

    monkeypatch.setattr(project, "PythonText", parsed)
    monkeypatch.setattr(project, "_HOLD_AT_MOST", 1)
    monkeypatch.setattr(project.gc, "collect", lambda generation=2: 0)
    for number in range(12):
        (tmp_path / f"m{number}.py").write_text(IMPORTS + MODEL)
    report = api.scan([tmp_path], base=tmp_path)
    assert len(report.results) == 12
    assert sum(text() is not None for text in made) <= 2


def test_import_used_by_a_file_that_imports_its_neighbour(tmp_path):
    """In Python 2 a module of the same package needs no dots."""
    app = tmp_path / "app"
    app.mkdir()
    for name, text in {
        "__init__.py": "",
        "base.py": "from imagekit.imagecache import PessimisticImageCacheBackend\n",
        "models.py": f"from base import PessimisticImageCacheBackend\nkept = PessimisticImageCacheBackend\n# {IMPORTS}",
    }.items():
        (app / name).write_text(text)
    api.apply([tmp_path], base=tmp_path)
    assert "PessimisticImageCacheBackend" in (app / "base.py").read_text()
