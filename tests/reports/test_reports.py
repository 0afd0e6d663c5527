"""The reports: text, JSON, diff, the pages of the rules; through their public functions."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from rich.cells import cell_len

from ik_migrate.model.finding import Blocker, Finding
from ik_migrate.model.fix import Fix, Replacement
from ik_migrate.model.location import Location
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.model.run_info import ProjectTarget
from ik_migrate.reports.code_frame import code_frame
from ik_migrate.reports.concise import write_concise, write_grouped
from ik_migrate.reports.diff import unified_diff
from ik_migrate.reports.ignore_hint import ignore_hint
from ik_migrate.reports.json_report import as_dict, write_json
from ik_migrate.reports.rule_page import rule_markdown, rules_markdown, write_rule, write_rules_table
from ik_migrate.reports.summary import write_statistics
from ik_migrate.reports.text import write_text
from ik_migrate.source.original_text import split_lines

ROOT = Path(__file__).resolve().parents[2]
SAFE, UNSAFE, MANUAL, NOTICE = Applicability


def make_rule(code="IK101", name="image-field", kinds=(SAFE,), **fields):
    defaults = {
        "summary": "`image_field=` is called `source=`",
        "why": f"ImageKit 3 raises TypeError for {name}.",
        "help": f"Do what {code} asks for.",
        "source": "ImageSpecField.__init__, 3.0.4",
        "before": "image_field='image'\n",
        "after": "source='image'\n",
    }
    return Rule(code=code, name=name, applicability=kinds, **{**defaults, **fields})


RENAME = make_rule()
CALLABLE = make_rule("IK201", "callable-processors", (UNSAFE,))
CACHE_TO = make_rule("IK301", "cache-to", (MANUAL,))
CACHE_DIR = make_rule("IK402", "cache-dir", (NOTICE,))

CODE = """\
class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([Thumb(50)], image_field='image')
    large = ImageSpecField(
        [Thumb(500)],
        image_field='image',
    )
"""


def make_finding(rule=RENAME, location=(3, 41, 3, 52), path="gallery/models.py", **fields):
    defaults = {"message": "Photo.small is found", "applicability": rule.applicability[0]}
    return Finding(rule, path, Location(*location), **{**defaults, **fields})


def make_result(*findings, code=CODE, path="gallery/models.py", **fields):
    before = code if isinstance(code, bytes) else code.encode()
    defaults = {"status": Status.CHANGED, "before": before, "after": before + b"# changed\n"}
    return FileResult(path, findings=findings, **{**defaults, **fields})


def make_report(*results, command="scan", **fields):
    return Report(command, results, **{"files_searched": 120, **fields})


def text_of(report, *, width=80, color=False, encoding="utf-8"):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="")
    write_text(report, stream, width=width, color=color)
    stream.flush()
    return raw.getvalue().decode(encoding)


def frame_of(code, place, width=76, **options):
    return [line.plain for line in code_frame(split_lines(code), Location(*place), width=width, **options)]


# Text: one finding


def test_manual_finding_is_shown_in_full():
    finding = make_finding(
        CACHE_TO, message="Photo.small has image_field=", suggestion="source='image'\nformat='JPEG'\n"
    )
    assert text_of(make_report(make_result(finding))).startswith(
        """\
