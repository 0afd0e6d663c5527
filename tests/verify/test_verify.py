"""``snapshot`` and ``verify``: a site is looked at by its own interpreter, and nothing is changed by that.

Both sides of an upgrade are run here by the interpreter of the tests, with ImageKit 3. For ImageKit 2 see
``test_verify_imagekit2.py``.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from command import ROOT, command_line

from ik_migrate.verify.project_folder import project_folder, settings_module

SITE = ROOT / "tests" / "fixtures" / "verify_site"
SCHEMA = json.loads((ROOT / "ik_migrate" / "verify" / "schema.json").read_text("utf-8"))
PYTHON = ("--python", sys.executable)


@pytest.fixture(scope="session")
def filled(tmp_path_factory):
    """The site with eight rows that have images, one that has none, and two thumbnails."""
    folder = Path(shutil.copytree(SITE, tmp_path_factory.mktemp("verify") / "site"))
    subprocess.run([sys.executable, "-B", "fill.py"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def snapshot(filled, environment):
    """What was recorded of the site, with the images."""
    path = filled.with_name("before.json")
    command = [*command_line(), "snapshot", *PYTHON, "--images", "--sample", "4", "-o", path, filled]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return path


@pytest.fixture
def site(filled, tmp_path):
    """A copy of the filled site, to be changed."""
    return Path(shutil.copytree(filled, tmp_path / "site"))


def edit(path, *changes):
    """Replaces text in a file; each must be there."""
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text, f"{old!r} is not in {path}"
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def report_of(finished):
    """The JSON report, which has the form that the schema describes."""
    report = json.loads(finished.stdout)
    jsonschema.validate(report, SCHEMA)
    return report


def verdicts(report):
    return {field["field"]: field["verdict"] for field in report["fields"]}


def differences(report, field):
    """What differs in a field, with the rule that explains it, tolerated differences left out."""
    (found,) = [entry for entry in report["fields"] if entry["field"] == field]
    told = found["differences"] + [one for image in found["images"] for one in image["differences"]]
    return {(one["what"], one["rule"]) for one in told if one["verdict"] != "equal within tolerance"}


def test_the_same_site_is_equal_and_stays_as_it_is(filled, snapshot, run, tmp_path, contents):
    # A journal beside the database, cached states and thumbnails are there already; the site prints and logs.
    before = contents(filled)
    copy = shutil.copytree(filled, tmp_path / "copy")
    copied = contents(copy)
    output = tmp_path / "again.json"
    taken = run("snapshot", filled, *PYTHON, "-o", output, cwd=filled)
    assert (taken.status, taken.stderr) == (0, "")
    verified = run("verify", copy, *PYTHON, "--against", snapshot, "--format", "json")
    report = report_of(verified)
    assert (verified.status, verified.stderr) == (0, "")
    found = verdicts(report)
    assert found.pop("shop.Poster.shown") == "no source"
    assert set(found.values()) == {"equal"}
    assert contents(filled) == before
    assert contents(copy) == copied
    assert {path.name for path in tmp_path.iterdir()} == {"copy", "again.json"}


def test_the_sample_has_the_first_and_the_last_row_and_the_smallest_and_the_largest_image(snapshot):
    (rows,) = [entry for entry in json.loads(snapshot.read_text())["rows"] if entry["model"] == "shop.Item"][1:]
    assert rows["field"] == "picture"
    assert rows["total"] == 8
    assert rows["rows"] == ["1", "4", "6", "8"]


def test_what_differs_is_told_with_its_rule(site, snapshot, run, tmp_path):
    edit(
        site / "shop" / "models.py",
        ("ResizeToFit(100, 100, upscale=False)", "ResizeToFit(100, 100)"),
        ("ResizeToFit(80, 80, upscale=False)", "ResizeToFit(80, 80)"),
        ("'tiles/%s-%s.png'", "'squares/%s-%s.png'"),
        ("options={'quality': 90}", "options={'quality': 60}"),
        ("        cachefile_strategy='imagekit.cachefiles.strategies.Optimistic',\n", ""),
        ("source='small', format='PNG'", "source='small', format='GIF'"),
        ("    loud = ", "    quiet = "),
    )
    verified = run("verify", site, *PYTHON, "--against", snapshot, "--format", "json")
    report = report_of(verified)
    assert verified.status == report["summary"]["exit_status"] == 1
    assert differences(report, "shop.Item.small") == {("processors", "IK203"), ("size", "IK203")}
    assert differences(report, "shop.Item.label") == {("size", "IK203")}
    assert differences(report, "shop.Item.tile") == {("name", "")}
    assert differences(report, "shop.Item.sharp") == {("options", "")}
    assert differences(report, "shop.Item.early") == {("moment", "IK401")}
    assert ("format", "") in differences(report, "shop.Item.grain")
    assert differences(report, "shop.Item.loud") == {("field", "IK102")}
    found = verdicts(report)
    assert (found["shop.Item.tile"], found["shop.Item.loud"], found["shop.Item.quiet"]) == (
        "name changed",
        "failed after",
        "new",
    )
    # Only the row with the small image, and the made-up one, are enlarged.
    (small,) = [field for field in report["fields"] if field["field"] == "shop.Item.small"]
    enlarged = [image["case"] for image in small["images"] if "size" in {one["what"] for one in image["differences"]}]
    assert enlarged == ["row 4", "made-up small"]

    page = tmp_path / "report.html"
    shown = run("verify", site, *PYTHON, "--against", snapshot, "--format", "html", "-o", page, "--exit-zero")
    assert (shown.status, shown.stdout) == (0, "")
    check_page(page.read_text("utf-8"))


class Page(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, text):
        super().__init__()
        self.elements = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def check_page(text):
    page = Page(text)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    # Pictures before and after and their difference, each with a name for those who can't see it.
    assert page.all("svg")
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in page.all("svg"))
    assert {use["href"].removeprefix("#") for use in page.all("use")} <= set(ids)
    assert len(page.all("use")) * 3 <= len(page.all("svg")) * 2
    assert all(image["href"].startswith("data:image/") for image in page.all("image"))
    # It needs nothing from elsewhere, and works without a script.
    assert not page.all("script") and not page.all("link")
    assert not re.search(r"(src|href)=\"(https?:|//)", text)
    assert page.all("html") == [{"lang": "en"}]
    assert "color-scheme: light dark" in text


def test_a_site_that_does_not_load(site, snapshot, run):
    models = site / "shop" / "models.py"
    edit(models, ("source='picture', format='JPEG')", "image_field='picture', format='JPEG')"))
    verified = run("verify", site, *PYTHON, "--against", snapshot)
    assert verified.status == 1
    assert "Does not load: models of app shop" in verified.stdout
    line = 1 + models.read_text("utf-8").splitlines().index(
        "    small = ImageSpecField([ResizeToFit(100, 100, upscale=False)], image_field='picture', format='JPEG')"
    )
    assert f'shop/models.py", line {line}, in Goods' in verified.stdout
    assert "IK101" in verified.stdout
    alone = run("verify", site, *PYTHON, "--format", "json")
    (problem, *_) = report_of(alone)["problems"]
    assert (alone.status, problem["rule"]) == (1, "IK101")


TROUBLE = """\
class Endless(object):
    def process(self, image):
        while image.size == (40, 30):
            pass
        return image


