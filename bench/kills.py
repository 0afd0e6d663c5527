"""``python -m bench.kills``: ``apply`` over many files, killed at random moments, again and again.

After each kill every file must be the old or the new one, whole; and the run after it must finish the work and leave
nothing behind. It ends with 1, and a message, when that is not so.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_OLD = """\
from imagekit.models import ImageSpecField
from imagekit.processors import ResizeToFill
from django.db import models


class Photo(models.Model):
    image = models.ImageField(upload_to='photos')
    small = ImageSpecField([ResizeToFill(50, 50)], image_field='image')
"""
_NEW = _OLD.replace("image_field=", "source=")
_APPLY = [sys.executable, "-m", "ik_migrate", "apply", "--quiet", "--jobs", "1"]


def main() -> int:
    """Kill the requested number of times; return 1 if something is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m bench.kills", description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    over_it = leftovers = 0
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        (site / "manage.py").touch()
        files = [site / f"app{number}" / "models.py" for number in range(arguments.files)]
        for path in files:
            path.parent.mkdir()
        for number in range(1, arguments.times + 1):
            for path in files:
                path.write_text(_OLD)
            _kill_once(site, files[0], chance.random() * 0.0012 * len(files))
            over_it += 0 < _number_of_new(files) < len(files)
            leftovers += len(_others(site, files))
            if number % 5 and number < arguments.times:
                # The next run finds what several have left.
                continue
            subprocess.run(_APPLY, cwd=site, check=True, stdout=subprocess.DEVNULL)
            if _number_of_new(files) < len(files) or _others(site, files):
                print(f"Not finished after kill {number}: {_others(site, files)}", file=sys.stderr)
                return 1
    print(
        f"{arguments.times} kills, {over_it} of them while files were written, {leftovers} unfinished files left"
        " and cleaned up: every file was whole each time."
    )
    return 0


def _kill_once(site: Path, first: Path, delay: float) -> None:
    """Start a run and kill it some seconds after it has begun to write."""
    with subprocess.Popen(_APPLY, cwd=site, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and first.read_text() == _OLD:
            time.sleep(0.0005)
        time.sleep(delay)
        process.kill()


def _number_of_new(files: list[Path]) -> int:
    """How many files are rewritten.

    Raises:
        SystemExit: when one is neither as it was nor as it shall be.
    """
    contents = [path.read_text() for path in files]
    if not set(contents) <= {_OLD, _NEW}:
        raise SystemExit(f"A file is broken: {sorted(set(contents) - {_OLD, _NEW})}")
    return contents.count(_NEW)


def _others(site: Path, files: list[Path]) -> list[Path]:
    known = {*files, site / "manage.py"}
    return [path for path in site.rglob("*") if path.is_file() and path not in known]


if __name__ == "__main__":
    raise SystemExit(main())
