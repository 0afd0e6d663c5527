"""``ik-migrate: ignore`` in comments: what it silences, where, and what is said of those that silence nothing."""

from __future__ import annotations

import json

import pytest

HEAD = """\
from django.db import models
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFit
from elsewhere import processors_of


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
"""
PYTHON2 = "print 'old'\n"


@pytest.fixture
def scan(run, tmp_path):
    """Scans one file of this content: the findings that count, those that are ignored, and the whole report."""

    def scan(content, name="models.py", *arguments):
        (tmp_path / "manage.py").write_text("")
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(data)
        done = run("scan", "--format", "json", *arguments, cwd=tmp_path)
        assert done.stderr == ""
        report = json.loads(done.stdout)
        (file,) = [file for file in report["files"] if file["path"] == name]
        assert file["reason"] == ""
        return _summary(file["findings"]), _summary(file["suppressed"]), report

    return scan


def _summary(findings):
    kinds = ("safe", "unsafe", "manual")
    counting = [f for f in findings if f["applicability"] in kinds or f["rule"]["code"] == "IK801"]
    return [(finding["location"]["line"], finding["rule"]["code"]) for finding in counting]


LINE = "small = ImageSpecField([ResizeToFit(50, 50)], image_field='image')"
LINES = "small = ImageSpecField({0}\n        {1}[ResizeToFit(50, 50)],{2}\n        image_field='image'){3}"
IN_STRING = "small = ImageSpecField(format='PNG', image_field="


@pytest.mark.parametrize("python2", [False, True], ids=["3", "2"])
@pytest.mark.parametrize(
    ("field", "counting"),
    [
        (LINE + "  # ik-migrate: ignore", []),
        (LINE + "  # fine  # ik-migrate:ignore - dies soon", []),
        (LINE + "  # ik-migrate: ignore[IK2]", ["IK101"]),
        (LINE + "  # ik-migrate: ignore[ik101, IK203]", []),
        ("# ik-migrate: ignore[IK203]\n\n    # Why: it is\n    " + LINES.format("", "", "", ""), ["IK101"]),
        (LINES.format("  # ik-migrate: ignore", "", "", ""), []),
        (LINES.format("", "", "", "  # ik-migrate: ignore"), []),
        (LINES.format("", "", "  # ik-migrate: ignore", ""), ["IK101"]),
        (LINES.format("", "# ik-migrate: ignore\n        ", "", ""), ["IK101"]),
        (IN_STRING + "'# ik-migrate: ignore')", ["IK101"]),
        (IN_STRING + "'''\n# ik-migrate: ignore\n'''[1:])", ["IK115"]),
        (IN_STRING + "('im'  # ik-migrate: ignore\n        'age'))", []),
        ("# ik-migrate: ignore\n    title = 1\n    " + LINE, ["IK801", "IK203", "IK101"]),
    ],
)
def test_where_it_holds_in_python(scan, field, counting, python2):
    content = (PYTHON2 if python2 else "") + HEAD + "    " + field + "\n"
    for data in (content, content.replace("\n", "\r\n")):
        found, _, report = scan(data)
        assert [code for _, code in found] == counting
        assert report["summary"]["exit_status"] == int(bool(counting))


@pytest.mark.parametrize(
    ("name", "content", "counting", "ignored"),
    [
        ("requirements.txt", "django-imagekit==2.0.4  # ik-migrate: ignore[IK603]\n", [], [1]),
        ("setup.cfg", "[options]\ninstall_requires =\n# ik-migrate: ignore\n  django-imagekit==2.0.4\n", [], [4]),
        ("Makefile", "cache:\n\t# ik-migrate: ignore\n\tpython \\\n\tmanage.py ikcachevalidate\n", [], [4]),
        ("deploy.sh", "./manage.py ikcachevalidate # ik-migrate: ignore\n./manage.py ikcachevalidate\n", [2], [1]),
        ("ci.yml", "script:\n  - ./manage.py ikcachevalidate  # ik-migrate: ignore[IK6]\n", [], [2]),
        ("run.bat", "rem ik-migrate: ignore\nmanage.py ikcachevalidate\n", [], [2]),
        ("deploy.sh", "echo 'ik-migrate: ignore'; ./manage.py ikcachevalidate\n", [1], []),
    ],
)
def test_where_it_holds_elsewhere(scan, name, content, counting, ignored):
    found, suppressed, _ = scan(content, name)
    assert [line for line, _ in found] == counting
    assert [line for line, _ in suppressed] == ignored