class Deadly(object):
    def process(self, image):
        return os._exit(3) if image.size == (40, 30) else image


class Loud("""


def test_a_image_that_fails_hangs_or_ends_the_interpreter_does_not_hide_the_others(site, run):
    edit(
        site / "shop" / "models.py",
        ("import logging\n", "import logging\nimport os\n"),
        ("class Loud(", TROUBLE),
        ("[ResizeToFill(60, 60)]", "[Endless(), ResizeToFill(60, 60)]"),
        ("[ResizeToFill(50, 50)]", "[Deadly(), ResizeToFill(50, 50)]"),
        ("[ResizeToFill(30, 30)]", "lambda instance, file: []"),
    )
    edit(site / "shop" / "admin.py", ("image_field='small'", "image_field='smaller'"))
    verified = run("verify", site, *PYTHON, "--sample", "0", "--synthetic", "--time-limit", "1.5", "--format", "json")
    report = report_of(verified)
    assert verified.status == 1
    found = verdicts(report)
    assert found["shop.Item.tile"] == found["shop.Item.small"] == "works"
    messages = {
        field["field"]: {one["after"] for image in field["images"] for one in image["differences"]}
        for field in report["fields"]
    }
    assert messages["shop.Item.sharp"] == {"TookTooLong: took longer than 1.5 seconds"}
    assert messages["shop.Item.early"] == {"InterpreterStopped: the interpreter ended with status 3"}
    assert differences(report, "shop.Item.grain") == {("error", "IK201")}
    (admin,) = report["problems"]
    assert admin["where"] == "ItemAdmin.thumbnail in the admin"


MANAGE = """\
import os, sys

if __name__ == '__main__':
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.join(here, 'apps'))
    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'other')
    os.environ.setdefault('SHOP_MEDIA', 'media')
    from django.core.management import execute_from_command_line
    execute_from_command_line(sys.argv)
    open('ran', 'w').close()
