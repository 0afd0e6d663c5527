"""What holds for every project, on generated ones; ``python -m bench.modules`` tries thousands."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import ROOT
from generator import generate
from nets.batch import options_of, subject_of, try_seeds
from nets.importing import Application, Interpreter, import_all
from nets.known import known_failures
from nets.python_text import parse
from nets.trial import OPTION_SETS

SEEDS = 200
BATCH = 25
KNOWN_SEEDS = {int(seed) for names in known_failures("modules").values() for seed in names}
EVERY = 1 if os.environ.get("IK_MIGRATE_ALL_SEEDS") else 2
TRIED = [seed for seed in range(SEEDS) if seed % EVERY == 0 or seed in KNOWN_SEEDS]
"""Every second seed and those that are known to fail; all with IK_MIGRATE_ALL_SEEDS. All options are among them."""
BATCHES = [TRIED[start : start + BATCH] for start in range(0, len(TRIED), BATCH)]
PYTHON2 = os.environ.get("IK_MIGRATE_PYTHON2", "")
IK2_PACKAGES = os.environ.get("IK_MIGRATE_IK2_PACKAGES", "")


def _label(seeds: list[int]) -> str:
    return f"{seeds[0]}-{seeds[-1]}"


@pytest.mark.parametrize("seeds", BATCHES, ids=_label)
def test_generated_projects_hold_or_are_known(seeds: list[int]) -> None:
    outcomes = try_seeds(seeds)
    failing = {(label, str(outcome.seed)) for outcome in outcomes for label in outcome.labels}
    listed = known_failures("modules")
    known = {(label, seed) for label, names in listed.items() for seed in names if int(seed) in seeds}
    messages = {
        f"{outcome.seed}, {outcome.options}: {violation.label}: {violation.message}"
        for outcome in outcomes
        for violation in outcome.violations
        if (violation.label, str(outcome.seed)) not in known
    }
    assert not messages, "new failures; python -m bench.modules --seed SEED --count 1 shows a small example:\n" + (
        "\n".join(sorted(messages))
    )
    assert known <= failing, f"these pass now, take them out of known_failures.toml: {sorted(known - failing)}"


def test_known_failures_are_of_seeds_that_are_tried() -> None:
    assert set(TRIED) >= KNOWN_SEEDS
    assert set(range(SEEDS)) >= KNOWN_SEEDS


def test_all_options_are_tried() -> None:
    assert {options_of(seed) for seed in TRIED} == set(OPTION_SETS)


def test_bench_prints_a_table_and_writes_examples(tmp_path: Path) -> None:
    """Of the first project that is known to fail, if there is one."""
    seeds = sorted(KNOWN_SEEDS)
    seed = seeds[0] if seeds else 0
    command = [sys.executable, "-m", "bench.modules", "--seed", str(seed), "--count", "1", "--tries", "24"]
    command += ["--examples", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == int(bool(seeds)), done.stderr
    assert done.stdout.startswith("1 projects in ")
    assert bool(seeds) == ("\n## 1 x " in done.stdout)
    for path in tmp_path.iterdir():
        text = path.read_text("utf-8")
        assert text.startswith("# invariant: ") and f"seed {seed};" in text
        assert len(text.splitlines()) < len(generate(seed).models.splitlines())
    assert len(list(tmp_path.iterdir())) == len({label for label in done.stdout.split("\n") if label.startswith("## ")})


def test_generator_is_deterministic() -> None:
    assert [generate(seed) for seed in range(20)] == [generate(seed) for seed in range(20)]


def test_generated_modules_are_python() -> None:
    for seed in range(SEEDS):
        project = generate(seed)
        for path, data in project.files.items():
            if path.endswith(".py"):
                parse(data, project.python2)


def test_generator_writes_all_that_it_can() -> None:
    """A feature that is never written, or always, shows nothing."""
    projects = [generate(seed) for seed in range(SEEDS)]
    features = {feature for project in projects for feature in project.features}
    expected = {
        *(f"made by {way}" for way in ("alias", "partial", "subclass", "init", "setdefault", "factory", "lambda")),
        *(f"placed by {way}" for way in ("attribute", "if", "try", "add_to_class", "loop", "contribute", "semicolon")),
        *(f"placed by {way}" for way in ("class constant", "class function", "decorator", "adding function")),
        *(f"dict: {way}" for way in ("constant", "call", "inline", "merge", "base", "copy", "item", "update")),
        *(f"source: {way}" for way in ("plain", "storage", "dict", "subclass", "partial", "function")),
        *(f"imagekit.models by {way}" for way in ("name", "alias", "submodule", "dotted", "module", "star", "try")),
        *("placed by added source", "helpers in another module", "starred arguments"),
        *("implicit source", "spec of a spec", "abstract base", "ProcessedImageField", "positional from the fifth on"),
    }
    assert expected <= features
    assert {project.python2 for project in projects} == {True, False}
    assert {b"\r\n" in project.files["gallery/models.py"] for project in projects} == {True, False}
    assert {b"\n\t" in project.files["gallery/models.py"] for project in projects} == {True, False}


@pytest.mark.skipif(
    not (PYTHON2 and IK2_PACKAGES),
    reason="no Python 2.7 with ImageKit 2: set IK_MIGRATE_PYTHON2 and IK_MIGRATE_IK2_PACKAGES",
)
def test_generated_projects_run_under_imagekit_2() -> None:
    projects = {f"app{seed}": generate(seed) for seed in range(SEEDS)}
    applications = {
        name: Application(project.files, project.python2, subject_of(project).attributes)
        for name, project in projects.items()
        if project.runs_on_python2
    }
    assert len(applications) > SEEDS // 2
    outcomes = import_all(applications, Interpreter(PYTHON2, IK2_PACKAGES, is_python2=True))
    assert {name: outcome for name, outcome in outcomes.items() if outcome} == {}
