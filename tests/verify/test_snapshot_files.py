"""A snapshot is a file from somebody else: whatever is in it, it is refused in one line or reported without harm."""

from __future__ import annotations

import base64
import io
import json
import os
import resource
import subprocess
import time
import zlib
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from command import ROOT, command_line
from snapshot_sample import FINGERPRINT, SNAPSHOT, at, error, image, make_snapshot, pack, places, put, source, spec

from ik_migrate.verify.comparison import check, compare
from ik_migrate.verify.events import NotAnEvent, read_event
from ik_migrate.verify.html_report import write_html
from ik_migrate.verify.json_report import write_json
from ik_migrate.verify.snapshot import NotASnapshot, Snapshot, TooLarge, read_snapshot
from ik_migrate.verify.text_report import write_text

VERIFY = ROOT / "ik_migrate" / "verify"
SCHEMA = jsonschema.Draft202012Validator(json.loads((VERIFY / "snapshot-schema.json").read_text()))
REPORT_SCHEMA = jsonschema.Draft202012Validator(json.loads((VERIFY / "schema.json").read_text()))


@pytest.fixture
def read(tmp_path):
    """Reads a snapshot of this content."""

    def read(data) -> Snapshot:
        path = tmp_path / "before.json"
        path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
        return read_snapshot(path)

    return read


def refusal(read, data):
    """The one line that a snapshot is refused with."""
    with pytest.raises(NotASnapshot) as raised:
        read(data)
    line = str(raised.value)
    assert line.isprintable() and len(line) < 500
    return line.partition("before.json")[2]


def reports(comparison):
    """The comparison in each format."""
    found = {}
    for name, write in (("text", write_text), ("json", write_json), ("html", write_html)):
        stream = io.StringIO()
        write(comparison, stream)
        found[name] = stream.getvalue()
    return found


# What it must be ---------------------------------------------------------------------------------


def test_sample_is_read_and_written_as_it_was(read, tmp_path):
    snapshot = read(SNAPSHOT)
    SCHEMA.validate(SNAPSHOT)
    snapshot.write(tmp_path / "again.json")
    written = json.loads((tmp_path / "again.json").read_text())
    assert {**written, "tool": None} == {**SNAPSHOT, "tool": None}
    assert read_snapshot(tmp_path / "again.json") == snapshot


VALUES = [
    None,
    True,
    -1,
    0,
    1,
    7.5,
    2**60,
    "",
    "word",
    "\udc80",
    "\ud800",
    "x" * 10_001,
    [],
    [1],
    ["a", {}],
    {},
    {"a": 1},
]


def is_valid_at(data, place):
    """Whether the schema takes what is at a place; all else is that of the sample."""
    value, part = data[place[0]], SCHEMA.schema["properties"][place[0]]
    if len(place) > 1 and "items" in part:
        value, part = value[place[1]], part["items"]
    return SCHEMA.evolve(schema=part).is_valid(value)


@pytest.mark.parametrize("key", SNAPSHOT)
def test_wrong_values_are_refused_as_the_schema_says(read, key):
    """Each value is replaced by others. What is accepted all the same can be compared and reported."""
    good = read(SNAPSHOT)
    accepted = 0
    for place in [(key,), *places(SNAPSHOT[key], (key,))] if isinstance(SNAPSHOT[key], dict | list) else [(key,)]:
        for value in VALUES:
            data = make_snapshot()
            put(data, place, value)
            is_valid = is_valid_at(data, place)
            try:
                snapshot = read(data)
            except NotASnapshot as error:
                assert str(error).isprintable() and len(str(error)) < 500
                # An empty text is base64, but not a fingerprint; nor can a schema count what is the same.
                assert not is_valid or place[-1] == "fingerprint" or "recorded once" in str(error), (place, value)
                continue
            assert is_valid, (place, value)
            accepted += 1
            reports(compare(good, snapshot))
            REPORT_SCHEMA.validate(json.loads(reports(compare(snapshot, good))["json"]))
    assert accepted or key in {"version", "kind"}