"""


def test_what_manage_py_sets_up_holds(site, snapshot, run):
    (site / "apps").mkdir()
    (site / "shop").rename(site / "apps" / "shop")
    (site / "manage.py").write_text(MANAGE)
    edit(site / "settings.py", ("os.path.join(BASE, 'media')", "os.path.join(BASE, os.environ['SHOP_MEDIA'])"))
    verified = run("verify", site, *PYTHON, "--settings", "settings", "--against", snapshot)
    assert (verified.status, verified.stderr) == (0, "")
    assert not (site / "ran").exists()

    (site / "manage.py").write_text("import not_there\n")
    failed = run("verify", site, *PYTHON, "--settings", "settings", "--pythonpath", "apps", env={"SHOP_MEDIA": "media"})
    assert failed.status == 0
    assert "manage.py fails: ModuleNotFoundError: No module named 'not_there'" in " ".join(failed.stdout.split())


def test_rows_that_say_nothing_about_the_upgrade(site, snapshot, run):
    goods = site / "media" / "goods"
    (goods / "item4.jpg").unlink()
    shutil.copyfile(goods / "item1.jpg", goods / "item6.jpg")
    code = "import sqlite3; c = sqlite3.connect('shop.db'); c.execute('delete from shop_item where id = 8'); c.commit()"
    subprocess.run([sys.executable, "-c", code], cwd=site, check=True)
    verified = run("verify", site, *PYTHON, "--against", snapshot, "--format", "json")
    report = report_of(verified)
    assert verified.status == 0
    (small,) = [field for field in report["fields"] if field["field"] == "shop.Item.small"]
    reasons = {image["case"]: image["reason"] for image in small["images"] if image["reason"]}
    assert reasons == {
        "row 4": "the source file is not there now",
        "row 6": "the source image was replaced after the snapshot",
        "row 8": "the row is not there now",
    }


ENGINE = """\
from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self):
        parameters = super().get_connection_params()
        parameters['database'] = parameters.pop('file')
        return parameters
