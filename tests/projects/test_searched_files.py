"""Which files of a project are searched."""

from __future__ import annotations

from small_projects import USING, found

from ik_migrate.api import Options, scan

COPIES = {
    "vendor/imagekit-2.0": ["models/__init__.py", "processors/__init__.py", "imagecache/__init__.py", "lib.py"],
    "imagekit_fork": ["models/__init__.py", "processors/__init__.py", "cachefiles/__init__.py"],
    "lib/old_imagekit": ["models.py", "processors/__init__.py", "generators.py", "lib.py"],
    "apps/imagekit": ["models.py", "processors.py", "specs.py", "lib.py", "options.py"],
    "src/django-imagekit": [
        "setup.py",
        "imagekit/models/__init__.py",
        "imagekit/processors/base.py",
        "tests/models.py",
    ],
}


def test_copies_of_imagekit_are_left_out_under_any_name(project):
    files = {f"{folder}/{name}": USING for folder, names in COPIES.items() for name in names}
    own = {"imagekit_tools/models.py": USING, "imagekit_tools/processors.py": USING}
    folder = project({**files, **own, "photos/models.py": USING})
    report = scan([folder], base=folder)
    assert [result.path for result in report.results] == [*sorted(own), "photos/models.py"]
    assert sorted(report.skipped_trees) == sorted(COPIES)


def test_what_is_included_is_looked_at_though_it_would_be_left_out(project, git):
    folder = project(
        {
            ".gitignore": "local/\n",
            "env/sites/models.py": USING,
            "env/other/models.py": USING,
            "local/models.py": USING,
            "photos/models.py": USING,
        }
    )

    def looked_at(**options):
        return [result.path for result in scan([folder], Options(**options), base=folder).results]

    without_git = looked_at(include=("env/sites",))
    assert without_git == ["env/sites/models.py", "local/models.py", "photos/models.py"]
    git(folder, "init", "-q")
    assert looked_at() == ["photos/models.py"]
    assert looked_at(include=("local", "env/sites")) == [
        "env/sites/models.py",
        "local/models.py",
        "photos/models.py",
    ]
    assert looked_at(include=("local",), exclude=("local/models.py",)) == ["photos/models.py"]
    assert looked_at(respect_gitignore=False) == ["local/models.py", "photos/models.py"]


def test_what_an_installer_writes_about_a_package_is_no_requirement(project):
    folder = project({"PKG-INFO": "Name: django-imagekit\nVersion: 2.0.4\nRequires-Dist: django-imagekit==2.0.4\n"})
    assert found(folder) == []


def test_samples_of_settings_are_python_whatever_their_names_end_with(project):
    text = "IMAGEKIT_DEFAULT_IMAGE_CACHE_BACKEND = 'imagekit.imagecache.NonValidatingImageCacheBackend'\nprint 'x'\n"
    names = ["local_settings.py.dist", "local_settings.py_example", "local_settings.py-sample"]
    folder = project(dict.fromkeys(names, text))
    assert found(folder) == [(name, 1, "IK402", "safe") for name in sorted(names)]