@pytest.mark.parametrize("key", SNAPSHOT)
def test_missing_and_unknown_keys_are_refused_as_the_schema_says(read, key):
    inner = SNAPSHOT[key]
    for place in [(), *((key, *rest) for rest in ((), *(places(inner) if isinstance(inner, dict | list) else ())))]:
        value = at(SNAPSHOT, place)
        if not isinstance(value, dict):
            continue
        for name in [*value, "surplus"]:
            data = make_snapshot()
            target = at(data, place)
            if name == "surplus":
                target[name] = None
            else:
                del target[name]
            try:
                read(data)
                is_read = True
            except NotASnapshot:
                is_read = False
            assert is_read == SCHEMA.is_valid(data), (place, name)


def test_record_that_ends_in_two_ways_is_refused(read):
    for changes in ({"image": image(), "error": error()}, {"error": error(), "skipped": "x"}, {}):
        data = make_snapshot()
        data["images"] = [{"spec": "a.b.c", "case": "row 1", "source": source(), **changes}]
        assert "images[0] must be an image with its source, an error, or" in refusal(read, data)
        assert not SCHEMA.is_valid(data)


REFUSED = {
    "empty": (b"", "it is not JSON"),
    "cut": (json.dumps(SNAPSHOT).encode()[:2000], "it is not JSON"),
    "UTF-16": (json.dumps(SNAPSHOT).encode("utf-16"), "it is not UTF-8 at byte 0"),
    "Latin-1": (json.dumps(SNAPSHOT).replace("photos/a", "photos/ä").encode("latin-1"), "it is not UTF-8 at byte"),
    "list": (b"[]", "is not a snapshot"),
    "other kind": (b'{"kind": "other"}', "is not a snapshot"),
    "later version": (b'{"kind": "ik-migrate snapshot", "version": 3}', "is a snapshot of version 3"),
    "no version": (b'{"kind": "ik-migrate snapshot", "version": "1"}', "version must be an integer"),
    "NaN": (json.dumps(SNAPSHOT).replace("3.25", "NaN").encode(), "NaN is not a JSON number"),
    "Infinity": (json.dumps(SNAPSHOT).replace("3.25", "-Infinity").encode(), "-Infinity is not a JSON number"),
    "overflow": (json.dumps(SNAPSHOT).replace("3.25", "1e999").encode(), "the number 1e999 is too large"),
    "huge integer": (json.dumps(SNAPSHOT).replace("1234", "9" * 100_000).encode(), "the number 999999999999999999..."),
    "huge exponent": (json.dumps(SNAPSHOT).replace("30.0", "1e300").encode(), "options.time_limit must be a number"),
    "key twice": (b'{"kind": "other", "kind": "ik-migrate snapshot"}', "the key 'kind' is given twice in one object"),
    "nested lists": (b"[" * 200_000 + b"]" * 200_000, "it is nested too deeply"),
    "nested objects": (b'{"a":' * 200_000 + b"1" + b"}" * 200_000, "it is nested too deeply"),
    "many values": (b"[" + b"[]," * 4_000_000 + b"[]]", "it has more than 4,000,000 values"),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_snapshot_is_refused(read, data, reason):
    assert reason in refusal(read, data)


def test_image_that_is_recorded_twice_is_refused(read):
    data = make_snapshot()
    data["images"].append(data["images"][0])
    assert "images[4] must be an image that is recorded once" in refusal(read, data)


BOMBS = {
    "unpacks to more": zlib.compress(bytes(10_000_000)),
    "one byte too many": zlib.compress(bytes(1281)),
    "too short": zlib.compress(bytes(1279)),
    "cut": zlib.compress(os.urandom(1280))[:-20],
    "trailing data": zlib.compress(bytes(1280)) + b"more",
    "not packed": bytes(1280),
}


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_what_is_no_fingerprint_is_refused(read, data):
    snapshot = make_snapshot()
    snapshot["images"][0]["image"]["fingerprint"] = base64.b64encode(data).decode()[:4000]
    assert "images[0].image.fingerprint must be a" in refusal(read, snapshot)


def test_fingerprint_of_any_content_is_read(read):
    snapshot = make_snapshot()
    snapshot["images"][0]["image"]["fingerprint"] = pack(os.urandom(1280))
    read(snapshot)


# What it may cost --------------------------------------------------------------------------------

MEMORY = 1536 * 1024 * 1024


def bounded():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def with_keys(place, number):
    data = make_snapshot()
    at(data, place).update(
        {f"key{index}.a.b": at(data, place).get(next(iter(at(data, place)))) for index in range(number)}
    )
    return json.dumps(data).encode()


def with_items(key, number, item):
    data = make_snapshot()
    data[key] = [item(index) for index in range(number)]
    return json.dumps(data).encode()


COSTLY = {
    "fingerprint of 1 GB": lambda: (
        json.dumps(SNAPSHOT).replace(FINGERPRINT, base64.b64encode(zlib.compress(bytes(1 << 30), 9)).decode()).encode()
    ),
    "100,000 keys": lambda: with_keys((), 100_000),
    "100,000 specs": lambda: with_keys(("specs",), 100_000),
    "100,000 options": lambda: with_keys(("specs", "shop.Photo.small", "options"), 100_000),
    "100,000 attributes": lambda: with_keys(("images", 0, "processors", 0, 1), 100_000),
    "100,000 fields": lambda: with_items(
        "images", 100_000, lambda index: {"spec": f"a.B.f{index}", "case": "row 1", "skipped": "x"}
    ),
    "20,000 fields": lambda: with_items(
        "images", 20_000, lambda index: {"spec": f"a.B.f{index}", "case": "row 1", "skipped": "x"}
    ),
    "100,000 problems": lambda: with_items("problems", 100_000, lambda index: {"where": "x", "error": error()}),
    "1,000,000 notes": lambda: with_items("notes", 1_000_000, lambda index: "x"),
    "50,000,000 lists": lambda: b"[" + b"[]," * 50_000_000 + b"[]]",
    "text of 200 MB": lambda: json.dumps(SNAPSHOT).replace("mysite.settings", "x" * 200_000_000).encode(),
    "300 MB": lambda: b" " * 300_000_000,
}


@pytest.mark.parametrize("make", COSTLY.values(), ids=COSTLY)
def test_costly_snapshot_is_refused_soon(start, tmp_path, make):
    path = tmp_path / "before.json"
    path.write_bytes(make())
    begun = time.monotonic()
    process = start("verify", tmp_path, "--settings", "x", "--against", path, preexec_fn=bounded)
    out, err = process.communicate(timeout=60)
    seconds = time.monotonic() - begun
    assert (process.returncode, out) == (2, b""), err
    assert err.startswith(b"Error: ") and err.count(b"\n") == 1 and len(err) < 600, err
    assert b"before.json" in err and b"please report" not in err
    assert seconds < 20


@pytest.mark.parametrize("path", ["/dev/zero", "sparse", "pipe"])
def test_file_without_end_is_not_read(start, tmp_path, path):
    if path == "sparse":
        with open(tmp_path / path, "wb") as stream:
            stream.truncate(10 << 30)
    elif path == "pipe":
        os.mkfifo(tmp_path / path)
    process = start("verify", tmp_path, "--settings", "x", "--against", tmp_path / path, preexec_fn=bounded)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, b"")
    assert err.count(b"\n") == 1
    assert b"not a regular file" in err or b"it is larger than 256 MB" in err


