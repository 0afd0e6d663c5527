"""Custom image cache backends: they keep their methods, and get a base of the support module.

The site runs under the ImageKit that is installed, and under ImageKit 2 where ``interpreters.py`` finds one; what was
recorded of it stands in elsewhere.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from command import ROOT
from interpreters import IMAGEKIT_2, find_interpreters

from ik_migrate import api
from ik_migrate.model.options import Options
from ik_migrate.model.result import Status
from ik_migrate.model.rule import Applicability

FIXTURES = ROOT / "tests" / "fixtures"
SITE = FIXTURES / "custom_backends"
INTERPRETERS = find_interpreters()
RECORDED = FIXTURES / "custom_backends.ik2.json"
PROBE = ROOT / "tests" / "support" / "custom_backends_probe.py"
UNSAFE = Options(unsafe_fixes=True)
CLASS = """\
from imagekit.imagecache import PessimisticImageCacheBackend


class Sure(PessimisticImageCacheBackend):
    def validate(self, file):
{body}
"""
MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField
from caching import {name}


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', image_cache_backend={made})
"""


def project(folder, files):
    (folder / "manage.py").touch()
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def caching(*lines):
    """The file with one class, these lines the body of its validate."""
    return CLASS.format(body="\n".join(f"        {line}" for line in lines))


def migrated(folder, files, paths=None, options=UNSAFE):
    """The files after ``apply``, and the findings by their codes."""
    project(folder, files)
    report = api.apply([folder / path for path in paths] if paths else [folder], options, base=folder)
    assert not [result.reason for result in report.results if result.status is Status.FAILED]
    found = {}
    for finding in report.findings:
        found.setdefault(finding.rule.code, []).append(finding)
    return {name: (folder / name).read_text() for name in files}, found


# Run ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def today(tmp_path_factory):
    """What the migrated site does on the installed libraries, step by step."""
    folder = tmp_path_factory.mktemp("today")
    site = folder / "site"
    shutil.copytree(SITE, site)
    report = api.apply([site], UNSAFE, base=site)
    assert {finding.applicability for finding in report.results[0].remaining} == set()
    # The site is Python 2, and stays so: that is not what is migrated here.
    backends = site / "gallery" / "backends.py"
    text = backends.read_text()
    start = text.index("        print ")
    line = text[start : text.index("\n", start)]
    backends.write_text(text.replace(line, f"        print({line.strip()[6:]})"))
    return probe([sys.executable, "-B", "-W", "ignore"], site, folder / "media", dict(os.environ))


