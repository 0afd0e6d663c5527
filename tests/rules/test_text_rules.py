"""The rules about what lies around the code: bytes that have to stay, look-alikes, and the targets."""

from __future__ import annotations

from pathlib import Path

import pytest

from ik_migrate import api
from ik_migrate.imagekit.command_lines import mentions
from ik_migrate.imagekit.requirements import asks_for_ik2, requirements
from ik_migrate.model.finding import Finding
from ik_migrate.model.options import Options
from ik_migrate.model.rule import Applicability
from ik_migrate.model.targets import TARGETS, exact_pin, pin, shell_pin, target_named
from ik_migrate.source.comments import in_comment

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    thumb = ImageSpecField([], image_field='image'{more})
"""


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _applied(folder: Path, path: str, data: bytes, **more: bytes) -> bytes:
    """One file after ``apply --unsafe-fixes``; a second run has nothing to write."""
    _write(folder, {path: data, **more})
    options = Options(unsafe_fixes=True)
    api.apply([folder], options, base=folder)
    after = (folder / path).read_bytes()
    again = api.apply([folder], options, base=folder)
    assert not any(result.applied for result in again.results)
    assert (folder / path).read_bytes() == after
    return after


def _findings(folder: Path, files: dict[str, bytes], code: str) -> list[Finding]:
    _write(folder, files)
    report = api.scan([folder], base=folder)
    assert not report.failed
    return [finding for finding in report.findings if finding.rule.code == code]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.sh", b"manage.py ikcachevalidate", b"manage.py generateimages"),
        ("a.bat", b"python manage.py ikcachevalidate x\r\n", b"python manage.py generateimages x\r\n"),
        ("a.sh", b"echo gr\xfc\xdfe\n./manage.py ikcachevalidate\n", b"echo gr\xfc\xdfe\n./manage.py generateimages\n"),
        ("a.sh", b"\xef\xbb\xbfmanage.py ikcachevalidate\n", b"\xef\xbb\xbfmanage.py generateimages\n"),
        ("a.sh", b"manage.py ikcachevalidate\ra\r\nb\n\n", b"manage.py generateimages\ra\r\nb\n\n"),
        ("a.sh", b"manage.py \\\r\n  ikcachevalidate x\r\n", b"manage.py \\\r\n  generateimages x\r\n"),
        ("requirements.txt", b"django-imagekit==2.0.4", b"django-imagekit>=6.1,<7"),
        (
            "requirements.txt",
            b"# gr\xfc\xdfe\r\ndjango-imagekit<3\r\n",
            b"# gr\xfc\xdfe\r\ndjango-imagekit>=6.1,<7\r\n",
        ),
        ("constraints.in", b"  django-imagekit  ==2.0.4 \n", b"  django-imagekit  >=6.1,<7 \n"),
        ("buildout.cfg", b"[versions]\r\ndjango-imagekit = 2.0.4\r\n", b"[versions]\r\ndjango-imagekit = 6.1.1\r\n"),
    ],
)
def test_other_bytes_stay(tmp_path: Path, path: str, before: bytes, after: bytes) -> None:
    assert _applied(tmp_path, path, before) == after


def test_template_in_latin_1(tmp_path: Path) -> None:
    more = {"models.py": MODELS.format(more="").encode()}
    before = b"<p>\xfcber</p>\r\n{{ photo.thumb.source_file.url }}"
    after = b"<p>\xfcber</p>\r\n{{ photo.thumb.generator.source.url }}"
    assert _applied(tmp_path, "photo.html", before, **more) == after


@pytest.mark.parametrize("name", ["README.md", "deploy.rst", "CHANGES.txt", "HISTORY", "de.po", "a.patch"])
def test_prose_and_history_stay(tmp_path: Path, name: str) -> None:
    data = b"manage.py ikcachevalidate\ndjango-imagekit==2.0.4\n"
    assert _applied(tmp_path, name, data) == data
    assert not api.scan([tmp_path], base=tmp_path).findings


@pytest.mark.parametrize(
    "line",
    [
        "manage.py ikcachevalidate",
        "./manage.py ikcachevalidate",
        r"C:\site\manage.py ikcachevalidate",
        "manage.py --settings=x ikcachevalidate",
        "django-admin ikcachevalidate",
        "bin/django ikcachevalidate",
        "$(MANAGE) ikcachevalidate",
        "%MANAGE% ikcachevalidate",
        "{{ manage }} ikcachevalidate",
        "'manage.py', 'ikcachevalidate'",
        "manage.py 'ikcachevalidate' gallery",
    ],
)
def test_command_lines(line: str) -> None:
    (found,) = mentions(line, "ikcachevalidate")
    assert found.is_command


@pytest.mark.parametrize(
    "line",
    [
        "ikcachevalidate",
        "package-manager ikcachevalidate",
        "managed ikcachevalidate",
        "$X ikcachevalidate",
        "ikcachevalidate:",
    ],
)
def test_mentions_that_are_no_commands(line: str) -> None:
    (found,) = mentions(line, "ikcachevalidate")
    assert not found.is_command


@pytest.mark.parametrize(
    "line", ["x.ikcachevalidate", "ikcachevalidate.sh", "/ikcachevalidate", "ikcachevalidate/x", "ikcachevalidated"]
)
def test_names_of_other_things(line: str) -> None:
    assert not list(mentions(line, "ikcachevalidate"))


@pytest.mark.parametrize(
    ("rest", "arguments", "options", "is_seen"),
    [
        ("a b", ["a", "b"], [], True),
        ("a 2>&1 b", ["a"], [], True),
        ("a | grep b", ["a"], [], True),
        ("a && b", ["a"], [], True),
        ("a # b", ["a"], [], True),
        ("a) b", ["a"], [], True),
        ("'a' \"b\"", ["a", "b"], [], True),
        ("--settings x a", ["a"], [], True),
        ("-v2 --traceback a", ["a"], [], True),
        ("--force-revalidation a", ["a"], ["--force-revalidation"], True),
        ("--other=1", [], ["--other"], True),
        ("$APPS", [], [], False),
        ("%(apps)s", [], [], False),
        ("{apps} a", ["a"], [], False),
        ("`ls`", [], [], False),
        ("\\\n a", ["a"], [], True),
    ],
)
def test_arguments(rest: str, arguments: list[str], options: list[str], is_seen: bool) -> None:
    (found,) = mentions(f"manage.py ikcachevalidate {rest}", "ikcachevalidate")
    assert [word.text for word in found.arguments] == arguments
    assert list(found.options) == options
    assert found.is_seen is is_seen


def test_argument_in_quotes_of_the_whole_line() -> None:
    (found,) = mentions("su -c 'manage.py ikcachevalidate a' b", "ikcachevalidate")
    assert [word.text for word in found.arguments] == ["a"]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.sh", "# X", True),
        ("a.sh", "a # X", True),
        ("a.sh", "a '# X'", False),
        ("a.sh", "a#X", False),
        ("a.ini", "; X", True),
        ("a.sh", "; X", False),
        ("a.bat", "rem X", True),
        ("a.bat", "remove X", False),
        ("a.js", "// X", True),
        ("a.css", "/* \n X */", True),
        ("a.css", "/* */ X", False),
        ("a.html", "<!-- X -->", True),
        ("a.html", "{# X #}", True),
        ("a.html", "# X", False),
    ],
)
def test_comments(name: str, text: str, expected: bool) -> None:
    assert in_comment(name, text, text.index("X")) is expected


@pytest.mark.parametrize(
    "spec",
    [
        "==2.0.4",
        "<3",
        "<3.0",
        ">=2,<3",
        "~=2.0",
        "^2.0",
        "~2.0",
        "2.0.4",
        "==2.*",
        ">=2.0",
        "<=2.9",
        "===2.0",
        ">=2,<4",
        ">=2.*",
        "~=2",
        "v2.0",
        "2.x",
        "=2.0.4=py27_0",
        "<3.0a1",
        "<3.0.dev0",
    ],
)
def test_pins_of_version_2(spec: str) -> None:
    assert asks_for_ik2(spec)


@pytest.mark.parametrize(
    "spec",
    [
        ">=3",
        "==3.0",
        "<4",
        "<7",
        "!=2.0.3",
        "*",
        "^4.0",
        "3.3",
        ">=3,!=2.0",
        "<3.1",
        "",
        "==6.1.1",
        f"=={'9' * 5000}",
        "three",
    ],
)
def test_other_pins(spec: str) -> None:
    assert not asks_for_ik2(spec)


@pytest.mark.parametrize(
    "text",
    [
        "xdjango-imagekit==2.0",
        "django-imagekit-extra==2.0",
        "imagekit==2.0",
        "# django-imagekit==2.0",
        "It needs django-imagekit==2.0 to run",
        "django-imagekit==2.0 or so",
        "    # via django-imagekit",
    ],
)
def test_no_requirements(text: str) -> None:
    assert not list(requirements("requirements.txt", text))


@pytest.mark.parametrize("version", TARGETS)
def test_targets_do_not_ask_for_version_2(version: str) -> None:
    for written in (pin(version), shell_pin(version), exact_pin(version)):
        assert not asks_for_ik2(written)
        assert not list(requirements("requirements.txt", f"django-imagekit{written}"))


def test_pins() -> None:
    assert (pin(), shell_pin(), exact_pin()) == (">=6.1,<7", "~=6.1", "6.1.1")
    assert (pin("3.0"), shell_pin("3.0"), exact_pin("3.0")) == (">=3.0,<3.1", "~=3.0.0", "3.0.4")
    with pytest.raises(ValueError, match="there is no target"):
        target_named("2.0")


def test_the_requirement_says_what_it_wants(tmp_path: Path) -> None:
    (finding,) = _findings(tmp_path, {"requirements.txt": b"django-imagekit==2.0.4\n"}, "IK603")
    assert finding.applicability is Applicability.UNSAFE
    assert "Python 3.9 or later" in finding.why
    assert "Django 4.2" in finding.why


def test_forced_revalidation_comes_with_what_to_run(tmp_path: Path) -> None:
    data = b"manage.py ikcachevalidate --force-revalidation Gallery\n"
    (finding,) = _findings(tmp_path, {"a.sh": data}, "IK601")
    assert finding.applicability is Applicability.MANUAL
    assert finding.suggestion.endswith("python manage.py generateimages gallery")
    assert "CACHE/images" in finding.suggestion


def test_cache_paths_that_the_project_chose(tmp_path: Path) -> None:
    own = MODELS.format(more="") + "    own = ImageSpecField([], image_field='image', cache_to='cache/own')\n"
    nginx = b"location /media/cache/own/ {}\nlocation /media/cache/photos/ {}\n"
    found = _findings(tmp_path, {"models.py": own.encode(), "nginx.conf": nginx}, "IK306")
    assert [finding.location.line for finding in found] == [2]


def test_cache_paths_without_default_names(tmp_path: Path) -> None:
    models = MODELS.format(more=", cache_to='thumbs'").encode()
    assert not _findings(tmp_path, {"models.py": models, "nginx.conf": b"location /media/cache/ {}\n"}, "IK306")


@pytest.mark.parametrize("keyword", ["upload_to", "cache_to", "location"])
def test_cache_paths_of_something_else(tmp_path: Path, keyword: str) -> None:
    models = MODELS.format(more="") + f"    x = models.FileField({keyword}='media/cache/x')\n"
    assert not _findings(tmp_path, {"models.py": models.encode()}, "IK306")


@pytest.mark.parametrize(
    "line",
    [
        "-e git://github.com/someone/django-imagekit.git@2.0.4#egg=django-imagekit",
        "-e git+git://github.com/someone/django-imagekit.git@v2.0.4#egg=django_imagekit-2.0.4",
        "git+https://github.com/someone/django-imagekit.git@2.0.4#egg=django-imagekit",
        "https://github.com/someone/django-imagekit/tarball/2.0.4",
        "https://example.com/django-imagekit-2.0.4.tar.gz",
    ],
)
def test_addresses_of_imagekit_2(tmp_path, line):
    (found,) = _findings(tmp_path, {"requirements.txt": f"Django==1.5\n{line}\n".encode()}, "IK603")
    assert (found.applicability, found.location.line) == (Applicability.MANUAL, 2)
    assert "requires ImageKit 2" in found.message


@pytest.mark.parametrize("line", ["git+https://github.com/someone/django-imagekit.git@4.0.2", "git://x/imagekit@2.0.4"])
def test_addresses_of_something_else(tmp_path, line):
    assert not _findings(tmp_path, {"requirements.txt": f"{line}\n".encode()}, "IK603")