def test_largest_snapshot_is_compared_within_seconds(read):
    """Of 10,000 fields, all of which differ."""
    data = make_snapshot()
    data["specs"] = {f"shop.Photo.f{index}": spec() for index in range(10_000)}
    entry = {"case": "row 1", "source": source(), "name": "a", "default_name": False, "url": "/a"}
    data["images"] = [
        {"spec": f"shop.Photo.f{index}", **entry, "image": image(size=[100 + index % 7, 75])} for index in range(10_000)
    ]
    begun = time.process_time()
    before = read(data)
    for entry in data["images"]:
        entry["image"]["size"] = [50, 50]
    written = reports(compare(before, read(data)))
    assert time.process_time() - begun < 60
    assert written["text"].count("shop.Photo.f") == 10_000


def test_hostile_text_does_not_take_long(read):
    """Texts that a pattern would be tried on again and again."""
    data = make_snapshot()
    data["specs"]["shop.Photo.small"]["processors"] = "ResizeToFit(mat_color=[" * 430
    data["rows"][1]["problem"]["message"] = "a" * 9_999
    data["notes"] = ["`" * 9_999]
    data["images"][1]["error"]["message"] = "unexpected keyword argument " * 350
    data["images"][0]["name"] = "1" * 9_999
    after = make_snapshot()
    after["specs"]["shop.Photo.small"]["processors"] = "ResizeToFit(mat_color=[" * 430
    after["images"][0]["name"] = "1" * 9_998
    after["images"][0]["image"]["fingerprint"] = pack(bytes(1280))
    after["images"][0]["image"]["pixels"] = "0" * 40
    after["rows"][1]["problem"]["message"] = "a" * 9_999
    begun = time.process_time()
    reports(compare(read(data), read(after)))
    assert time.process_time() - begun < 5


