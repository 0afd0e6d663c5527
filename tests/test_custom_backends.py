"""Image cache backends of a project's own, and the strategies that they become, run on the real libraries.

``IK_MIGRATE_PYTHON2_IK2`` names a Python 2.7, ``IK_MIGRATE_IK2_PACKAGES`` a folder with django-imagekit 2.0.4 and
what it takes; without them nothing is compared with ImageKit 2.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ik_migrate import api
from ik_migrate.model.options import Options
from ik_migrate.model.result import Status
from ik_migrate.model.rule import Applicability

HERE = Path(__file__).parent
SITE = HERE / "fixtures" / "custom_backends"
PROBE = HERE / "custom_backends_probe.py"
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


def migrated(folder, files, paths=None):
    """The files after ``apply``, and the findings by their codes."""
    project(folder, files)
    report = api.apply([folder / path for path in paths] if paths else [folder], UNSAFE, base=folder)
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


def test_same_files_as_with_imagekit_2(today, tmp_path):
    python, packages = os.environ.get("IK_MIGRATE_PYTHON2_IK2"), os.environ.get("IK_MIGRATE_IK2_PACKAGES")
    if not python or not packages:
        pytest.skip("IK_MIGRATE_PYTHON2_IK2 and IK_MIGRATE_IK2_PACKAGES do not name a Python 2.7 with ImageKit 2")
    before = probe([python, "-B"], SITE, tmp_path / "media", {"PYTHONPATH": packages})
    assert today == before


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


# Generate by force, or not -----------------------------------------------------------------------

FORCED = {
    "found invalid": ["if self.is_invalid(file):", "    file.generate(save=True)"],
    "and more": ["if self.is_invalid(file) and True:", "    file.generate()"],
    "not in the storage": ["if not file.storage.exists(file.name):", "    file.generate(True)"],
    "else": ["if not self.is_invalid(file):", "    pass", "else:", "    file.generate()"],
    "deleted": ["file.delete(save=False)", "file.generate()"],
    "deleted if there": ["if file.storage.exists(file.name):", "    file.delete()", "file.generate()"],
    "left early": ["if not self.is_invalid(file):", "    return", "file.generate()"],
}
UNFORCED = {
    "always": ["file.generate(save=True)"],
    "another condition": ["if self.node:", "    file.generate()", "self.node = 1"],
    "after the condition": ["if self.is_invalid(file):", "    pass", "file.generate()"],
    "in the other branch": ["if self.is_invalid(file):", "    pass", "else:", "    file.generate()"],
    "or": ["if self.is_invalid(file) or True:", "    file.generate()"],
}


@pytest.mark.parametrize("lines", FORCED.values(), ids=FORCED)
def test_forced_where_nothing_is_in_the_way(lines, tmp_path):
    after, _ = migrated(tmp_path, {"caching.py": caching(*lines)})
    assert "file.generate(force=True)\n" in after["caching.py"]


@pytest.mark.parametrize("lines", UNFORCED.values(), ids=UNFORCED)
def test_not_forced_elsewhere(lines, tmp_path):
    after, _ = migrated(tmp_path, {"caching.py": caching(*lines)})
    assert "file.generate()\n" in after["caching.py"]


# Parts -------------------------------------------------------------------------------------------

TURNED = {
    "return file.generate()": "return file.generate()",
    "note(file.instance)": "note(get_field_info(file.generator.source)[0])",
    "note(file.source_file.name)": "note(file.generator.source.name)",
    "note(not self.is_invalid(file))": "note(file.cachefile_backend.exists(file))",
    "note(self.is_invalid(file))": "note((not file.cachefile_backend.exists(file)))",
    "super(Sure, self).validate(file)": "super(Sure, self).on_existence_required(file)",
    "super().validate(file)": "super().on_existence_required(file)",
    "PessimisticImageCacheBackend.validate(self, file)": "JustInTime.on_existence_required(self, file)",
    "self.invalidate(file)": "file.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)",
    "file.storage.delete(file.name)": "file.cachefile_backend.set_state(file, CacheFileState.DOES_NOT_EXIST)",
}


@pytest.mark.parametrize("line", TURNED)
def test_part_is_turned(line, tmp_path):
    after, found = migrated(tmp_path, {"caching.py": caching(line)})
    assert f"        {TURNED[line]}\n" in after["caching.py"]
    assert "imagecache" not in after["caching.py"]
    assert [finding.applicability for finding in found["IK403"]] == [Applicability.UNSAFE]


KEPT = [
    "note(file)",
    "other = file",
    "if file: pass",
    "note(file.attname)",
    "note(file.field.name)",
    "note(file.url)",
    "note(file.unheard_of)",
    "file.name = 'x'",
    "file = None",
    "note(file.generate(save=False))",
    "file.generate(save=False)",
    "content = file.generate()",
    "file.delete(save=True)",
    "if x: file.delete()",
    "os.remove(root + file.name)",
    "default_storage.delete(file.name)",
    "os.remove(file.path)",
    "file.storage.save(file.name, x)",
    "storage = file.storage",
    "self.unheard_of(file)",
    "register(self)",
    "self.is_invalid(other)",
    "map(lambda file: file.name, [])",
    "super(Sure, self).register_field(file)",
]


@pytest.mark.parametrize("line", KEPT)
def test_part_that_can_not_be_turned_keeps_all(line, tmp_path):
    files = {"caching.py": caching(line, "self.note = 1"), "models.py": MODELS.format(name="Sure", made="Sure()")}
    after, found = migrated(tmp_path, files)
    assert after["caching.py"] == files["caching.py"]
    assert "image_cache_backend=Sure()" in after["models.py"]
    (finding,) = found["IK403"]
    assert finding.applicability is Applicability.MANUAL
    assert "caching.py, line 6" in finding.why
    assert "class Sure(JustInTime):" in finding.suggestion
    assert "        # To do: " in finding.suggestion
    assert "def on_existence_required(self, file):" in finding.suggestion
    assert found["IK401"][0].applicability is Applicability.MANUAL
    assert "caching.py, line 6" in found["IK401"][0].why


MEMBERS = {
    "is_invalid": "def is_invalid(self, file):\n        return True",
    "register_field": "def register_field(self, model, field, name):\n        pass",
    "an event of ImageKit 3": "def on_source_saved(self, file):\n        pass",
    "clear that does more": "def clear(self, file):\n        note(file.name)\n        file.delete()",
    "a call": "def __call__(self):\n        pass",
    "decorated": "@logged\n    def invalidate(self, file):\n        pass",
    "more parameters": "def invalidate(self, file, more=None):\n        pass",
    "assigned": "invalidate = note",
    "conditional": "if True:\n        x = 1",
}


@pytest.mark.parametrize("member", MEMBERS.values(), ids=MEMBERS)
def test_member_that_can_not_be_turned_keeps_all(member, tmp_path):
    files = {"caching.py": f"{caching('pass')}\n    {member}\n"}
    after, found = migrated(tmp_path, files)
    assert after == files
    assert found["IK403"][0].applicability is Applicability.MANUAL
    assert "# To do: " in found["IK403"][0].suggestion


@pytest.mark.parametrize(
    "head",
    [
        "class Sure(PessimisticImageCacheBackend, Mixin):",
        "class Sure(Unknown, PessimisticImageCacheBackend):",
        "@decorated\nclass Sure(PessimisticImageCacheBackend):",
    ],
)
def test_odd_class_is_kept(head, tmp_path):
    text = caching("pass").replace("class Sure(PessimisticImageCacheBackend):", head)
    after, found = migrated(tmp_path, {"caching.py": text})
    assert after["caching.py"] == text
    assert found["IK403"][0].applicability is Applicability.MANUAL


def test_backend_with_celery_is_for_a_person(tmp_path):
    text = (
        "from imagekit.imagecache.celery import CeleryImageCacheBackend\n\n\n"
        "class Queued(CeleryImageCacheBackend):\n    x = 1\n"
    )
    after, found = migrated(tmp_path, {"caching.py": text})
    assert after["caching.py"] == text
    assert "tasks are the cachefile backend's" in found["IK403"][0].suggestion


# Together or not at all --------------------------------------------------------------------------

DUCK = """\
class Sure:
    def validate(self, file):
        pass

    def invalidate(self, file):
        pass

    def clear(self, file):
        pass