def test_templates(scan, tmp_path):
    (tmp_path / "models.py").write_text(HEAD + "    small = ImageSpecField([], source='image', format='PNG')\n")
    tag = "{% load imagekit %}{{ photo.small.source_file.url }}"
    lines = [
        tag + "{# ik-migrate: ignore #}",
        tag + "<!-- ik-migrate: ignore[IK604] -->",
        tag,
        "  {# ik-migrate: ignore[IK604] #}",
        "  <!-- another comment -->",
        tag,
        "<!-- ik-migrate: ignore --> " + tag,
        "{% comment %}ik-migrate: ignore{% endcomment %}",
        tag,
        tag,
    ]
    found, suppressed, _ = scan("\n".join(lines), "page.html", "--unsafe-fixes")
    assert (found, suppressed) == ([(3, "IK604"), (10, "IK604")], [(n, "IK604") for n in (1, 2, 6, 7, 9)])


def test_ignored_findings_are_not_rewritten_and_stay_so(run, tmp_path):
    content = (
        HEAD
        + """\
    small = ImageSpecField([ResizeToFit(50, 50)], image_field='image')  # ik-migrate: ignore[IK203]
    large = ImageSpecField([ResizeToFit(50, 50)], image_field='image')  # ik-migrate: ignore
    # ik-migrate: ignore[IK201]
    other = ImageSpecField(lambda instance, file: [], image_field='image')
    # ik-migrate: ignore[IK115]
    third = ImageSpecField(processors_of, image_field='image')
    # ik-migrate: ignore[IK304]
    thumb = ImageSpecField([], image_field='image', cache_to=lambda i, p, s, e: 'a.png')
"""
    )
    (tmp_path / "models.py").write_text(content)
    done = run("apply", "--todo", tmp_path)
    assert done.status == 0
    text = (tmp_path / "models.py").read_text()
    assert "small = ImageSpecField([ResizeToFit(50, 50)], source='image')" in text
    assert "large = ImageSpecField([ResizeToFit(50, 50)], image_field='image')" in text
    assert "[IK201]\n    other = ImageSpecField(lambda instance, file: [], source='image')\n" in text
    assert "[IK115]\n    third = ImageSpecField(processors_of, image_field='image')\n" in text
    assert "thumb = ImageSpecField(source='image', spec=" in text
    assert "TODO" not in text
    again = run("apply", "--todo", tmp_path)
    assert again.status == 0 and (tmp_path / "models.py").read_text() == text
    # A decision that was taken on a silent difference is not called a mistake.
    assert "IK801" not in again.stdout
    assert "ignored by comments" in again.stdout


@pytest.mark.parametrize("comment", ["ik-migrate ignores this", "what does ik-migrate ignore here?"])
def test_a_comment_about_the_tool_is_no_mistake(scan, comment):
    assert scan(HEAD + f"    small = ImageSpecField([], source='image', format='PNG')  # {comment}\n")[0] == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("ik-migrate: ignore", "this comment ignores nothing"),
        ("ik-migrate: ignore[IK203]", "this comment ignores no IK203"),
        ("ik-migrate: ignore[IK777]", "no rule starts with 'IK777'"),
        ("ik-migrate: ignore[image-field]", "Did you mean 'IK101'?"),
        ("ik-migrate: ignore IK101", "not understood"),
        ("ik-migrate: ignore-file", "not understood"),
        ("ik-migrate: ignore[]", "not understood"),
        ("ik-migrate: ignore[IK101", "not understood"),
        ("ik-migrate: Ignore", "not understood"),
        ("IK-Migrate: ignore[IK101]", "not understood"),
        ("ik_migrate: ignore", "not understood"),
        ("ik-migrate ignore", "not understood"),
        ("ik-migrate ignore[IK101]", "not understood"),
    ],
)
def test_what_silences_nothing_is_said(scan, comment, message):
    content = HEAD + f"    small = ImageSpecField([], source='image', format='PNG')  # {comment}\n"
    found, _, report = scan(content)
    assert found == [(9, "IK801")] and report["summary"]["exit_status"] == 0
    (finding,) = [f for f in report["files"][0]["findings"] if f["rule"]["code"] == "IK801"]
    assert message in finding["message"]
    assert content[content.index(comment) :].startswith(comment)
    if "understood" not in message:
        # Who looks for some rules only can't tell that a comment about another is not needed.
        assert scan(content, "models.py", "--ignore", "IK8")[0] == []