"""


def test_a_database_that_is_not_there(site, snapshot, run):
    (site / "shop.db").unlink()
    verified = run("verify", site, *PYTHON, "--against", snapshot)
    assert verified.status == 1
    assert "Not compared\n" in verified.stdout
    assert "the made-up image is in another row (row 1 before, unsaved now)" in verified.stdout
    assert "Only unsaved instances were used for shop.Item" in verified.stdout
    assert not (site / "shop.db").exists()


def test_a_database_that_can_not_be_copied_is_only_read(site, run, contents):
    (site / "engine").mkdir()
    (site / "engine" / "__init__.py").touch()
    (site / "engine" / "base.py").write_text(ENGINE)
    edit(
        site / "settings.py",
        ("'ENGINE': 'django.db.backends.sqlite3'", "'ENGINE': 'engine'"),
        ("'NAME': os.path.join(BASE, 'shop.db')", "'NAME': 'shop', 'OPTIONS': {'file': os.path.join(BASE, 'shop.db')}"),
    )
    before = (site / "shop.db").read_bytes()
    verified = run("verify", site, *PYTHON, "--format", "json")
    report = report_of(verified)
    assert verified.status == 1
    failed = [field for field, verdict in verdicts(report).items() if verdict == "failed after"]
    assert failed == ["shop.Item.loud", "shop.Offer.loud"]
    assert {image["case"] for field in report["fields"] for image in field["images"]} >= {"row 1", "row 4"}
    messages = [
        image["differences"][0]["after"]
        for field in report["fields"]
        for image in field["images"]
        if image["verdict"] == "failed after"
    ]
    assert all("does not write into the database: UPDATE" in message for message in messages)
    assert (site / "shop.db").read_bytes() == before


def test_without_a_database(site, run, tmp_path):
    (site / "shop.db").write_bytes(b"no database at all")
    output = tmp_path / "before.json"
    assert run("snapshot", site, *PYTHON, "--synthetic", "-o", output).status == 1  # what Loud counts is not there
    taken = json.loads(output.read_text())
    failed = {image["spec"] for image in taken["images"] if "error" in image}
    assert failed == {"shop.Item.loud", "shop.Offer.loud"}
    verified = run("verify", site, *PYTHON, "--against", output)
    assert verified.status == 1
    assert "Not compared\n  shop.Item.loud\n" in verified.stdout
    assert (site / "shop.db").read_bytes() == b"no database at all"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "no such folder: nowhere"),
        ([".", *PYTHON], "cannot determine the settings"),
        ([SITE, "--python", "no-such-python"], "no-such-python cannot be started"),
        ([SITE, *PYTHON, "--settings", "not.there"], "The settings not.there cannot be loaded"),
        ([SITE, "--python", f"{sys.executable} -S"], "has no Django"),
        ([SITE, *PYTHON, "--against", "not-there.json"], "cannot read not-there.json"),
        ([SITE, *PYTHON, "--against", SITE / "manage.py"], "is not a snapshot"),
        ([SITE, *PYTHON, "--sample", "3", "--against", "any.json"], "--sample cannot be used with --against"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_not_be_done(run, arguments, said):
    verified = run("verify", *arguments, env={"DJANGO_SETTINGS_MODULE": ""})
    assert (verified.status, verified.stdout) == (2, "")
    assert said in verified.stderr


def test_a_snapshot_of_another_project(filled, snapshot, run, tmp_path):
    other = tmp_path / "other.json"
    other.write_text(snapshot.read_text().replace('"shop.', '"blog.'))
    verified = run("verify", filled, *PYTHON, "--against", other)
    assert (verified.status, verified.stdout) == (2, "")
    assert "other.json is the snapshot of another project: it has blog.Item, blog.Offer," in verified.stderr


def test_settings_that_end_the_interpreter(tmp_path, run):
    (tmp_path / "settings.py").write_text("import sys\nprint('no')\nsys.exit('set SECRET first')\n")
    verified = run("snapshot", tmp_path, *PYTHON, "--settings", "settings", "-o", tmp_path / "before.json")
    assert (verified.status, verified.stdout) == (2, "")
    assert "SystemExit: set SECRET first" in verified.stderr
    assert 'settings.py", line 3' in verified.stderr
    assert not (tmp_path / "before.json").exists()


def test_what_was_recorded_under_imagekit_2_is_not_overwritten_after_the_upgrade(site, snapshot, run, tmp_path):
    old = json.loads(snapshot.read_text())
    old["environment"]["imagekit"] = "2.0.4"
    output = tmp_path / "before.json"
    output.write_text(json.dumps(old))
    taken = run("snapshot", site, *PYTHON, "-o", output)
    assert taken.status == 2
    assert "was recorded under ImageKit 2.0.4" in taken.stderr
    assert json.loads(output.read_text()) == old


@pytest.mark.parametrize(
    ("manage", "settings"),
    [
        ("os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site.settings.dev')", "site.settings.dev"),
        ('os.environ["DJANGO_SETTINGS_MODULE"] = "site.settings"', "site.settings"),
        ("try:\n    import settings # Assumed to be in the same directory.\n", "settings"),
        ("from site import conf\n", ""),
    ],
)
def test_the_settings_that_manage_py_names(tmp_path, manage, settings):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "manage.py").write_text(manage)
    assert project_folder(tmp_path) == tmp_path / "src"
    assert settings_module(project_folder(tmp_path)) == settings


def behaviours(report):
    """What became of the checks of files and rows, by field and check."""
    return {
        (each["field"], each["check"]): (each["before"], each["after"], each["kept"]) for each in report["behaviours"]
    }


def test_files_that_follow_their_rows_differently_are_reported(site, snapshot, run):
    with open(site / "shop" / "models.py", "a") as models:
        models.write(
            "\n\ndef remove_files(sender, instance, **kwargs):\n"
            "    instance.small.storage.delete(instance.small.name)\n\n\n"
            "models.signals.post_delete.connect(remove_files, sender=Item)\n"
        )
    verified = run("verify", site, *PYTHON, "--against", snapshot, "--format", "json")
    report = report_of(verified)
    found = behaviours(report)
    assert found["shop.Item.small", "deleted"] == ("the file stays", "the file is deleted", "better")
    assert found["shop.Item.early", "deleted"] == ("the file stays", "the file stays", "same")
    # It is not made when used.
    assert found["shop.Item.early", "removed"] == ("no file", "no file", "same")
    assert found["shop.Item.sharp", "recreated"] == ("the old image", "the old image", "same")
    assert ("shop.Poster.shown", "deleted") not in found
    # ImageKit still takes the file for one that exists; nothing else differs.
    assert found["shop.Item.small", "recreated"] == ("the old image", "no file", "different")
    assert {label.rpartition(".")[2] for (label, _), (*_, kept) in found.items() if kept == "different"} == {"small"}
    # That does not count.
    assert verified.status == 0
    text = run("verify", site, *PYTHON, "--against", snapshot)
    assert "row deleted: the file stays -> the file is deleted (better)" in text.stdout


@pytest.mark.parametrize("kind", ["no server", "synthetic"])
def test_files_and_rows_are_checked_without_the_database(site, run, tmp_path, kind):
    arguments = ["--synthetic"] if kind == "synthetic" else []
    if kind == "no server":
        edit(site / "settings.py", ("'django.db.backends.sqlite3', 'NAME': os.path.join(BASE, 'shop.db')", "REPLACED"))
        edit(site / "settings.py", ("REPLACED", "'django.db.backends.dummy', 'NAME': 'shop'"))
    path = tmp_path / "before.json"
    run("snapshot", site, *PYTHON, *arguments, "-o", path)
    recorded = json.loads(path.read_text())["behaviours"]
    assert recorded["shop.Item.small"] == {
        "replaced": "the old image",
        "deleted": "the file stays",
        "recreated": "the old image",
        "removed": "no file",
        "lost": "the page raises an exception",
    }
    without = run("snapshot", site, *PYTHON, *arguments, "--no-behaviours", "-o", path)
    assert json.loads(path.read_text())["behaviours"] == {}, without.stderr
