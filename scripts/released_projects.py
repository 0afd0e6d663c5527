"""Release files of projects that used ImageKit 2 in their time, fetched from the package index when they are needed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path


class CannotFetch(Exception):
    """A release file could not be downloaded, or is not the one that was expected."""


@dataclass(frozen=True)
class Release:
    """One source distribution.

    Args:
        name: the name of the project.
        version: the version of the release.
        sha256: the digest of its ``.tar.gz``.
        uses: which ImageKit it was written for, and what is special about it.
    """

    name: str
    version: str
    sha256: str
    uses: str

    @property
    def label(self) -> str:
        return f"{self.name}-{self.version}"


RELEASES = (
    Release(
        "django-croppy",
        "0.0.2",
        "e268e01a0936c988c24d68b15d4583ab5e7624662d78ba6c2e4728ebffdea6e4",
        "2.0: builds its own field on SpecFileGenerator, and imports a processor module that was removed",
    ),
    Release(
        "django-croppy",
        "0.0.6",
        "eac61c88e8689bca68a4141ad77f25389c22ae91deff2544445a72abcaf0e7ee",
        "2.0: the same, with its own image_field=",
    ),
    Release(
        "django-croppy",
        "0.1.0",
        "912d1b1b51a0de4c5e1563233ca5af2e967369dbf50b06f9b2d56bc147f4fd73",
        "2.0.2: the same, with requirements files",
    ),
    Release(
        "django-freeplay",
        "0.1.2",
        "b514426cf5fba99fb33c7e3c54d10c9cc825726202fa6a936e7e401b3eb23538",
        "2.0.1: adds a field to the class of an instance, named at run time",
    ),
    Release(
        "django-freeplay",
        "0.1.5",
        "8df958c1d517636676a244d3c9be554960bcc24cb2a6c6201ecc9c4d81f2e84b",
        "2.0.1: a later release of the same",
    ),
    Release(
        "django-freeplay",
        "0.1.8",
        "d904cf878693dcc4b62cf95744d5198e82d40c9970ef1b2d8f189a2858444962",
        "3.0.4: the owners' own migration of the same",
    ),
    Release(
        "django-galleries",
        "1.2.0",
        "75ed77542c30f5aeb19eb83e79ddcc9786f765e9b70b9100c35365b9f86daf1f",
        "1.0: ImageSpec as a field, no image_field, resize.Fit",
    ),
    Release(
        "django-galleries",
        "1.3.0",
        "9bf1f2fbed7bf93b2a73a9d304e9bccbb887b2e97c3d9aeff8af2c0bafd69ad8",
        "half migrated: ImageSpec as a field, with source=",
    ),
    Release(
        "django-imaging",
        "0.9.10",
        "3e2987fac9dc3a410abdbd66a79e878d040fbf938a80e2e0fee1226d690090a8",
        "2.0, with a specs module of 0.x left over",
    ),
    Release(
        "django-imaging",
        "1.0.0",
        "089492e904a956459a12441db27a4e0ece8f86336337a7cb01745d0613a73ad9",
        "2.0: a plain spec field in a try block",
    ),
    Release(
        "django-podcasting",
        "0.9.1",
        "5decdcb797a8fb6af3a2707f3ebf6288590aa9ced24a4ca9187ae130680b4558",
        "1.1: ImageSpec fields inside an if block of the class body, resize.Crop",
    ),
    Release(
        "django-podcasting",
        "0.9.10",
        "1bb4b8d926ef0ff119bfc8a201581cdfed0930d6ef094927621b7aca39657551",
        "2.0: the same with ImageSpecField, AdminThumbnail and templates",
    ),
    Release(
        "django-podcasting",
        "0.10.1",
        "58ffe2a57e76378f742dacda2ad3c584108c3a6cfaad77f6a2bd0bb5c176c228",
        "3.0: the owners' own migration of the same",
    ),
    Release(
        "kegbot",
        "0.8.5",
        "b2f05b26f074eeb199cfc80f0c5570edb055112053d61c91484aee366b8f19c5",
        "1.1: module level fields that several models share, and 0.x spec classes beside them",
    ),
    Release(
        "kegbot",
        "0.9.5",
        "536dd8d06f9b7a696be28ef0683a667291dd4b8537c67b82e84f9d5d1341da96",
        "1.1 and 0.x: a large site, two spaces of indentation",
    ),
    Release(
        "kegbot",
        "0.9.14",
        "6838ac9a7f4382cb0e8ff2484ff78777d7b7360ead9a5fd4768d40160d253220",
        "2.0.2: module level fields, and the setting for the image cache backend",
    ),
    Release(
        "kegbot",
        "0.9.20",
        "0a1b76a4cbe8240d17dc0cd06387fd774326930e319ebc49d2fd4f0853174be4",
        "3.1: the owners' own migration, with ImageKit 2's setting left over",
    ),
)

_BACKEND = '''\
"""Stands in for setuptools: says name and version of a source distribution without running its setup.py."""
import email
import os
import sys


class _Backend:
    def get_requires_for_build_wheel(self, config_settings=None):
        return []

    def prepare_metadata_for_build_wheel(self, folder, config_settings=None):
        with open("PKG-INFO", encoding="utf-8", errors="replace") as stream:
            known = email.message_from_file(stream)
        name = "{}-{}.dist-info".format(known["Name"].replace("-", "_"), known["Version"])
        os.mkdir(os.path.join(folder, name))
        with open(os.path.join(folder, name, "METADATA"), "w", encoding="utf-8") as stream:
            stream.write("Metadata-Version: 2.1\\nName: {}\\nVersion: {}\\n".format(known["Name"], known["Version"]))
        return name


__legacy__ = _Backend()
'''


def unpack_release(release: Release, cache: Path, folder: Path) -> Path:
    """Unpack a release below ``folder`` and return its top folder.

    Args:
        release: what to unpack.
        cache: the folder that keeps downloaded files for the next time.
        folder: where to unpack it.

    Raises:
        CannotFetch: when the release is neither in the cache nor can be downloaded, or has another digest.
    """
    archive = cache / f"{release.label}.tar.gz"
    if not archive.exists():
        _download(release, archive)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != release.sha256:
        raise CannotFetch(f"{archive} has the SHA-256 digest {digest}, expected {release.sha256}")
    with tarfile.open(archive) as opened:
        # Python 3.10 and 3.11 have the filter from a patch release on.
        opened.extraction_filter = getattr(tarfile, "data_filter", lambda member, _: member)
        opened.extractall(folder)
    (top,) = folder.iterdir()
    return top


def _download(release: Release, archive: Path) -> None:
    """Fetch a source distribution with pip, without running any code in it."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        # pip asks the build backend for the metadata, and the setup.py files of that time need Python 2.
        stand_in = Path(temporary, "backend", "setuptools")
        stand_in.mkdir(parents=True)
        (stand_in / "__init__.py").touch()
        (stand_in / "build_meta.py").write_text(_BACKEND, "utf-8")
        found = Path(temporary, "found")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        command += ["--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--use-pep517", "--dest", str(found)]
        done = subprocess.run(
            [*command, f"{release.name}=={release.version}"],
            env={**os.environ, "PYTHONPATH": str(stand_in.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        files = sorted(found.glob("*.tar.gz")) if found.is_dir() else []
        if done.returncode or len(files) != 1:
            lines = done.stderr.strip().splitlines()
            raise CannotFetch(f"cannot download {release.label}: {lines[-1] if lines else 'pip found no .tar.gz'}")
        shutil.copyfile(files[0], archive)
