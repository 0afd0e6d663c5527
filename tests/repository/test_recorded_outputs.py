"""The script that records what the tool reports and writes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest
from command import ROOT

SCRIPT = ROOT / "scripts" / "record_outputs.py"
PROJECT = "rules/image-field/aliased-import"


@pytest.fixture(scope="module")
def script():
    """Runs the script."""

    def script(*arguments, seed="0"):
        command = [sys.executable, str(SCRIPT), *map(str, arguments)]
        # What depends on the order of sets shows with another seed.
        changed = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=changed)

    return script


@pytest.fixture(scope="module")
def recorded(script, tmp_path_factory):
    """Two records of the same projects."""
    folders = tmp_path_factory.mktemp("records") / "first", tmp_path_factory.mktemp("records") / "second"
    for seed, folder in enumerate(folders):
        done = script("record", folder, "--no-releases", "--only", "rules/image-field/a", seed=str(seed))
        assert done.returncode == 0, done.stderr
    return folders


def test_record_is_the_same_in_another_folder(script, recorded):
    done = script("compare", *recorded)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "No differences.\n")


def test_record_holds_report_and_written_files(recorded):
    record = json.loads((recorded[0] / f"{PROJECT}.json").read_text())
    output = record["default"]
    assert output["scan"]["command"] == "scan"
    assert [file["path"] for file in output["scan"]["files"]] == ["models.py"]
    folder = ROOT / "tests" / "fixtures" / PROJECT
    assert "".join(output["written"]["models.py"]) == (folder / "after.py").read_text()
    assert str(recorded[0]) not in json.dumps(record)


def test_compare_shows_a_changed_line(script, recorded, tmp_path):
    changed = shutil.copytree(recorded[1], tmp_path / "changed")
    path = changed / f"{PROJECT}.json"
    record = json.loads(path.read_text())
    record["default"]["written"]["models.py"][-1] += "# changed\n"
    path.write_text(json.dumps(record, indent=1) + "\n")
    done = script("compare", recorded[0], changed)
    assert done.returncode == 1
    assert f"--- first/{PROJECT}.json\n+++ changed/{PROJECT}.json\n" in done.stdout
    assert done.stderr == "1 projects differ.\n"
    parts = [script("compare", recorded[0], changed, "--part", part).returncode for part in ("scan", "written")]
    assert parts == [0, 1]


def test_compare_shows_a_missing_project(script, recorded, tmp_path):
    fewer = shutil.copytree(recorded[1], tmp_path / "fewer")
    (fewer / f"{PROJECT}.json").unlink()
    done = script("compare", recorded[0], fewer)
    assert done.returncode == 1
    assert f"+++ fewer/{PROJECT}.json" in done.stdout


def test_release_with_another_digest_is_refused(script, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "django-croppy-0.0.2.tar.gz").write_bytes(b"something else")
    done = script("record", tmp_path / "records", "--only", "released/django-croppy-0.0.2", "--cache", cache)
    assert done.returncode == 1
    assert "expected e268e01a" in done.stderr
    assert not (tmp_path / "records" / "released").exists()
