"""The support module as a file: what is in it, how it grows, what its owner has changed in it, and where it is."""

from __future__ import annotations

import ast
from functools import cache

import pytest
from nets.python_text import parse
from nets.undefined import undefined_names

from ik_migrate.api import Options, apply, scan
from ik_migrate.codegen.support.parts import piece_names
from ik_migrate.codegen.support.render import render

NEEDS = {
    "directory": {"DirectorySpec", "+pessimistic"},
    "dated directory": {"DirectorySpec", "+dated_names", "+formats", "+pessimistic"},
    "any directory": {"DirectorySpec", "+any_names", "+formats", "+pessimistic"},
    "originals that are read": {"DirectorySpec", "+read_sources", "+pessimistic"},
    "odd storages": {"DirectorySpec", "+odd_storages", "+pessimistic"},
    "sources that are properties": {"DirectorySpec", "+property_sources", "+pessimistic"},
    "names": {"LegacySpec", "+pessimistic"},
    "processors": {"LegacySpec", "+processors", "+pessimistic"},
    "storage": {"LegacySpec", "+storage_key", "+pessimistic"},
    "field": {"LegacyImageSpecField", "+pessimistic"},
    "field that keeps names": {"LegacyImageSpecField", "+keep_names", "+pessimistic"},
    "kept names": {"ImageKit2NameSpec", "+pessimistic"},
    "unknown strategy": {"DirectorySpec", "LegacySpec", "+any_strategy"},
    "own backend": {"PessimisticImageCacheBackend", "+own_backends"},
    "other own backend": {"NonValidatingImageCacheBackend", "+own_backends"},
    "backend": {"NonValidatingImageCacheBackend"},
    "validate": {"validate_file"},
    "clear": {"clear_file", "get_spec_files"},
    "generate": {"generate_file"},
    "command": {"validate_app_cache", "invalidate_app_cache"},
    "file methods": {"LegacyFile", "use_spec_files"},
    "faithful": {"StorageBackend", "PessimisticImageCacheBackend", "remove_all_files", "use_spec_files"},
    "faithful field": {"StorageBackend", "LegacyImageSpecField", "remove_all_files", "+strategy_of_settings"},
    "processed field": {"LegacyProcessedImageField"},
    "thumbnail": {"LegacyAdminThumbnail"},
    "resize": {"LegacyResizeToFit"},
    "file that is read": {"reopen_file"},
    "processor by its name": {"get_processor"},
}
STRATEGIES = {"+pessimistic", "+any_strategy", "+strategy_of_settings"}


def contents(text):
    """What a module has, whatever the order: imported names, and definitions with their members."""
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            found[node.name] = [ast.dump(base) for base in node.bases]
            for item in node.body:
                found[node.name, ast.unparse(item).split("\n", 1)[0], getattr(item, "name", "")] = ast.unparse(item)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                found["import", getattr(node, "module", ""), alias.name] = ""
        else:
            found[ast.unparse(node).split("\n", 1)[0]] = ast.unparse(node)
    return found


# What is in it ----------------------------------------------------------------------------------


@pytest.mark.parametrize("needs", NEEDS.values(), ids=NEEDS)
def test_each_version_of_python_reads_it(needs):
    text = render(needs)
    for python2 in (False, True):
        tree = parse(text.encode("ascii"), python2)
        assert undefined_names(tree, True) == set()


def test_pieces_are_short_and_say_what_they_are_for():
    text = render(piece_names() | {"+own_backends", "+processors", "+keep_names", "+any_strategy"})
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert ast.get_docstring(node), node.name
        for item in node.body if isinstance(node, ast.ClassDef) else [node]:
            assert item.end_lineno - item.lineno < 40, f"{ast.unparse(item)[:60]}: {item.end_lineno - item.lineno}"
    assert max(map(len, text.split("\n"))) <= 120
    assert "# if:" not in text and "noqa" not in text


@pytest.mark.parametrize("needs", NEEDS.values(), ids=NEEDS)
def test_unused_imports_are_not_in_it(needs):
    tree = ast.parse(render(needs))
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    imported = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert {alias.name for node in imported for alias in node.names} <= used


# How it grows -----------------------------------------------------------------------------------


@pytest.mark.parametrize("needs", NEEDS.values(), ids=NEEDS)
def test_module_that_has_all_stays(needs):
    text = render(needs)
    assert render(needs, text) == text
    assert render(needs, text.replace("\n", "\r\n")) == text.replace("\n", "\r\n")


def can_meet(first, second):
    """Whether one project can need both: there is one default strategy."""
    strategies = [needs & STRATEGIES for needs in (first, second)]
    return not all(strategies) or strategies[0] == strategies[1]


@cache
def contents_at_once(needs):
    """What a module has that was written with all of this; two of ``NEEDS`` meet in two tests."""
    return contents(render(set(needs)))


