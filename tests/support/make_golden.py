"""
Make the recorded results of ImageKit 2 again: what it makes of the demonstration project and of all sites.

    python tests/support/make_golden.py --python PATH_TO_PYTHON_2.7 [--packages FOLDER] [--check] [SITE]...

ImageKit 2 runs on Python 2.7 only, which few machines still have, so its results are kept in the
repository and the tests compare a migrated project with them. There are two kinds: the ``*.ik2.json`` hold the
images that ``probe_site.py`` saw, the ``behaviour/*/ik2.json`` what the ``drive.py`` beside them observed. One has
to be made again when its project or its script changes, all when ``probe_site.py`` or ``kit.py`` does. An environment
that can do it:

    Django==1.5.12 django-appconf==1.0.3 django-imagekit==2.0.4 Pillow==6.2.2 six

Another Pillow gives images that differ by a shade, so keep to that one to see real changes only.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from behaviour import BehaviourSite, behaviour_sites, drive, is_as_expected
from equivalence import Site, probe, sites
from interpreters import IMAGEKIT_2, Interpreter, JobFailed
from migrating import copy_site


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--python", required=True, help="a Python 2.7 that has django-imagekit 2")
    parser.add_argument("--packages", default="", help="folder with its packages, where they lie apart")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    parser.add_argument("names", metavar="SITE", nargs="*", help="the name of a site; all where none is given")
    options = parser.parse_args(arguments)

    interpreter = Interpreter(IMAGEKIT_2, options.python, options.packages)
    known = [*sites(), *behaviour_sites()]
    wanted = [site for site in known if not options.names or site.name in options.names]
    try:
        return max((remake(site, interpreter, options.check) for site in wanted), default=2)
    finally:
        interpreter.close()


def remake(site: Site | BehaviourSite, interpreter: Interpreter, check: bool) -> int:
    """Make one result and print what came of it."""
    before = site.golden.read_text("utf-8") if site.golden.exists() else ""
    with tempfile.TemporaryDirectory() as folder:
        try:
            if isinstance(site, Site):
                content, same = probed_images(site, interpreter, Path(folder), before)
            else:
                content, same = observations(site, interpreter, Path(folder), before)
        except JobFailed as error:
            print(f"{site.name}: {error}", file=sys.stderr)
            return 2
    if not check and not same:
        site.golden.write_text(content, "utf-8", newline="\n")
    shown = site.golden.relative_to(Path(__file__).parents[1] / "fixtures").as_posix()
    print(f"{shown}: {'as before' if same else 'differs' if check else 'written'}")
    return int(check and not same)


def probed_images(site: Site, interpreter: Interpreter, folder: Path, before: str) -> tuple[str, bool]:
    """Return what the probe sees of a site as JSON, and whether it is what is recorded."""
    made = probe(interpreter, site.folder, site.settings, folder / "probe.json")
    imagekit = made["versions"]["imagekit"]
    if not imagekit.startswith("2."):
        raise JobFailed(f"{interpreter.python} has django-imagekit {imagekit}, not 2.x")
    content = (folder / "probe.json").read_text("utf-8")
    return content, content == before


def observations(site: BehaviourSite, interpreter: Interpreter, folder: Path, before: str) -> tuple[str, bool]:
    """Return what the script of a site observes as JSON, and whether it is what is recorded."""
    copy_site(site.project, folder / "site")
    driven = drive(interpreter, site, folder / "site", folder / "driven.json")
    if driven.broken:
        raise JobFailed(driven.broken)
    recorded = json.loads(before or "{}")
    same = recorded.keys() == driven.observations.keys() and all(
        is_as_expected(recorded[name], value) for name, value in driven.observations.items()
    )
    return json.dumps(driven.observations, indent=1, sort_keys=True) + "\n", same


if __name__ == "__main__":
    sys.exit(main())