"""


def test_class_and_users_change_together(tmp_path):
    files = {
        "caching.py": DUCK,
        "models.py": MODELS.format(name="Sure as Safe", made="Safe()"),
        "settings.py": "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'caching.Sure'\n",
    }
    after, _ = migrated(tmp_path, files)
    assert "def on_source_saved(self, file):" in after["caching.py"]
    assert "clear" not in after["caching.py"]
    assert "cachefile_backend=Simple(), cachefile_strategy=Safe()" in after["models.py"]
    assert "IMAGEKIT_DEFAULT_CACHEFILE_STRATEGY = 'caching.Sure'\n" in after["settings.py"]


def test_instance_with_a_name_changes_too(tmp_path):
    files = {"caching.py": f"{DUCK}\n\nsure = Sure()\n", "models.py": MODELS.format(name="sure", made="sure")}
    after, _ = migrated(tmp_path, files)
    assert "on_existence_required" in after["caching.py"]
    assert "cachefile_strategy=sure" in after["models.py"]


def test_arguments_of_the_class_are_kept(tmp_path):
    text = DUCK.replace("class Sure:\n", "class Sure:\n    def __init__(self, tries):\n        self.tries = tries\n\n")
    files = {"caching.py": text, "models.py": MODELS.format(name="Sure", made="Sure(tries=3)")}
    after, _ = migrated(tmp_path, files)
    assert "cachefile_strategy=Sure(tries=3)" in after["models.py"]


OTHER_USES = {
    "called": "from caching import Sure\n\n\ndef again(photo):\n    Sure().invalidate(photo.small)\n",
    "aliased": "from caching import Sure\nOther = Sure\n",
    "named": "PATHS = ['caching.Sure']\n",
    "compared": "import caching\n\n\ndef f(x):\n    return isinstance(x, caching.Sure)\n",
    "named by a variable": "import os\nIMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = os.environ['BACKEND']\n",
    "beside the new settings": (
        "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'caching.Sure'\nIMAGEKIT_DEFAULT_CACHEFILE_BACKEND = 'x.Y'\n"
    ),
}


@pytest.mark.parametrize("text", OTHER_USES.values(), ids=OTHER_USES)
def test_another_use_keeps_all(text, tmp_path):
    files = {"caching.py": DUCK, "models.py": MODELS.format(name="Sure", made="Sure()"), "other.py": text}
    after, found = migrated(tmp_path, files)
    assert after["caching.py"] == DUCK
    assert "image_cache_backend=Sure()" in after["models.py"]
    assert "other.py" in found["IK403"][0].why


def test_relative_that_can_not_be_turned_keeps_all(tmp_path):
    files = {
        "caching.py": caching("file.generate()"),
        "more.py": "from caching import Sure\n\n\nclass Surer(Sure):\n    def validate(self, file):\n        x(file)\n",
    }
    after, found = migrated(tmp_path, files)
    assert after == files
    assert all(finding.applicability is Applicability.MANUAL for finding in found["IK403"])
    assert "it changes together with Surer" in found["IK403"][0].why


@pytest.mark.parametrize("asked_for", ["caching.py", "models.py"])
def test_only_some_files_asked_for(asked_for, tmp_path):
    files = {"caching.py": caching("file.generate()"), "models.py": MODELS.format(name="Sure", made="Sure()")}
    after, found = migrated(tmp_path, files, [asked_for])
    code = {"caching.py": "IK403", "models.py": "IK401"}[asked_for]
    assert after["caching.py"] == files["caching.py"]
    assert "image_cache_backend=Sure()" in after["models.py"]
    assert found[code][0].applicability is Applicability.MANUAL
    assert "ik-migrate apply --unsafe-fixes caching.py models.py" in found[code][0].why


def test_second_half_after_the_first(tmp_path):
    """One rule at a time: the field still gets its strategy when the class is one already."""
    files = {"caching.py": caching("file.generate()"), "models.py": MODELS.format(name="Sure", made="Sure()")}
    project(tmp_path, files)
    api.apply([tmp_path], Options(unsafe_fixes=True, select=("IK403",)), base=tmp_path)
    api.apply([tmp_path], UNSAFE, base=tmp_path)
    assert "cachefile_strategy=Sure()" in (tmp_path / "models.py").read_text()


def test_without_unsafe_fixes_nothing_of_it_is_written(tmp_path):
    files = {"caching.py": caching("file.generate()"), "models.py": MODELS.format(name="Sure", made="Sure()")}
    project(tmp_path, files)
    api.apply([tmp_path], Options(), base=tmp_path)
    assert (tmp_path / "caching.py").read_text() == files["caching.py"]
    assert "image_cache_backend=Sure()" in (tmp_path / "models.py").read_text()


@pytest.mark.parametrize("user", ["", "cache = Sure()\n", "from caching import Sure\nSure().validate(1)\n"])
def test_look_alike_is_left_alone(user, tmp_path):
    """The three methods make no backend of a class that nobody gives to ImageKit."""
    other = MODELS.format(name="Sure", made="None").replace("from caching import Sure\n", "")
    files = {"caching.py": DUCK + user * user.startswith("cache"), "forms.py": user, "models.py": other}
    after, found = migrated(tmp_path, files)
    assert after["caching.py"] == files["caching.py"]
    assert after["forms.py"] == files["forms.py"]
    assert "IK403" not in found


def test_name_that_stays_gets_no_second_strategy(tmp_path):
    models = MODELS.format(name="Sure", made="Sure()").replace("[], ", "[], 'PNG', cache_to='made', ")
    after, found = migrated(tmp_path, {"caching.py": caching("file.generate()"), "models.py": models})
    assert "cachefile_strategy = Sure()" in after["models.py"]
    assert "Replacing" not in after["models.py"]
    assert "IK307" not in found
    assert "def on_source_saved(self, file):" in after["caching.py"]