@pytest.mark.parametrize("first", NEEDS.values(), ids=NEEDS)
def test_module_that_grows_is_what_it_would_be_at_once(first):
    text = render(first)
    # What is not used any more is left for its owner to delete.
    left = {key: found for key, found in contents(text).items() if {"StorageKeyBackend", "hashers"} & {*key, key}}
    for name, second in NEEDS.items():
        if second is not first and can_meet(first, second):
            grown = render(second, text)
            assert contents(grown) == {**contents_at_once(frozenset(first | second)), **left}, name
            assert undefined_names(ast.parse(grown), True) == set(), name
            assert render(first, grown) == grown, name


# Its owner --------------------------------------------------------------------------------------


def test_changed_piece_stays_when_another_is_added():
    text = render(NEEDS["names"])
    mine = text.replace("    if file.name and file.storage.exists(file.name):", "    if file.name:")
    mine = mine.replace(
        "        return None if isinstance(type(self).format, property)", "        return None if not self.options"
    )
    assert mine != text
    grown = render(NEEDS["own backend"], mine)
    assert "    if file.name:\n" in grown
    assert "        return None if not self.options" in grown
    assert grown.count("def remove_file(") == grown.count("class LegacySpec(") == 1


def test_changed_method_stays_when_it_would_get_another_variant():
    text = render({"PessimisticImageCacheBackend", "+removal"})
    mine = text.replace("        remove_file(file)\n", "        if file.name:\n            remove_file(file)\n", 1)
    assert mine != text
    grown = render(NEEDS["own backend"], mine)
    assert "        if file.name:\n            remove_file(file)\n" in grown
    assert grown.count("def on_source_saved(self, file):") == 1
    assert "def on_existence_required(self, file):" in grown


def test_removed_piece_stays_removed_unless_it_is_needed():
    text = render(NEEDS["names"] | NEEDS["resize"])
    start = text.index("class LegacyResizeToFit")
    mine = text[:start] + text[text.index("\n\n\n", start) + 3 :]
    assert "class LegacyResizeToFit" not in render(NEEDS["clear"], mine)
    assert "class LegacyResizeToFit" in render(NEEDS["resize"], mine)


def test_removed_method_stays_removed_where_its_class_is_not_needed():
    text = render(NEEDS["names"] | NEEDS["field"])
    start = text.index("    def register_source_later(")
    mine = (
        text[:start].rstrip() + "\n" + text[text.index("\n\n\n", start) :] if "\n\n\n" in text[start:] else text[:start]
    )
    assert "def register_source_later(" not in render(NEEDS["thumbnail"], mine)


def test_code_of_the_owner_stays():
    text = render(NEEDS["directory"]) + "\n\ndef mine():\n    return 1\n"
    grown = render(NEEDS["validate"], text)
    assert "\n\ndef mine():\n    return 1\n" in grown
    assert grown.startswith("# ik-migrate: support module\n")


# Where it is ------------------------------------------------------------------------------------

MODELS = """\
from django.db import models
from imagekit.models import ImageSpecField


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([], image_field='image', cache_to='small')
"""
MANAGE = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', '{settings}')\n"
LAYOUTS = {
    "settings beside manage.py": (
        {"manage.py": MANAGE.format(settings="settings"), "settings.py": "", "shop/__init__.py": ""},
        "shop/models.py",
        ("imagekit_support.py", "imagekit_support"),
    ),
    "project package": (
        {
            "manage.py": MANAGE.format(settings="site1.settings"),
            "site1/__init__.py": "",
            "site1/settings.py": "",
            "shop/__init__.py": "",
        },
        "shop/models.py",
        ("site1/imagekit_support.py", "site1.imagekit_support"),
    ),
    "settings package": (
        {
            "manage.py": MANAGE.format(settings="site1.settings.dev"),
            "site1/__init__.py": "",
            "site1/settings/__init__.py": "",
            "site1/settings/dev.py": "",
            "shop/__init__.py": "",
        },
        "shop/models.py",
        ("site1/imagekit_support.py", "site1.imagekit_support"),
    ),
    "src": (
        {
            "src/manage.py": MANAGE.format(settings="site1.settings"),
            "src/site1/__init__.py": "",
            "src/site1/settings.py": "",
            "src/shop/__init__.py": "",
        },
        "src/shop/models.py",
        ("src/site1/imagekit_support.py", "site1.imagekit_support"),
    ),
    "app alone": (
        {"setup.py": "from setuptools import setup\nsetup(name='shop')\n", "shop/__init__.py": ""},
        "shop/models.py",
        ("shop/imagekit_support.py", "shop.imagekit_support"),
    ),
    "models package": (
        {"setup.py": "", "shop/__init__.py": "", "shop/models/__init__.py": ""},
        "shop/models/photos.py",
        ("shop/imagekit_support.py", "shop.imagekit_support"),
    ),
    "single file": ({}, "models.py", ("imagekit_support.py", "imagekit_support")),
}


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.mark.parametrize(("files", "models", "expected"), LAYOUTS.values(), ids=LAYOUTS)
def test_place_in_layout(files, models, expected, tmp_path):
    write(tmp_path, {**files, models: MODELS})
    apply([tmp_path], base=tmp_path)
    path, dotted = expected
    assert [found.relative_to(tmp_path).as_posix() for found in tmp_path.rglob("imagekit_support.py")] == [path]
    assert f"from {dotted} import DirectorySpec\n" in (tmp_path / models).read_text()
    assert not [result.path for result in scan([tmp_path], base=tmp_path).results if result.applied]