def probe(python, site, media, environment):
    done = subprocess.run(
        [*python, str(PROBE), str(site), str(media)], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_same_files_as_with_imagekit_2(today):
    assert today == json.loads(RECORDED.read_text("utf-8"))


@pytest.mark.skipif(IMAGEKIT_2 not in INTERPRETERS, reason="IK_MIGRATE_ENVS does not name an ImageKit 2")
def test_imagekit_2_does_what_is_recorded(tmp_path):
    old = INTERPRETERS[IMAGEKIT_2]
    environment = {"PYTHONPATH": old.packages} if old.packages else {}
    assert probe([old.python, "-B"], SITE, tmp_path / "media", environment) == json.loads(RECORDED.read_text("utf-8"))


def test_pictures_are_those_of_the_new_source(today):
    colours = {name: colour for name, (_, colour) in today["6 used again"].items() if "-red" not in name}
    assert len(colours) == 7
    assert set(map(tuple, colours.values())) == {(0, 0, 255)}


def test_no_picture_is_made_beside_another(today):
    assert set(today["6 used again"]) == {*today["3 used"], "renewing-blue.png", "on_save-blue.png"}


def test_a_broken_source_raises_each_time(today):
    assert today["10 broken"] == ["error"] * 3


def test_no_source_is_a_value_error(today):
    assert today["11 no source"] == ["ValueError"] * 2


# The class -----------------------------------------------------------------------------------------

HEADS = {
    "alone": "class Sure(PessimisticImageCacheBackend):",
    "before a mixin": "class Sure(PessimisticImageCacheBackend, Mixin):",
    "after an unknown class": "class Sure(Unknown, PessimisticImageCacheBackend):",
    "decorated": "@decorated\nclass Sure(PessimisticImageCacheBackend):",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_body_stays_and_import_changes(head, tmp_path):
    text = caching("other = file", "note(file.attname, other.unheard_of)", "file.generate(save=False)")
    text = text.replace(HEADS["alone"], head)
    after, found = migrated(tmp_path, {"caching.py": text})
    assert after["caching.py"] == text.replace("imagekit.imagecache", "imagekit_support")
    assert [finding.applicability for finding in found["IK403"]] == [Applicability.SAFE]


def test_backend_with_celery_keeps_sending_tasks(tmp_path):
    text = (
        "from imagekit.imagecache.celery import CeleryImageCacheBackend\n\n\n"
        "class Queued(CeleryImageCacheBackend):\n    x = 1\n"
    )
    after, found = migrated(tmp_path, {"caching.py": text})
    assert after["caching.py"] == text.replace("imagekit.imagecache.celery", "imagekit_support")
    assert [finding.applicability for finding in found["IK403"]] == [Applicability.SAFE]


DUCK = """\
class Sure:
    def validate(self, file):
        pass

    def invalidate(self, file):
        pass

    def clear(self, file):
        pass
"""
DERIVED = "from imagekit_support import PessimisticImageCacheBackend\n\n\n" + DUCK.replace(
    "class Sure:", "class Sure(PessimisticImageCacheBackend):"
)


def test_class_without_base_gets_one(tmp_path):
    files = {
        "caching.py": DUCK,
        "models.py": MODELS.format(name="Sure as Safe", made="Safe()"),
        "settings.py": "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'caching.Sure'\n",
    }
    after, _ = migrated(tmp_path, files)
    assert after["caching.py"] == DERIVED
    assert "LegacyImageSpecField([], image_field='image', image_cache_backend=Safe())" in after["models.py"]
    assert "IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY = 'caching.Sure'\n" in after["settings.py"]


def test_instance_with_a_name_changes_nothing(tmp_path):
    files = {"caching.py": f"{DUCK}\n\nsure = Sure()\n", "models.py": MODELS.format(name="sure", made="sure")}
    after, _ = migrated(tmp_path, files)
    assert after["caching.py"] == f"{DERIVED}\n\nsure = Sure()\n"
    assert "LegacyImageSpecField([], image_field='image', image_cache_backend=sure)" in after["models.py"]


OTHER_USES = {
    "called": "from caching import Sure\n\n\ndef again(photo):\n    Sure().invalidate(photo.small)\n",
    "aliased": "from caching import Sure\nOther = Sure\n",
    "named": "PATHS = ['caching.Sure']\n",
    "compared": "import caching\n\n\ndef f(x):\n    return isinstance(x, caching.Sure)\n",
}


@pytest.mark.parametrize("text", OTHER_USES.values(), ids=OTHER_USES)
def test_other_use_stays_right(text, tmp_path):
    files = {"caching.py": DUCK, "models.py": MODELS.format(name="Sure", made="Sure()"), "other.py": text}
    after, _ = migrated(tmp_path, files)
    assert after["caching.py"] == DERIVED
    assert after["other.py"] == text


def test_setting_named_by_a_variable_is_read_when_the_site_runs(tmp_path):
    text = "import os\nIMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = os.environ['BACKEND']\n"
    files = {"caching.py": DUCK, "models.py": MODELS.format(name="Sure", made="Sure()"), "settings.py": text}
    after, found = migrated(tmp_path, files)
    added = "IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY = 'imagekit_support.strategy_of_setting'\n"
    assert after["settings.py"] == text + added
    assert [finding.applicability for finding in found["IK402"]] == [Applicability.SAFE]


def test_setting_beside_its_successors_is_for_manual_review(tmp_path):
    text = "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'caching.Sure'\nIMAGEKIT_DEFAULT_CACHEFILE_BACKEND = 'x.Y'\n"
    files = {"caching.py": DUCK, "models.py": MODELS.format(name="Sure", made="Sure()"), "settings.py": text}
    after, found = migrated(tmp_path, files)
    assert after["caching.py"] == DERIVED
    assert after["settings.py"] == text
    assert [finding.applicability for finding in found["IK402"]] == [Applicability.MANUAL]


CODES_BY_FILE = {"caching.py": {"IK403", "IK404"}, "models.py": {"IK115"}}


@pytest.mark.parametrize(("asked_for", "codes"), CODES_BY_FILE.items())
def test_single_file_imports_no_module_that_is_not_there(asked_for, codes, tmp_path):
    files = {"caching.py": caching("file.generate()"), "models.py": MODELS.format(name="Sure", made="Sure()")}
    after, found = migrated(tmp_path, files, [asked_for])
    assert after == files
    assert not (tmp_path / "imagekit_support.py").exists()
    assert set(found) == codes
    for code in codes:
        assert [finding.applicability for finding in found[code]] == [Applicability.MANUAL]
        assert f"run ik-migrate apply in {tmp_path.name}" in found[code][0].why


@pytest.mark.parametrize("asked_for", CODES_BY_FILE)
def test_single_file_uses_the_module_that_is_there(asked_for, tmp_path):
    files = {"caching.py": caching("file.generate()"), "models.py": MODELS.format(name="Sure", made="Sure()")}
    complete, _ = migrated(tmp_path, files)
    support = (tmp_path / "imagekit_support.py").read_bytes()
    after, _ = migrated(tmp_path, files, [asked_for])
    assert after == {**files, asked_for: complete[asked_for]}
    assert (tmp_path / "imagekit_support.py").read_bytes() == support


@pytest.mark.parametrize(("name", "codes"), CODES_BY_FILE.items())
def test_text_of_an_editor_imports_no_module_that_is_not_there(name, codes, tmp_path):
    files = {"caching.py": caching("file.generate()"), "models.py": MODELS.format(name="Sure", made="Sure()")}
    project(tmp_path, files)
    path = tmp_path / name
    (result,) = api.scan([path], base=tmp_path, contents={path: files[name].encode()}).results
    assert result.after == files[name].encode()
    assert {finding.rule.code for finding in result.findings if not finding.is_notice} == codes
    for finding in result.remaining:
        assert f"run ik-migrate apply in {tmp_path.name}" in finding.why


@pytest.mark.parametrize("first", ["IK115", "IK403", "IK404"])
def test_one_rule_after_another_ends_the_same(first, tmp_path):
    files = {"caching.py": caching("file.generate()"), "models.py": MODELS.format(name="Sure", made="Sure()")}
    project(tmp_path, files)
    api.apply([tmp_path], Options(select=(first,)), base=tmp_path)
    api.apply([tmp_path], Options(), base=tmp_path)
    assert (tmp_path / "caching.py").read_text() == files["caching.py"].replace(
        "imagekit.imagecache", "imagekit_support"
    )
    assert "LegacyImageSpecField([], image_field='image', image_c" in (tmp_path / "models.py").read_text()
    assert "def on_existence_required(self, file):" in (tmp_path / "imagekit_support.py").read_text()


@pytest.mark.parametrize("user", ["", "cache = Sure()\n", "from caching import Sure\nSure().validate(1)\n"])
def test_look_alike_is_left_alone(user, tmp_path):
    """The three methods alone do not make a class a backend."""
    other = MODELS.format(name="Sure", made="None").replace("from caching import Sure\n", "")
    files = {"caching.py": DUCK + user * user.startswith("cache"), "forms.py": user, "models.py": other}
    after, found = migrated(tmp_path, files)
    assert after["caching.py"] == files["caching.py"]
    assert after["forms.py"] == files["forms.py"]
    assert "IK403" not in found