def test_what_nobody_could_read_is_not_written(read, tmp_path, monkeypatch):
    snapshot = read(SNAPSHOT)
    monkeypatch.setattr("ik_migrate.verify.snapshot._LARGEST", 1000)
    with pytest.raises(TooLarge):
        snapshot.write(tmp_path / "again.json")
    monkeypatch.undo()
    for index in range(50_000):
        snapshot.add("shop.Photo.small", f"row {index}", snapshot.cases("shop.Photo.large")["row 1"])
    with pytest.raises(TooLarge, match=r"50,00\d images are more"):
        snapshot.write(tmp_path / "again.json")
    assert not (tmp_path / "again.json").exists()


# What is shown of it -----------------------------------------------------------------------------

MARKUP = "\"'></pre></code><script>alert(1)</script><img src=x onerror=alert(1)><!--"
ESCAPES = "\x1b]0;title\x07\x1b[31m\x9b31m\r\x08\u202e\u2066\x00"
ELEMENTS = frozenset(
    {"html", "head", "meta", "title", "style", "body", "a", "header", "main", "section", "article", "div", "span", "p"}
    | {"h1", "h2", "h3", "strong", "pre", "code", "details", "summary", "table", "caption", "tr", "th", "td"}
    | {"figure", "figcaption", "svg", "image", "use", "thead", "tbody", "ul", "li"}
)
ATTRIBUTES = frozenset(
    {"lang", "charset", "name", "content", "http-equiv", "class", "href", "id", "scope", "open", "role", "aria-label"}
    | {"width", "height", "viewbox", "tabindex"}
)


