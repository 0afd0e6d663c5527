"""The HTML report: what it says, that user code does nothing in it, and how it behaves in a browser."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import os
import re
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import NAMES, Browser, find_chromium

from ik_migrate.api import Options, apply, scan
from ik_migrate.model.finding import Blocker, Finding
from ik_migrate.model.location import Location
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.reports.apps import app_folders, app_labels
from ik_migrate.reports.html_report import write_html
from ik_migrate.source.original_text import decoded_lines

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
VOID = {"meta", "input", "col", "link", "wbr"}
SAFE, UNSAFE, MANUAL, NOTICE = Applicability

RULE = Rule(
    code="IK101",
    name="image-field",
    summary="`image_field=` is called `source=`",
    applicability=(SAFE, MANUAL),
    why="ImageKit 3 raises TypeError.",
    help="Rename it.",
    source="ImageSpecField.__init__, 3.0.4",
    before="image_field='</script><script>alert(1)</script>'\n",
    after="source='</script><script>alert(1)</script>'\n",
)


@dataclass
class Element:
    """An element of a parsed page."""

    name: str
    attributes: dict
    parent: Element | None = None
    content: list = field(default_factory=list)

    @property
    def text(self):
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    def all(self, *names, **attributes):
        """The elements inside, in the order of the page, with these names and attributes."""
        found = []
        for part in self.content:
            if isinstance(part, Element):
                wanted = all(part.attributes.get(key.replace("_", "-")) == value for key, value in attributes.items())
                if wanted and (not names or part.name in names):
                    found.append(part)
                found += part.all(*names, **attributes)
        return found

    def classed(self, name):
        """The elements inside of a class."""
        return [element for element in self.all() if name in element.attributes.get("class", "").split()]


class Parser(HTMLParser):
    """Builds a tree, and fails where an end tag does not belong to the element that is open."""

    def __init__(self):
        super().__init__()
        self.root = self.open = Element("", {})

    def handle_starttag(self, tag, attrs):
        assert len(attrs) == len(dict(attrs)), f"an attribute twice: {attrs}"
        element = Element(tag, dict(attrs), self.open)
        self.open.content.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag):
        assert tag == self.open.name, f"</{tag}> ends <{self.open.name}>, line {self.getpos()[0]}"
        self.open = self.open.parent

    def handle_data(self, data):
        # Line ends between elements are the layout of the templates.
        if self.open.name in {"pre", "code", "td"} or data.strip() or "\n" not in data:
            self.open.content.append(data)


def parsed(page):
    parser = Parser()
    parser.feed(page)
    parser.close()
    assert parser.open is parser.root, f"<{parser.open.name}> has no end"
    return parser.root


def rendered(report):
    stream = io.StringIO()
    write_html(report, stream)
    return stream.getvalue()


def a_file(path, code, *findings, after=None, status=Status.UNCHANGED, encoding="utf-8", reason=""):
    """A file with findings: applicability and message, each of them about its first line."""
    made = tuple(
        Finding(RULE, path, Location(1, 1, 1, 6), message, kind, suggestion=code[:200].decode("latin-1"))
        for kind, message in findings
    )
    applied = tuple(finding for finding in made if finding.applicability is SAFE) if after else ()
    status = Status.CHANGED if after else status
    return FileResult(path, status, made, applied, code, after or code, encoding, reason)


def a_report(*results, command="scan", **fields):
    return Report(command, results, files_searched=len(results), **fields)


def hostile_report():
    """A report in which all that comes from users tries to be more than text."""
    code = "x = '</script><img src=x onerror=alert(2)>' # \u202eevil\u202c \x1b[31m \x00".encode() + b" \xff\n"
    name = "gallery/<img src=x onerror=alert(1)>\u202e\udcff.py"
    message = "`</code><script>alert(3)</script>` \"'><svg onload=alert(4)> ${alert(5)} \x07"
    return a_report(
        a_file(name, code, (MANUAL, message), (SAFE, message), after=code.replace(b"x =", b"y =")),
        a_file('"><script>alert(6)</script>/"onmouseover="alert(7)/models.py', code, (NOTICE, message)),
        a_file("&lt;b&gt;.py", b"", status=Status.SKIPPED, reason="<script>alert(8)</script>"),
        a_file("</title>.py", b"", status=Status.FAILED, reason="</style><script>alert(9)</script>"),
        errors=(("<a href=javascript:alert(10)>", "<iframe src=javascript:alert(11)>"),),
        skipped_trees=("<b>build</b>",),
        left_out=(("<i>notes</i>.txt", "prose"),),
    )


def sample(command, folder, options=None):
    """The report of a command on the sample project, which is in ``folder``."""
    if command == "apply":
        return apply([folder], options, base=folder.parent)
    return replace(scan([folder], options, base=folder.parent), command=command)


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """The report of a scan of the sample project."""
    folder = tmp_path_factory.mktemp("sample") / "photo_site"
    return sample("scan", Path(shutil.copytree(FIXTURES / "photo_site", folder)))


REPORTS = {
    "nothing": lambda folder: a_report(),
    "clean": lambda folder: a_report(a_file("gallery/models.py", b"")),
    "not readable": lambda folder: a_report(
        a_file("a/models.py", b"", status=Status.SKIPPED, reason="Not Python.\nSay so."), errors=(("b", "no such"),)
    ),
    "hostile": lambda folder: hostile_report(),
    "scan": lambda folder: sample("scan", folder),
    "diff": lambda folder: sample("diff", folder, Options(unsafe_fixes=True)),
    "apply": lambda folder: sample("apply", folder),
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_is_well_formed_and_its_parts_can_be_found(name, photo_site):
    page = rendered(REPORTS[name](photo_site))

    assert page.isascii()
    root = parsed(page)
    ids = [element.attributes["id"] for element in root.all() if "id" in element.attributes]
    assert [name for name, number in Counter(ids).items() if number > 1] == []
    for element in root.all("label"):
        assert element.attributes.get("for") in ids or element.all("input")
    for element in root.all("select", "input"):
        assert element.parent.all("label") or element.parent.name == "label"
    for link in root.all("a"):
        target = link.attributes["href"]
        assert target[1:] in ids or re.match(r"#(app|rule|work|kind)=", target)
        assert link.text.strip()
    for table in root.all("table"):
        assert table.content[0].name == "caption" and table.all("th")
    for picture in root.all("svg"):
        assert picture.attributes.get("aria-hidden") == "true" or picture.attributes["aria-label"]
    levels = [int(element.name[1]) for element in root.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(level <= above + 1 for above, level in itertools.pairwise(levels))
    assert root.all("html")[0].attributes["lang"] == "en" and len(root.all("main")) == 1


def test_it_is_written_to_a_file_or_to_standard_output(run, photo_site):
    done = run("apply", "--diff", "--format", "html", "--output", "html=report.html", ".", cwd=photo_site)

    assert done.status == 1
    assert (photo_site / "report.html").read_bytes() == done.out
    assert parsed(done.stdout).all("title")[0].text == "ImageKit upgrade: photo_site"


def test_only_its_own_style_and_script_are_allowed(scanned):
    root = parsed(rendered(scanned))
    policy = root.all("meta", http_equiv="Content-Security-Policy")[0].attributes["content"]

    assert policy.startswith("default-src 'none'; ")
    for name in ("style", "script"):
        (element,) = root.all(name)
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert f"; {name}-src 'sha256-{digest}'" in policy
    for element in root.all():
        assert not element.attributes.keys() & {"src", "srcset", "style", "action", "data", "xlink:href"}
        assert not [key for key in element.attributes if key.startswith("on")]
        assert element.attributes.get("href", "#").startswith("#")


def test_what_users_wrote_is_text_and_all_of_it_can_be_seen():
    page = rendered(hostile_report())
    root = parsed(page)

    names = {element.name for element in root.all()}
    assert not names & {"img", "iframe", "b", "object", "embed"}
    assert len(root.all("script")) == len(root.all("style")) == 1
    text = root.all("body")[0].text
    for number in range(1, 12):
        if number != 5:
            assert f"alert({number})" in text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    for escape in (r"\u202eevil\u202c", r"\x1b[31m", r"\x00", r"\xff", r"\x07", r"\u202e\xff.py"):
        assert escape in text


def test_it_says_what_the_text_report_says(scanned):
    root = parsed(rendered(scanned))
    findings = root.classed("finding")

    assert len(findings) == len(scanned.findings) > 60
    shown = Counter(
        (item.attributes["data-rule"], item.attributes["data-kind"], item.all("h5")[0].text) for item in findings
    )
    assert shown == Counter(
        (finding.rule.code, finding.applicability.value, finding.message.replace("`", ""))
        for finding in scanned.findings
    )
    (unsafe,) = (finding for finding in scanned.findings if finding.rule.code == "IK505")
    (item,) = root.all(data_rule="IK505")
    for said in (unsafe.why, unsafe.help, unsafe.suggestion.strip(), f"line {unsafe.location.line}, "):
        assert said.replace("`", "") in item.text
    assert item.all("mark")[0].text == "photo.print_proof.source_file"
    assert unsafe.rule.source.replace("`", "") in root.all(id="IK505")[0].text
    tiles = [tile.text for tile in root.classed("tiles")[0].all("a")]
    assert tiles == [
        "1 needs manual review",
        "3 more with --unsafe-fixes",
        "56 safe, apply rewrites them",
        "8 notices, nothing to change",
    ]


def rows_of(table):
    """The text of the cells of a table, row by row."""
    return [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]


def test_the_progress_of_the_apps(scanned, photo_site):
    before = rows_of(parsed(rendered(scanned)).classed("apps")[0])
    after = rows_of(parsed(rendered(sample("apply", photo_site))).classed("apps")[0])

    assert before[0] == [
        "App",
        "Files done",
        "apply alone",
        "--unsafe-fixes",
        "Manual review",
        "Notices",
        "What is left",
    ]
    assert before[1] == ["gallery", "1 of 5", "17", "2", "1", "1", "1 manual2 unsafe17 safe1 notice"]
    assert before[-1] == ["All", "3 of 15", "56", "3", "1", "8", ""]
    assert after[0][2] == "Rewritten"
    assert ["gallery", "2 of 5", "17", "2", "1", "1", "1 manual2 unsafe1 notice"] in after
    assert ["news", "1 of 1", "13", "-", "-", "-", "nothing"] in after
    assert after[-1] == ["All", "11 of 15", "56", "3", "1", "8", ""]


def test_a_file_with_something_in_the_baseline_is_not_done():
    known = a_file("news/models.py", b"a = 1\n", (MANUAL, "old"))
    report = a_report(replace(known, baselined=known.findings, findings=()), a_file("news/views.py", b""))

    assert rows_of(parsed(rendered(report)).classed("apps")[0])[1] == ["news", "1 of 2", "nothing"]


def test_both_sides_of_each_rewrite_are_there_in_full(scanned):
    root = parsed(rendered(scanned))
    changed = {result.path: result for result in scanned.results if result.status is Status.CHANGED}

    files = [item for item in root.classed("file") if item.classed("rewrite")]
    assert {item.all("h4")[0].text for item in files} == changed.keys()
    for item in files:
        result = changed[item.all("h4")[0].text]
        before, after = [], []
        for part in item.classed("diff")[0].content:
            if part.name == "table":
                for row in part.all("tbody")[0].all("tr"):
                    number, old, new_number, new = row.all("td")
                    before += [(int(number.text), old.text)] if number.text else []
                    after += [(int(new_number.text), new.text)] if new_number.text else []
            else:
                lines = part.all("pre")[0].text.split("\n")
                first = int(part.all("i")[0].attributes["data-n"])
                before += list(enumerate(lines, first))
                after += list(enumerate(lines, after[-1][0] + 1 if after else 1))
        for shown, data in ((before, result.before), (after, result.after)):
            lines = decoded_lines(data, result.encoding)
            assert shown == list(enumerate(lines if lines[-1] else lines[:-1], 1))


def test_what_differs_in_a_line_is_marked():
    report = a_report(
        a_file(
            "gallery/models.py",
            b"a = 1\nthumb = ImageSpecField(image_field='image')\n",
            (SAFE, "found"),
            after=b"a = 1\nthumb = ImageSpecField(source='image')\nb = 2\n",
        )
    )
    (diff,) = parsed(rendered(report)).classed("diff")

    assert [element.text for element in diff.all("del", "ins")] == ["image_field", "source"]
    assert rows_of(diff)[-1] == ["", "", "3", "b = 2"]


def test_what_was_not_looked_at_is_said():
    root = parsed(rendered(hostile_report()))

    said = {item.content[0].text: item.text for item in root.classed("gaps")}
    missing, left_out = said["Missing from this report"], said["Excluded"]
    for words in ("Errors: 2 files", "</title>.py</style>", "Skipped: 1 file", "&lt;b&gt;.py<script>"):
        assert words in missing
    assert "<b>build</b>" in left_out and "mention ImageKit: 1 file<i>notes</i>.txtprose" in left_out


def test_a_result_without_code_has_neither_frame_nor_rewrite():
    read = replace(a_file("models.py", b"a = 1\n", (SAFE, "found"), after=b"b = 1\n"), before=b"", after=b"")
    root = parsed(rendered(a_report(read)))

    assert root.classed("finding") and not root.classed("frame") and not root.classed("rewrite")


def test_a_big_report_leaves_out_what_stays_the_same():
    code = b"import imagekit\n" + b"pass\n" * 30_000 + b"last = 1\n"
    page = rendered(a_report(a_file("big.py", code, (SAFE, "found"), after=code.replace(b"last", b"final"))))

    assert "29998 unchanged lines" in page
    assert len(page) < 60_000


@pytest.mark.parametrize(
    ("path", "app"),
    [
        ("site/gallery/models.py", "site/gallery"),
        ("site/gallery/models/photos.py", "site/gallery"),
        ("site/gallery/management/commands/clean.py", "site/gallery"),
        ("site/gallery/templates/gallery/photo.html", "site/gallery"),
        ("site/gallery/utils/images.py", "site/gallery"),
        ("site/settings/base.py", "site"),
        ("lib/images.py", "lib"),
        ("requirements.txt", "."),
        ("models.py", "."),
        ("templates/base.html", "."),
        ("../other/news/models.py", "../other/news"),
    ],
)
def test_the_app_of_a_file(path, app):
    others = ["site/gallery/models.py", "site/manage.py", "../other/manage.py"]
    assert app_folders([*others, path])[path] == app


def test_apps_are_called_by_as_little_of_their_path_as_tells_them_apart():
    assert app_labels(["a/news", "b/news", "news", "b/x/core", "."]) == {
        "a/news": "a/news",
        "b/news": "b/news",
        "news": "news",
        "b/x/core": "core",
        ".": "top folder",
    }


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A headless Chromium, one for all tests of this file."""
    program = find_chromium()
    if not program or os.name == "nt":
        pytest.skip(f"no Chromium: none of {', '.join(NAMES)} is on PATH, and CHROME names none")
    with Browser(program, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def show(browser, tmp_path):
    """Opens the page of a report in the browser, with this fragment."""

    def show(report, fragment=""):
        path = tmp_path / "report.html"
        path.write_text(rendered(report), "ascii")
        browser.open("about:blank")
        browser.open(path.as_uri() + fragment)
        return browser

    yield show
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
    browser.call("Emulation.setScriptExecutionDisabled", value=False)


VISIBLE = "[...document.querySelectorAll('.finding')].filter((item) => !item.closest('[hidden]'))"
# What a person does to a field, and the time that the page waits for more to be typed.
ENTER = """(async (name, value) => {
    const field = document.getElementById('filters').elements[name];
    field.value = value;
    field.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise((done) => setTimeout(done, 250));
    return [document.getElementById('shown').textContent, location.hash];
})"""


def test_filters(show, scanned):
    page = show(scanned)

    assert page.run("document.getElementById('shown').textContent") == "68 findings"
    assert page.run(f"{ENTER}('rule', 'IK203')") == ["11 of 68 findings, in 5 files", "#rule=IK203"]
    assert page.run(f"{VISIBLE}.every((item) => item.dataset.rule === 'IK203')")
    assert page.run(f"{ENTER}('app', 'photo_site/news')")[1] == "#app=photo_site%2Fnews&rule=IK203"
    assert page.run(f"{VISIBLE}.length") == 2
    assert page.run(f"{ENTER}('q', 'no such thing')")[0] == "0 of 68 findings, in 0 files"
    page.run("document.getElementById('filters').reset(), new Promise((done) => setTimeout(done, 50))")
    assert page.run(f"[{VISIBLE}.length, location.hash]") == [68, ""]
    assert page.run(f"{ENTER}('q', 'VIEWS.py invalidate')")[0] == "1 of 68 findings, in 1 file"
    assert page.run("document.querySelector('[name=kind][value=unsafe]').click()") is None
    assert page.run(f"{ENTER}('q', '')") == ["3 of 68 findings, in 3 files", "#kind=unsafe"]
    assert page.complaints == []


def test_a_filter_in_the_address_and_links_to_filters(show, scanned):
    page = show(scanned, "#work=manual&rule=IK999")

    assert page.run(f"{VISIBLE}.map((item) => item.dataset.kind)") == ["manual"]
    assert page.run(f"{VISIBLE}.every((item) => item.checkVisibility())")
    page.run("document.querySelector('.tiles .unsafe a').click()")
    assert page.run(f"[{VISIBLE}.length, location.hash]") == [3, "#work=unsafe"]
    page.run("document.querySelector('.apps tbody a').click()")
    assert page.run("document.activeElement.textContent") == "Findings"
    assert page.run(f"{VISIBLE}.every((item) => item.closest('.app').dataset.app === 'photo_site/gallery')")
    page.run("new Promise((done) => { addEventListener('popstate', () => setTimeout(done)); history.back(); })")
    assert page.run(f"[{VISIBLE}.length, location.hash]") == [3, "#work=unsafe"]
    # The text of a rule is not a filter: it unfolds, and the filter stays.
    page.run("document.querySelector('.about a[href^=\"#IK\"]').click()")
    page.run("new Promise((done) => setTimeout(done, 50))")
    assert page.run(f"[{VISIBLE}.length, document.querySelector(location.hash).checkVisibility()]") == [3, True]
    assert page.complaints == []


def test_keyboard_folds_colours_and_paper(show, scanned):
    page = show(scanned)

    page.call("Input.dispatchKeyEvent", type="keyDown", key="/", text="/")
    assert page.run("[document.activeElement.id, document.activeElement.value]") == ["q", ""]
    colour = "getComputedStyle(document.body).backgroundColor"
    page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    dark = page.run(colour)
    page.run("document.getElementById('theme').click()")
    light = page.run(colour)
    assert light != dark
    page.run("document.getElementById('fold').click()")
    assert page.run("document.querySelectorAll('#findings details[open]').length") == 0
    page.run("dispatchEvent(new Event('beforeprint'))")
    page.call("Emulation.setEmulatedMedia", media="print")
    assert page.run("document.querySelectorAll('details:not([open])').length") == 0
    assert (
        page.run("[...document.querySelectorAll('button, input, select')].some((item) => item.checkVisibility())")
        is False
    )
    page.run("dispatchEvent(new Event('afterprint'))")
    assert page.run("document.querySelectorAll('#findings details[open]').length") == 0
    assert page.complaints == []


@pytest.mark.parametrize(("width", "media"), [(380, ""), (794, "print")], ids=["telephone", "paper"])
def test_nothing_is_wider_than_the_page(show, scanned, width, media):
    page = show(scanned)

    page.call("Emulation.setEmulatedMedia", media=media)
    page.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    try:
        assert page.run("document.documentElement.scrollWidth") == width
        captions = "[...document.querySelectorAll('caption')].filter((item) => item.checkVisibility())"
        assert page.run(f"{captions}.every((item) => item.getBoundingClientRect().right <= {width})")
    finally:
        page.call("Emulation.clearDeviceMetricsOverride")


def test_a_rewrite_of_what_the_baseline_has_is_shown_too(show):
    quiet = a_file("news/models.py", b"a = 1\n", (SAFE, "in the baseline"), after=b"b = 1\n")
    quiet = replace(quiet, baselined=quiet.findings, findings=())
    page = show(a_report(quiet, a_file("shop/models.py", b"c = 1\n", (MANUAL, "new"))))
    files = "[...document.querySelectorAll('.file')].filter((file) => !file.closest('[hidden]'))"

    assert page.run(f"{files}.map((file) => file.querySelector('summary').textContent.trim().split('\\n'))") == [
        ["shop/models.py", "1 finding (1 manual)"],
        ["news/models.py", "0 findings"],
    ]
    assert page.run(f"{ENTER}('q', 'News MODELS')")[0] == "0 of 1 finding, in 1 file"
    assert page.run(f"{files}.length") == 1
    page.run("document.querySelector('[name=kind]').click()")
    assert page.run(f"{ENTER}('q', '')")[0] == "1 finding"
    assert page.run(f"{files}.length") == 1
    assert page.complaints == []


def test_hostile_code_does_nothing_in_a_browser(show):
    page = show(hostile_report(), "#q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E")

    assert page.run("document.getElementById('shown').textContent") == "2 of 3 findings, in 1 file"
    page.run("document.querySelector('.apps tbody a').click()")
    page.run("document.getElementById('unfold').click()")
    page.run("new Promise((done) => setTimeout(done, 50))")
    assert page.run("document.querySelectorAll('img, iframe, main script').length") == 0
    assert page.complaints == []
    assert [request for request in page.requests if not request.startswith("file:")] == []
    assert len(page.requests) == 1


def test_without_scripts_all_can_be_read(show, scanned, browser):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    page = show(scanned, "#app=photo_site/news")

    # The tests look with a script of their own, which may run.
    browser.call("Emulation.setScriptExecutionDisabled", value=False)
    assert page.run("document.getElementById('filters').checkVisibility()") is False
    assert page.run(f"{VISIBLE}.length") == 68
    assert page.run("document.querySelector('[data-kind=manual]').checkVisibility()")
    assert page.run("Math.abs(document.querySelector(':target').getBoundingClientRect().top) < 50")


def test_head_says_how_the_report_was_made(run, photo_site, git):
    git(photo_site, "init")
    git(photo_site, "add", ".")
    git(photo_site, "commit", "-m", "first")
    page = parsed(run("scan", "--format", "html", cwd=photo_site, env={"SOURCE_DATE_EPOCH": "1777638600"}).stdout)
    (head,) = page.classed("run")
    said = dict(zip((item.text for item in head.all("dt")), (item.text for item in head.all("dd")), strict=True))
    assert said["Project"] == "photo_site"
    assert said["Revision"] == git(photo_site, "rev-parse", "HEAD").stdout.strip()[:12]
    assert said["Date"] == "2026-05-01 12:30 UTC"
    assert said["Target"].startswith("django-imagekit 4.0 (")
    assert said["Command"] == "ik-migrate scan --format html"


def test_blocked_findings_and_the_hint_to_ignore_are_shown():
    result = a_file("models.py", b"a = 1\n", (MANUAL, "cause"))
    (cause,) = result.findings
    blocked = replace(cause, message="waits").as_blocked(Blocker(cause.rule.code, cause.location.line))
    cause = replace(cause, blocks=(blocked,))
    text = parsed(rendered(a_report(replace(result, findings=(cause,))))).classed("finding")[0].text
    assert "waits for this one" in text
    assert f"add # ik-migrate: ignore[{cause.rule.code}] to line {cause.location.line}" in text