def test_place_that_the_user_names(tmp_path, run):
    files, models, _ = LAYOUTS["project package"]
    write(tmp_path, {**files, models: MODELS, "site1/images/__init__.py": ""})
    assert run("apply", "--support-module", "site1.images.legacy", cwd=tmp_path).status == 0
    assert "class DirectorySpec(ImageSpec):" in (tmp_path / "site1/images/legacy.py").read_text()
    assert "from site1.images.legacy import DirectorySpec\n" in (tmp_path / models).read_text()
    # It is known by its first line, and so needs no option to be found again.
    write(tmp_path, {"shop/more.py": MODELS})
    assert run("apply", cwd=tmp_path).status == 0
    assert "from site1.images.legacy import DirectorySpec\n" in (tmp_path / "shop/more.py").read_text()
    assert not list(tmp_path.rglob("imagekit_support.py"))


def test_place_that_the_configuration_names(tmp_path, run):
    files, models, _ = LAYOUTS["project package"]
    write(tmp_path, {**files, models: MODELS, "ik-migrate.toml": "support-module = 'shop.legacy'\n"})
    assert run("apply", cwd=tmp_path).status == 0
    assert "from shop.legacy import DirectorySpec\n" in (tmp_path / models).read_text()
    assert (tmp_path / "shop/legacy.py").exists()


def test_module_that_was_moved_is_used_there(tmp_path, run):
    files, models, (path, _) = LAYOUTS["project package"]
    write(tmp_path, {**files, models: MODELS})
    assert run("apply", cwd=tmp_path).status == 0
    (tmp_path / path).rename(tmp_path / "shop/old_images.py")
    text = (tmp_path / models).read_text()
    (tmp_path / models).write_text(text.replace("site1.imagekit_support", "shop.old_images"))
    write(tmp_path, {"shop/more.py": MODELS.replace("cache_to='small'", "cache_to=lambda *given: 'x'")})
    assert run("apply", cwd=tmp_path).status == 0
    assert "from shop.old_images import LegacySpec\n" in (tmp_path / "shop/more.py").read_text()
    assert "class LegacySpec(ImageSpec):" in (tmp_path / "shop/old_images.py").read_text()
    assert not (tmp_path / path).exists()


VARIANTS = {
    "names with dates": ("'%Y/' + 'small'", "", "datetime.now().strftime(self.cache_to)", "expand_date"),
    "joined names": ("os.path.join('%Y', 'small')", "", "datetime.now().strftime(self.cache_to)", "expand_date"),
    "names without dates": ("os.path.join('photos', 'small')", "", "os.path.normpath(self.cache_to)", "datetime"),
    "names that may not be ASCII": (r"'b\xe4r'", "", "expand_date(self.cache_to)", "LegacySpec"),
    "names of months": ("'%B'", "import locale\nlocale.setlocale(locale.LC_ALL, '')\n", "expand_date(", "LegacySpec"),
    "storages of Django": ("'small'", "", "file.storage.delete(file.name)", "NotImplementedError"),
    "originals that are read": ("'small'", "photo.image.read()\n", "with own_source(self):", "LegacySpec"),
    "originals that are not read": ("'small'", "photo.image.name\n", "DirectorySpec", "own_source"),
    "own storage": ("'small'", "class Own(Storage):\n    pass\n", "except NotImplementedError:", "LegacySpec"),
}


@pytest.mark.parametrize(("cache_to", "other", "there", "missing"), VARIANTS.values(), ids=VARIANTS)
def test_variant_fits_the_project(cache_to, other, there, missing, tmp_path):
    models = "import os\n" + MODELS.replace("'small')", f"{cache_to})")
    write(tmp_path, {"models.py": models, "other.py": other})
    apply([tmp_path], base=tmp_path)
    support = (tmp_path / "imagekit_support.py").read_text()
    assert there in support
    assert missing not in support


def test_no_module_where_no_field_needs_it(tmp_path):
    write(tmp_path, {"models.py": MODELS.replace(", cache_to='small'", "")})
    report = apply([tmp_path], Options(unsafe_fixes=True), base=tmp_path)
    assert [result.path for result in report.results] == ["models.py"]
    assert not (tmp_path / "imagekit_support.py").exists()