class Page(HTMLParser):
    """Collects what a page is made of, as a browser would see it."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")


def check_page(text):
    page = Page(text)
    for tag, attributes in page.elements:
        assert tag in ELEMENTS and attributes.keys() <= ATTRIBUTES, (tag, attributes)
        address = attributes.get("href", "#")
        assert address.startswith("#") or (tag == "image" and address.startswith("data:image/")), address
    policies = [attributes for tag, attributes in page.elements if attributes.get("http-equiv")]
    assert policies[0]["content"].startswith("default-src 'none';")
    check_plain(text)


def check_plain(text):
    """See that nothing can take a terminal over."""
    assert all(line.isprintable() for line in text.split("\n"))


def texts(value, above=()):
    """The places of all texts that may be anything."""
    for place in places(value, above):
        inner = at(value, place)
        is_fixed = place[0] in {"kind", "tool"} or place[-1] in {"kind", "naming", "sha1", "pixels", "fingerprint"}
        if isinstance(inner, str) and not is_fixed and "view" not in place:
            yield place


@pytest.mark.parametrize("payload", [MARKUP, ESCAPES], ids=["markup", "escapes"])
@pytest.mark.parametrize("key", [key for key in SNAPSHOT if key not in {"version", "kind", "tool"}])
def test_no_text_of_a_snapshot_becomes_markup(read, key, payload):
    for place in texts(SNAPSHOT):
        if place[0] == key:
            check_reports(read, place, payload)


def check_reports(read, place, payload):
    data = make_snapshot()
    prefix = "shop.Photo." if place[-1] == "spec" else ""
    put(data, place, prefix + payload)
    hostile, good = read(data), read(SNAPSHOT)
    for comparison in (compare(hostile, good), compare(good, hostile), compare(hostile, hostile), check(hostile)):
        written = reports(comparison)
        check_page(written["html"])
        check_plain(written["text"])
        assert written["json"].isascii()
        REPORT_SCHEMA.validate(json.loads(written["json"]))


@pytest.mark.parametrize("payload", [MARKUP, ESCAPES], ids=["markup", "escapes"])
def test_no_key_of_a_snapshot_becomes_markup(read, payload):
    data = make_snapshot()
    data["specs"][f"shop.Photo.{payload}"] = spec(options={payload: payload})
    data["images"][0]["processors"] = [[payload, {payload: "1"}]]
    data["images"][0]["spec"] = f"shop.Photo.{payload}"
    other = json.loads(json.dumps(data))
    other["specs"][f"shop.Photo.{payload}"]["options"] = {payload: "other"}
    other["images"][0]["processors"] = [[payload, {payload: "2"}]]
    other["images"][0]["image"]["quality"] = None
    written = reports(compare(read(data), read(other)))
    check_page(written["html"])
    check_plain(written["text"])


@pytest.mark.parametrize("size", ["1 onload=alert(1)", ['100" onload="alert(1)', 75], [1e3, 75], [[100], 75]])
def test_size_that_is_no_size_is_refused(read, size):
    data = make_snapshot()
    data["images"][0]["image"]["size"] = size
    assert "images[0].image.size" in refusal(read, data)


@pytest.mark.parametrize(
    "view",
    [
        {"type": "text/html", "data": ""},
        {"type": "image/svg+xml", "data": ""},
        {"type": "image/png", "data": '"/><script>'},
        {"type": "image/png", "data": "AAAA\n"},
        {"type": "image/png;base64,AAAA", "data": ""},
    ],
)
def test_view_that_is_no_image_is_refused(read, view):
    data = make_snapshot()
    data["images"][0]["image"]["view"] = view
    assert "images[0].image.view" in refusal(read, data)


def test_hostile_key_in_an_error_is_shown_as_an_escape(read):
    data = make_snapshot()
    data["options"][ESCAPES] = 1
    assert "options has an unknown key, '\\x1b]0;title\\x07" in refusal(read, data)


def test_terminal_is_not_taken_over_by_the_command(run, tmp_path):
    """A path, and what a snapshot says, in a message."""
    path = tmp_path / f"before{ESCAPES}.json".replace("\x00", "")
    data = make_snapshot()
    data["version"] = 1
    data[ESCAPES] = 1
    path.write_text(json.dumps(data))
    for arguments in (["--against", path], ["--against", tmp_path / "\x1b[31mmissing.json"]):
        done = run("verify", tmp_path, "--settings", "x", "--python", "false", *arguments)
        assert (done.status, done.stdout) == (2, "")
        check_plain(done.stderr)
    done = run("verify", tmp_path, "--settings", "\x1b[31mx", "--python", "\x1b[31mpython")
    assert done.status == 2
    check_plain(done.stderr)


# What the interpreter of the site says -----------------------------------------------------------


def event(kind, **values):
    return json.dumps({"event": kind, **values}).encode()


def test_event_that_is_too_long_is_cut(tmp_path):
    frames = [{"file": "a", "line": number, "function": "", "code": ""} for number in range(3000)]
    case = read_event(
        event(
            "image",
            spec="a.B.c",
            case="row 1",
            processors=[["x", {f"a{index}": "v" for index in range(5000)}]],
            error={"type": "RecursionError", "message": "\ud800" + "x" * 100_000, "traceback": frames},
        )
    )
    record = case.record
    assert record.error.message.startswith("\ufffdxxx") and len(record.error.message) == 10_000
    lines = [frame.line for frame in record.error.traceback]
    assert (lines[0], lines[-1], len(lines)) == (0, 2999, 200)
    snapshot = read_snapshot(write(tmp_path, case))
    assert snapshot.cases("a.B.c")["row 1"] == record


def write(tmp_path, case):
    path = tmp_path / "before.json"
    path.write_text(json.dumps(SNAPSHOT))
    snapshot = read_snapshot(path)
    snapshot.add(case.label, case.case, case.record)
    snapshot.write(path)
    return path


@pytest.mark.parametrize(
    "line",
    [
        b"y\n",
        b"\xff\xfe\n",
        b"[]\n",
        b"{}\n",
        b"[" * 100_000,
        event("other"),
        event("stage"),
        event("stage", stage=1),
        event("image", spec="a.B.c", case="row 1"),
        event("image", spec="abc", case="row 1", skipped="x"),
        event("rows", model="a.B", field="c", total=-1, rows=[], problem=None),
        event("environment", python="3"),
        event("fatal", error="no"),
        b'{"event": ["stage"], "stage": "x"}',
    ],
)
def test_line_that_is_no_event_is_refused(line):
    with pytest.raises(NotAnEvent) as raised:
        read_event(line)
    assert str(raised.value).isprintable() and len(str(raised.value)) < 1000


@pytest.mark.parametrize("command", ["yes", "cat /dev/zero", "cat /dev/urandom", "printf '{}\\n'"])
def test_interpreter_that_is_none_ends_soon(start, tmp_path, command):
    interpreter = tmp_path / "interpreter"
    interpreter.write_text(f"#!/bin/sh\nexec {command}\n")
    interpreter.chmod(0o755)
    process = start("verify", tmp_path, "--settings", "x", "--python", interpreter, preexec_fn=bounded)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, b"")
    assert b"The output of the interpreter cannot be read: is it Python?" in err
    assert len(err) < 2000
    check_plain(err.decode())


@pytest.mark.parametrize("command", ["snapshot", "verify"])
def test_debug_shows_the_traceback(environment, tmp_path, command):
    """Of an error of our own, which a module put in the way makes here."""
    (tmp_path / "sitecustomize.py").write_text(
        "import ik_migrate.verify.project_folder as module\n"
        "def fail(path):\n    raise ZeroDivisionError('made for a test')\n"
        "module.project_folder = fail\n"
    )
    arguments = [command, ".", "--settings", "x", *(["-o", "x.json"] if command == "snapshot" else [])]
    env = environment(PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    for debug in (False, True):
        done = subprocess.run(
            [*command_line(module=True), *arguments, *["--debug"] * debug],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ("Traceback" in done.stderr) == debug
        assert "made for a test" in done.stderr
        assert debug or done.returncode == 2


def test_schema_is_installed():
    text = (ROOT / "pyproject.toml").read_text()
    assert "verify/snapshot-schema.json" in text
    assert Path(VERIFY / "snapshot-schema.json").is_file()