Needs manual review: 1 finding
  IK301 Photo.small has image_field=
    gallery/models.py:3:41  cache-to [manual]
    2 |     image = models.ImageField(upload_to='photos')
    3 |     small = ImageSpecField([Thumb(50)], image_field='image')
      |                                         ^^^^^^^^^^^
    4 |     large = ImageSpecField(
    Why:  ImageKit 3 raises TypeError for cache-to.
    Do:   Do what IK301 asks for.
    Write:
      source='image'
      format='JPEG'
    Fine? If it is right as it is, add `# ik-migrate: ignore[IK301]` to line 3:
          it is no longer reported, and `apply` does not change it.

"""
    )


def test_reasons_are_given_once():
    findings = [make_finding(CACHE_TO), make_finding(CACHE_TO, (6, 9, 6, 20))]
    other = make_finding(CACHE_TO, path="news/models.py")
    text = text_of(make_report(make_result(*findings), make_result(other, path="news/models.py")))
    assert text.count("ImageKit 3 raises TypeError") == 1
    assert text.count("Do what IK301 asks for") == 1
    assert "    Why and what to do: see IK301, line 3\n" in text
    assert "    Why and what to do: see IK301, gallery/models.py:3\n" in text


def test_another_reason_is_given_in_full():
    findings = [
        make_finding(CACHE_TO),
        make_finding(CACHE_TO, location=(6, 9, 6, 20), why="Here it is otherwise.", help="Think."),
    ]
    text = text_of(make_report(make_result(*findings)))
    assert "Why:  ImageKit 3 raises" in text
    assert "Why:  Here it is otherwise." in text
    assert "Do:   Think." in text


def test_message_is_on_the_first_line_and_bold():
    finding = make_finding(CACHE_TO)
    text = text_of(make_report(make_result(finding)), color=True)
    assert "\x1b[1mPhoto.small is found\x1b[0m" in text.splitlines()[1]


def test_urgent_findings_come_first_and_notices_last():
    text = text_of(everything())
    titles = ["Needs manual review", "Unsafe fixes", "Safe fixes", "Notices", "Errors", "Next steps"]
    assert titles == sorted(titles, key=text.index)


def test_next_steps_repeat_the_flags_of_the_run(run, photo_site):
    steps = run("scan", "--faithful", "--keep-cache-names", cwd=photo_site).stdout.partition("Next steps")[2]
    assert "run `ik-migrate apply --faithful --keep-cache-names`" in " ".join(steps.split())


def test_safe_fixes_of_a_rule_share_a_line():
    def found(name, line):
        return make_finding(location=(line, 1, line, 5), message=f"{name}: `image_field=` was renamed")

    findings = [found("Photo.small", 3), found("Photo.large", 6), make_finding(CALLABLE)]
    text = text_of(make_report(make_result(*findings, applied=tuple(findings[:2]))))
    assert (
        """\
Safe fixes: 2 findings in 1 file (`apply` writes them)
  gallery/models.py
    IK101 `image_field=` was renamed: Photo.small (3), .large (6)
"""
        in text
    )


def test_safe_fix_alone_takes_one_line():
    finding = make_finding()
    text = text_of(make_report(make_result(finding, applied=(finding,))))
    assert "\n  gallery/models.py  IK101 Photo.small is found (3)\n\n" in text


def test_blocked_findings_are_part_of_their_cause():
    blocked = [make_finding(), make_finding(CALLABLE, (6, 9, 6, 20))]
    cause = make_finding(CACHE_TO, blocks=tuple(one.as_blocked(Blocker("IK301", 3)) for one in blocked))
    report = make_report(make_result(cause))
    text = " ".join(text_of(report).split())
    assert "Also: IK101 (line 3) and IK201 (line 6) wait for this one" in text
    assert "and `apply` rewrites the rest of the call" in text
    assert "1 finding needs manual review" in text
    assert as_dict(report)["summary"]["findings"] == 1
    assert [one["rule"]["code"] for one in as_dict(report)["files"][0]["findings"][0]["blocks"]] == ["IK101", "IK201"]


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("models.py", "add `# ik-migrate: ignore[IK301]` to line 3"),
        ("show.html", "add `{# ik-migrate: ignore[IK301] #}` to line 3"),
        ("urls.xml", "add `<!-- ik-migrate: ignore[IK301] -->` to line 3"),
        ("site.js", "add `/* ik-migrate: ignore[IK301] */` to line 3"),
        ("run.bat", "add `rem ik-migrate: ignore[IK301]` to line 3"),
        ("data.json", "use `--per-file-ignores` with IK301"),
    ],
)
def test_hint_to_ignore_is_written_for_the_file(path, hint):
    assert hint in ignore_hint(make_finding(CACHE_TO, path=path))


def test_targets_are_in_the_head():
    one = ProjectTarget("shop", "4.0", "setup.py says so.")
    report = make_report(make_result(make_finding()), targets=(one,))
    assert text_of(report).startswith("Target: django-imagekit 4.0 (setup.py says so)\n\n")
    several = make_report(make_result(make_finding()), targets=(one, ProjectTarget("blog", "6.1", "the newest")))
    assert "Target of blog: django-imagekit 6.1 (the newest)\n" in text_of(several)


@pytest.mark.parametrize(
    ("environment", "linked"),
    [({}, False), ({"WT_SESSION": "1"}, True), ({"TERM_PROGRAM": "vscode"}, True), ({"VTE_VERSION": "4002"}, False)],
)
def test_rule_code_is_a_hyperlink(monkeypatch, environment, linked):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "TERM_PROGRAM", "VTE_VERSION", "WT_SESSION", "FORCE_HYPERLINK"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    stream = Terminal()
    write_text(make_report(make_result(make_finding(CACHE_TO))), stream)
    assert ("docs/rules/IK301.md\x1b\\" in stream.getvalue()) == linked


def test_redirected_report_keeps_long_lines(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    code = f"small = ImageSpecField(image_field='image', format='JPEG', options={{'quality': {'9' * 90}}})\n"
    stream = io.StringIO()
    write_text(make_report(make_result(make_finding(CACHE_TO, (1, 24, 1, 35)), code=code)), stream)
    assert f"1 | {code}" in stream.getvalue()


def test_statistics_count_by_rule():
    stream = io.StringIO()
    write_statistics(everything(), stream, width=80)
    lines = [line.split() for line in stream.getvalue().splitlines()]
    assert ["IK101", "image-field", "2", "-", "-", "-"] in lines
    assert ["IK201", "callable-processors", "-", "1", "-", "-"] in lines
    assert ["all", "2", "1", "1", "1"] in lines
    assert "Next steps" not in stream.getvalue()


def test_shown_fixes_have_their_diff():
    finding = make_finding()
    replacement = Replacement(Location(3, 41, 3, 52), "source")
    result = make_result(finding, applied=(finding,), fixes=(Fix((finding,), (replacement,)),))
    stream = io.StringIO()
    write_text(make_report(result), stream, width=80, show_fixes=True)
    assert "-    small = ImageSpecField([Thumb(50)], image_field='image')\n" in stream.getvalue()
    assert "+    small = ImageSpecField([Thumb(50)], source='image')\n" in stream.getvalue()


def test_concise_has_one_line_for_each_finding():
    stream = io.StringIO()
    write_concise(everything(), stream)
    assert stream.getvalue().splitlines() == [
        "gallery/models.py:3:41: IK101 [safe] Photo.small is found",
        "gallery/models.py:6:9: IK101 [safe] Photo.small is found",
        "gallery/models.py:3:41: IK201 [unsafe] Photo.small is found",
        "gallery/models.py:3:41: IK301 [manual] Photo.small is found",
        "gallery/models.py:3:41: IK402 [notice] Photo.small is found",
        "locked.py: error: it is read-only",
        "old/broken.py: error: line 3: invalid syntax Correct it.",
        f"gen/made.py: skipped: it is generated; {'change the generator. ' * 5}".rstrip() + " ",
        "4 findings and 1 notice in 1 of 120 files; 1 file would be rewritten, 2 errors.",
    ]


def test_grouped_has_the_path_once():
    stream = io.StringIO()
    write_grouped(make_report(make_result(make_finding(), make_finding(CACHE_TO, (6, 9, 6, 20)))), stream)
    assert stream.getvalue().startswith(
        "gallery/models.py:\n  3:41  IK101 [safe] Photo.small is found\n  6:9   IK301 [manual] Photo.small is found\n\n"
    )


# Text: the frame


def test_tabs_do_not_move_the_marker():
    assert frame_of("\tx\t= image_field", (1, 6, 1, 17)) == [
        "1 |     x   = image_field",
        "  |           ^^^^^^^^^^^",
    ]


def test_wide_characters_do_not_move_the_marker():
    frame = frame_of("x = '写真', image_field", (1, 11, 1, 22))
    assert frame == ["1 | x = '写真', image_field", "  |             ^^^^^^^^^^^"]
    assert cell_len(frame[0]) == cell_len(frame[1])


def test_a_place_of_many_lines_shows_the_first_and_the_last():
    assert frame_of(CODE, (4, 13, 7, 6)) == [
        "3 |     small = ImageSpecField([Thumb(50)], image_field='image')",
        "4 |     large = ImageSpecField(",
        "  |             ^^^^^^^^^^^^^^^",
        "...",
        "7 |     )",
        "  |     ^",
    ]


def test_a_place_that_ends_with_its_line():
    assert frame_of("a\nbc\nd\n", (2, 1, 3, 1), context=0) == ["2 | bc", "  | ^^"]


@pytest.mark.parametrize("place", [(1, 1, 1, 1), (1, 3, 1, 3), (1, 99, 1, 120), (1, 1, 99, 5)])
def test_every_place_has_a_marker(place):
    assert "^" in "".join(frame_of("abc", place))


@pytest.mark.parametrize("place", [(9, 1, 9, 2), (0, 1, 0, 1)])
def test_a_place_outside_of_the_file_has_no_frame(place):
    assert frame_of("abc", place) == []


@pytest.mark.parametrize("column", [1, 30, 60, 200, 500, 980, 40_000])
def test_long_lines_are_cropped_around_the_place(column):
    line = "a" * (column - 1) + "IMAGE_FIELD" + "b" * 30_000
    code, marker = frame_of(line, (1, column, 1, column + 11), width=60)
    assert max(len(code), len(marker)) <= 60
    at = marker.index("^")
    assert marker[at:] == "^" * 11
    assert code[at : at + 11] == "IMAGE_FIELD"
    assert code.endswith("...")
    assert ("..." in code[:8]) == (column > 45)


def test_a_place_longer_than_the_line_of_the_terminal():
    code, marker = frame_of("x" * 300, (1, 100, 1, 290), width=60)
    assert len(code) <= 60
    assert len(marker) <= 60
    assert marker.count("^") >= 40


def test_lines_end_where_python_ends_them():
    assert split_lines("a\x0cb\r\nc\rd\ne\u2028f\x85g") == ["a\x0cb", "c", "d", "e\u2028f\x85g"]


@pytest.mark.parametrize(
    ("data", "encoding", "shown"),
    [
        (b"\xef\xbb\xbfabcd", "utf-8", "1 | abcd"),
        (b"caf\xe9 = 1", "latin-1", "1 | café = 1"),
        (b"caf\xe9\xff = 1", "utf-8", "1 | caf\\xe9\\xff = 1"),
        (b"caf\xe9 = 1", "no-such-encoding", "1 | café = 1"),
    ],
)
def test_the_file_is_decoded_as_it_was_read(data, encoding, shown):
    finding = make_finding(location=(1, 1, 1, 3))
    assert f"    {shown}\n      | ^^\n" in text_of(make_report(make_result(finding, code=data, encoding=encoding)))


# Text: nothing of the user's takes the terminal over


EVIL = "\x1b[2J\x07\x9b\u202e\u200b\x0c\udce9"


@pytest.mark.parametrize("color", [False, True])
def test_control_characters_are_shown_as_escapes(color):
    path = f"evil{EVIL}\n.py"
    finding = make_finding(path=path, message=EVIL, why=EVIL, help=EVIL, suggestion=EVIL, location=(1, 1, 1, 2))
    failed = FileResult(path, Status.FAILED, reason=EVIL)
    report = make_report(make_result(finding, path=path, code=f"x = '{EVIL[:-1]}'\n"), failed, skipped_trees=(EVIL,))
    text = text_of(report, color=color)
    plain = re.sub(r"\x1b\[[\d;]*m", "", text)
    assert not set(plain) & set(EVIL.replace("[2J", ""))
    assert all(char.isprintable() or char == "\n" for char in plain)
    assert plain.count(r"\x1b[2J\x07\x9b\u202e\u200b\x0c\xe9") >= 8
    assert "evil" in plain
    assert r"\n.py:1:1" in plain


def test_code_is_not_taken_for_markup():
    code = "x = '[bold]y[/bold] [/nothing] :smile: [link=http://x]'\n"
    finding = make_finding(location=(1, 1, 1, 2), message="[red]m[/red]", path="[blue].py")
    text = text_of(make_report(make_result(finding, code=code, path="[blue].py")))
    assert code in text
    assert "[red]m[/red]" in text
    assert "[blue].py:1:1" in text


def test_a_stream_that_is_not_utf_8_gets_only_what_it_can_hold():
    finding = make_finding(message="Photo.größe is found", location=(1, 1, 1, 2))
    text = text_of(make_report(make_result(finding, code="größe = '写'\n")), encoding="ascii")
    assert r"gr\xf6\xdfe = '\u5199'" in text
    assert text.isascii()


# Text: the whole


def everything(command="scan", **fields):
    """A report with one of everything."""
    rename, larger = make_finding(), make_finding(location=(6, 9, 6, 20))
    callable_, cache_to, cache_dir = make_finding(CALLABLE), make_finding(CACHE_TO), make_finding(CACHE_DIR)
    applied = (rename, larger, callable_) if fields.get("unsafe_fixes") else (rename, larger)
    return make_report(
        make_result(rename, larger, callable_, cache_to, cache_dir, applied=applied),
        FileResult("old/broken.py", Status.FAILED, reason="line 3: invalid syntax\nCorrect it."),
        FileResult("gen/made.py", Status.SKIPPED, reason="it is generated; " + "change the generator. " * 5),
        command=command,
        errors=(("locked.py", "it is read-only"),),
        skipped_trees=(".venv", "node_modules"),
        **fields,
    )


@pytest.mark.parametrize("command", ["scan", "apply", "diff"])
@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_too_long(command, width):
    text = text_of(everything(command), width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert not [line for line in text.splitlines() if line != line.rstrip()]


def test_a_long_path_is_never_broken():
    path = "/".join(["folder"] * 20) + "/models.py"
    text = text_of(make_report(make_result(make_finding(path=path), path=path)))
    assert f"    {path}:3:41\n    image-field [safe]\n" in text
    assert [line for line in text.splitlines() if len(line) > 80] == [f"    {path}:3:41"]


def test_what_could_not_be_done_is_listed_with_its_reason():
    text = text_of(everything())
    assert (
        """\
Errors: 2 files
  locked.py
    it is read-only
  old/broken.py
    line 3: invalid syntax
    Correct it.

Skipped: 1 file
  gen/made.py
    it is generated; change the generator."""
        in text
    )
    assert "Skipped folders\n  .venv, node_modules\n" in text


def test_totals_count_findings_files_and_errors():
    totals = "4 findings and 1 notice in 1 of 120 files; 1 file would be rewritten, 2 errors."
    assert totals in text_of(everything())


def test_report_and_table_without_utf_8():
    assert text_of(everything(), encoding="ascii").isascii()
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    write_statistics(everything(), stream)
    assert raw.getvalue().isascii()


def steps_of(report):
    text = " ".join(text_of(report).partition("\nNext steps")[2].split())
    return [step.strip() for step in re.split(r" \d\. ", text)[1:]]


def test_next_steps_of_scan():
    steps = steps_of(everything())
    assert steps[0] == "Correct 2 errors and run the command again."
    assert "Commit or stash" in steps[1]
    assert "Read `ik-migrate apply --diff`, run `ik-migrate apply`" in steps[2]
    assert steps[3] == "Read why 1 fix is unsafe, then add `--unsafe-fixes`."
    assert "`ik-migrate explain IK301`" in steps[4]
    assert len(steps) == 5


def test_next_steps_of_scan_with_unsafe_fixes():
    steps = steps_of(everything(unsafe_fixes=True))
    assert "`ik-migrate apply --diff --unsafe-fixes`" in steps[2]
    assert not any("unsafe, then" in step for step in steps)


def test_next_steps_outside_git_offer_a_backup():
    steps = steps_of(everything(is_in_git=False))
    assert "`--backup .bak`" in steps[1] and "no undo" in steps[1]
    assert "git diff" not in steps_of(everything("apply", is_in_git=False))[1]


def test_next_steps_in_a_hook_do_not_ask_to_commit():
    assert not any("stash" in step for step in steps_of(everything("diff", is_in_hook=True)))
    assert "stage the files and commit again" in steps_of(everything("apply", is_in_hook=True))[1]


def test_next_steps_of_apply():
    steps = steps_of(everything("apply"))
    assert "The files are unchanged" in steps[0]
    assert "2 findings rewritten in 1 file: review `git diff`" in steps[1]
    assert "1 fix is unsafe" in steps[2]
    assert "1 finding needs manual review" in steps[3]


def test_declined_rewrites_are_not_confirmed():
    finding = make_finding()
    steps = steps_of(make_report(make_result(finding, declined=(finding,)), command="apply"))
    assert steps[0].startswith("1 finding not confirmed: run the command again")


def test_next_steps_of_diff():
    assert "`git apply -p1`" in steps_of(everything("diff"))[2]


def test_apply_counts_what_it_wrote_and_shows_the_rest():
    text = text_of(everything("apply"))
    assert "Rewritten: 2 findings in 1 file\n  gallery/models.py  2 IK101\n" in text
    assert "image-field [safe]" not in text
    assert "cache-to [manual]" in text
    assert "1 file was rewritten" in text


def test_apply_lists_unchanged_files_apart():
    written, kept = make_finding(), make_finding()
    same = make_result(kept, applied=(kept,), path="a.html", status=Status.UNCHANGED, after=b"", before=b"")
    text = text_of(make_report(make_result(written, applied=(written,)), same, command="apply"))
    assert "Rewritten: 1 finding in 1 file\n  gallery/models.py  1 IK101\n" in text
    assert "Kept by the support module, not changed: 1 finding in 1 file\n  a.html  1 IK101\n" in text


def test_apply_with_nothing_left():
    finding = make_finding()
    report = make_report(make_result(finding, applied=(finding,)), command="apply")
    assert text_of(report).startswith("Rewritten: 1 finding in 1 file\n  gallery/models.py  1 IK101\n\n1 finding in ")
    assert steps_of(report) == ["1 finding rewritten in 1 file: review `git diff`, run your tests, commit."]


def test_no_findings_is_one_line():
    assert text_of(make_report()) == "No ImageKit 2 code found in 120 files.\n"


def test_no_findings_where_nothing_was_searched():
    assert "no file to search" in text_of(make_report(files_searched=0))


def test_no_findings_is_not_said_of_what_was_not_read():
    text = text_of(make_report(FileResult("a.py", Status.FAILED, reason="it is not text")))
    assert "it is not text" in text
    assert "No findings in the files that could be read" in text


# Colour


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "coloured"),
    [
        (io.StringIO, {}, False),
        (Terminal, {}, True),
        (Terminal, {"NO_COLOR": "1"}, False),
        (Terminal, {"TERM": "dumb"}, False),
        (io.StringIO, {"FORCE_COLOR": "1"}, True),
        (Terminal, {"FORCE_COLOR": "0"}, False),
        (io.StringIO, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colour_is_for_terminals(monkeypatch, stream, environment, coloured):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    written = stream()
    write_text(everything(), written)
    assert ("\x1b[" in written.getvalue()) == coloured


def test_colour_changes_nothing_but_colour():
    coloured = text_of(everything(), color=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text_of(everything())


# JSON


@pytest.fixture(scope="module")
def validator():
    schema = json.loads((ROOT / "ik_migrate" / "reports" / "schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("command", ["scan", "apply", "diff"])
def test_json_follows_its_schema(validator, command):
    stream = io.StringIO()
    write_json(everything(command), stream)
    assert stream.getvalue().isascii()
    assert stream.getvalue().endswith("}\n")
    validator.validate(json.loads(stream.getvalue()))


def test_an_empty_report_follows_the_schema(validator):
    validator.validate(as_dict(make_report()))


def test_the_example_in_the_documentation_follows_the_schema(validator):
    page = (ROOT / "docs" / "json-report.md").read_text("utf-8")
    example = json.loads(page.partition("```json\n")[2].partition("```")[0])
    validator.validate(example)
    assert example.keys() == as_dict(everything()).keys()


def test_the_schema_takes_no_key_that_it_does_not_name(validator):
    data = as_dict(everything())
    data["files"][0]["findings"][0]["location"]["offset"] = 3
    assert not validator.is_valid(data)


def test_what_json_says():
    data = as_dict(everything("apply"))
    assert data["summary"] == {
        "files_searched": 120,
        "files_with_findings": 1,
        "files_by_status": {"unchanged": 0, "changed": 1, "skipped": 1, "failed": 1},
        "findings": 5,
        "applied": 2,
        "by_applicability": {"safe": 2, "unsafe": 1, "manual": 1, "notice": 1},
        "by_rule": {"IK101": 2, "IK201": 1, "IK301": 1, "IK402": 1},
        "suppressed": {"comment": 0, "baseline": 0},
        "exit_status": 2,
    }
    assert data["files"][0]["findings"][0] == {
        "rule": {"code": "IK101", "name": "image-field"},
        "applicability": "safe",
        "message": "Photo.small is found",
        "why": "ImageKit 3 raises TypeError for image-field.",
        "help": "Do what IK101 asks for.",
        "suggestion": "",
        "ignore_comment": "",
        "blocks": [],
        "location": {"line": 3, "column": 41, "end_line": 3, "end_column": 52},
        "applied": True,
        "fingerprint": "869cc9504a0c3c3266fa0ac1ba381467",
    }
    assert [finding["applied"] for finding in data["files"][0]["findings"]] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert data["errors"] == [{"path": "locked.py", "reason": "it is read-only"}]


@pytest.mark.parametrize(
    ("path", "written"), [("é.py", "é.py"), ("caf\udce9.py", "caf\\xe9.py"), ("a\ud800\udce9.py", "a??.py")]
)
def test_json_has_no_lone_surrogates(path, written):
    stream = io.StringIO()
    write_json(make_report(make_result(make_finding(path=path), path=path)), stream)
    assert json.loads(stream.getvalue())["files"][0]["path"] == written


# Diff


def git(folder, *arguments, data=b""):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        # The folder may lie in a repository, which has no part in this.
        "GIT_CEILING_DIRECTORIES": str(Path(folder).resolve().parent),
    }
    done = subprocess.run(["git", *arguments], input=data, cwd=folder, env=environment, capture_output=True)
    assert done.returncode == 0, (done.stderr, data)


def apply_diff(folder, before, after, path="models.py"):
    """What git makes of the diff."""
    target = Path(folder) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(before)
    diff = unified_diff(FileResult(path, Status.CHANGED, before=before, after=after))
    git(folder, "apply", "--check", data=diff)
    git(folder, "apply", data=diff)
    return target.read_bytes()


LINES = st.lists(st.sampled_from([b"a", b"b", b"", b"-- x", b"\r", b"x\r", b"\x0c\xff", b"+", b"\\ No"]), max_size=30)


@st.composite
def edited(draw):
    """Bytes, and the same with a few edits, or quite other ones."""
    before = draw(LINES)
    after = list(before)
    for place in draw(st.lists(st.integers(0, 30), max_size=4)):
        after[place : place + draw(st.integers(0, 2))] = draw(st.lists(st.binary(max_size=3), max_size=2))
    joined = b"\n".join(before), b"\n".join(after)
    noise = draw(st.one_of(st.none(), st.binary(max_size=40)))
    first, second = (joined[0], noise) if noise is not None and draw(st.booleans()) else joined
    return first.replace(b"\0", b"0"), second.replace(b"\0", b"0")


@settings(max_examples=50, deadline=None)
@given(edited())
def test_git_makes_the_rewrite_of_the_diff(pair):
    before, after = pair
    if before == after:
        return
    with tempfile.TemporaryDirectory() as folder:
        assert apply_diff(folder, before, after) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"a\r\nb\r\n", b"a\r\nc\r\n", id="crlf"),
        pytest.param(b"a\r\nb\r\n", b"a\r\nb\n", id="crlf to lf"),
        pytest.param(b"a\rb\rc", b"a\rx\rc", id="lone cr"),
        pytest.param(b"a\nb", b"a\nc", id="no final newline"),
        pytest.param(b"a\nb", b"a\nb\n", id="final newline added"),
        pytest.param(b"a\nb\n", b"a\nb", id="final newline taken"),
        pytest.param(b"a\nb", b"x\na\nb", id="no final newline in context"),
        pytest.param(b"# caf\xe9\nb\n", b"# caf\xe9\nc\n", id="latin-1"),
        pytest.param(b"\x0ca\n\x0b\x1c\x85\nb\n", b"\x0cc\n\x0b\x1c\x85\nb\n", id="form feed"),
        pytest.param(b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n", id="bom"),
        pytest.param(b"", b"a\n", id="from empty"),
        pytest.param(b"a\n", b"", id="to empty"),
        pytest.param(b"a\n" * 50, b"a\n" * 49, id="all lines alike"),
        pytest.param(b"\n".join(b"%d" % n for n in range(99)), b"\n".join(b"%d" % n for n in range(1, 98)), id="ends"),
        pytest.param(b"1\n2\n3\n4\n5\n6\n7\n", b"1\n5\n6\n2\n3\n4\n7\n", id="moved"),
    ],
)
def test_git_takes_files_of_all_kinds(tmp_path, before, after):
    assert apply_diff(tmp_path, before, after) == after


@pytest.mark.parametrize(
    "path",
    [
        "a b.py",
        "end ",
        "dir with blank/b.py",
        "é.py",
        'q"uote.py',
        "t\tab.py",
        "new\nline.py",
        "back\\slash.py",
        "./dot.py",
        "caf\udce9.py",
        "dated 2020-01-01 00:00:00",
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="such names can't be there")
def test_git_finds_paths_of_all_kinds(tmp_path, path):
    assert apply_diff(tmp_path, b"a\nb\n", b"a\nc\n", path) == b"a\nc\n"


@pytest.mark.parametrize("folder", ["mysite", "other"])
def test_paths_are_relative_to_where_it_was_run(tmp_path, folder):
    inner = tmp_path / "mysite"
    (inner / folder).mkdir(parents=True)
    (inner / folder / "settings.py").write_bytes(b"a\n")
    git(tmp_path, "init", "-q")
    diff = unified_diff(FileResult(f"{folder}/settings.py", Status.CHANGED, before=b"a\n", after=b"b\n"))
    git(inner, "apply", "-p1", data=diff)
    assert (inner / folder / "settings.py").read_bytes() == b"b\n"


def test_the_form_of_the_diff():
    before = b"".join(b"%d\n" % number for number in range(1, 30))
    after = before.replace(b"\n10\n", b"\nten\n").replace(b"\n14\n", b"\n").replace(b"29\n", b"29\r\nend")
    assert unified_diff(FileResult("a b.py", Status.CHANGED, before=before, after=after)) == (
        b"--- a/a b.py\t\n+++ b/a b.py\t\n"
        b"@@ -7,11 +7,10 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n-14\n 15\n 16\n 17\n"
        b"@@ -26,4 +25,5 @@\n 26\n 27\n 28\n-29\n+29\r\n+end\n\\ No newline at end of file\n"
    )


def test_an_unchanged_file_has_no_diff():
    assert unified_diff(FileResult("a.py", Status.UNCHANGED, before=b"a", after=b"a")) == b""


# The pages of the rules


def test_the_page_of_a_rule():
    assert (
        rule_markdown(make_rule(kinds=(SAFE, MANUAL), why="It is `a_b` or __init__ or <b>.", path="run.sh"))
        == """\
# IK101 image-field

`image_field=` is called `source=`.

- **safe**: `apply` rewrites it; the site behaves as before.
- **manual**: needs manual review; `apply` leaves it unchanged.

## Why

It is `a_b` or \\_\\_init\\_\\_ or \\<b>.

## What to do

Do what IK101 asks for.

## Before

```sh
image_field='image'
```

## After

```sh
source='image'
```

## Source

ImageSpecField.\\_\\_init\\_\\_, 3.0.4
"""
    )


def test_an_example_that_is_left_to_a_person():
    page = rule_markdown(make_rule(kinds=(MANUAL,), before="```\n", after="```\n", path="requirements.txt"))
    assert "## After" not in page
    assert "````text\n```\n````\n\n`apply` leaves this unchanged: it needs manual review.\n" in page


def test_the_table_of_the_rules_in_markdown():
    table = rules_markdown([RENAME, make_rule("IK102", "x", (SAFE, MANUAL), summary="a|b")])
    assert "| [IK101](IK101.md) | image-field | `image_field=` is called `source=` | safe |\n" in table
    assert "| [IK102](IK102.md) | x | a\\|b | safe, manual |\n" in table


@pytest.mark.parametrize("path", ["models.py", "run.sh", "page.html", "requirements.txt"])
def test_explain_reads_the_same_with_and_without_colour(path):
    plain, coloured = io.StringIO(), io.StringIO()
    rule = make_rule(before="\n# é [bold]\nx = 1\n\n\ny = 2\n", path=path)
    write_rule(rule, plain, color=False)
    write_rule(rule, coloured, color=True)
    assert f"Before ({path})\n\n\n    # é [bold]\n    x = 1\n\n\n    y = 2\n\nAfter" in plain.getvalue()
    assert "\x1b[" in coloured.getvalue()
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured.getvalue()) == plain.getvalue()


def test_the_table_of_the_rules_on_the_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    stream = io.StringIO()
    write_rules_table([RENAME, make_rule("IK202", "b", (SAFE, MANUAL), summary="word " * 30)], stream, color=False)
    lines = stream.getvalue().splitlines()
    assert lines[2].split() == ["IK101", "image-field", "safe", "`image_field=`", "is", "called", "`source=`"]
    assert max(map(cell_len, lines)) <= 80
    assert stream.getvalue().count("word") == 30


# The scripts


def load_script(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_pages_of_the_rules_are_up_to_date(capsys):
    assert load_script("render_docs").main(["--check"]) == 0, capsys.readouterr().err


def test_pages_that_are_not_as_they_should_be(tmp_path, capsys):
    script = load_script("render_docs")
    pages = ["--folder", str(tmp_path / "rules")]
    assert script.main(["--check", *pages]) == 1
    assert "IK101.md: is missing" in capsys.readouterr().err
    assert script.main(pages) == 0
    assert script.main(["--check", *pages]) == 0
    (tmp_path / "rules" / "IK101.md").write_text("old")
    (tmp_path / "rules" / "IK999.md").write_text("left over")
    assert script.main(["--check", *pages]) == 1
    complaints = capsys.readouterr().err
    assert "IK101.md: is out of date" in complaints
    assert "IK999.md: there is no such rule" in complaints
    assert script.main(pages) == 0
    assert not (tmp_path / "rules" / "IK999.md").exists()


def test_the_picture_is_complete_in_itself_and_always_the_same():
    script = load_script("render_screenshot")
    findings = [make_finding(location=(line % 6 + 1, 1, line % 6 + 1, 5)) for line in range(40)]
    report = make_report(make_result(*findings))
    picture = script.draw(report)
    assert picture == script.draw(report)
    assert "@font-face" not in picture
    assert set(re.findall(r"https?://[^\"'\s>]+", picture)) <= {
        "http://www.w3.org/2000/svg",
        "https://www.textualize.io",
    }
    assert "lines&#160;more" in picture
    assert "Next&#160;steps" in picture


def test_sample_site_takes_at_most_120_lines(run, photo_site):
    assert run("scan", cwd=photo_site, env={"COLUMNS": "80"}).stdout.count("\n") <= 120
