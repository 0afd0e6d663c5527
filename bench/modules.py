"""``python -m bench.modules``: generate small ImageKit 2 projects, migrate them, and see what does not hold.

Prints a table of the kinds of failures with the smallest example of each that was found. The invariants are in
``tests/support/nets/invariants.py``, the generator is ``tests/support/generator``. The exit status is 1 if anything
failed.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))

from generator.project import HELPERS, MODELS
from nets.batch import Example, Outcome, minimised, try_seeds
from nets.known import write_section
from nets.python_text import decode

_BATCH = 50


def main(arguments: Sequence[str] | None = None) -> int:
    """Run with these arguments, those of the process by default; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.modules", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="number of projects")
    parser.add_argument("--seed", type=int, default=0, help="seed of the first one")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="number of processes")
    parser.add_argument("--examples", type=Path, metavar="DIR", help="write the examples to files in DIR")
    parser.add_argument("--no-minimise", action="store_true", help="only count")
    parser.add_argument("--tries", type=int, default=200, help="how often to make an example smaller")
    parser.add_argument("--update-known", action="store_true", help="write what fails to known_failures.toml")
    options = parser.parse_args(arguments)
    started = time.monotonic()
    seeds = range(options.seed, options.seed + options.count)
    with ProcessPoolExecutor(options.jobs) as pool:
        outcomes = [found for batch in pool.map(try_seeds, _batches(seeds)) for found in batch]
        if options.update_known:
            write_section("modules", _by_kind(outcomes))
        _print_summary(outcomes, time.monotonic() - started)
        labels = Counter(label for outcome in outcomes for label in outcome.labels)
        examples: dict[str, Example] = {}
        if not options.no_minimise:
            shown = {label: _smallest(label, outcomes) for label in labels}
            found = {label: pool.submit(minimised, label, outcome, options.tries) for label, outcome in shown.items()}
            examples = {label: future.result() for label, future in found.items()}
    for label, number in labels.most_common():
        print(f"\n## {number} x {label}")
        if label in examples:
            print(f"\n```python\n{example_text(examples[label])}```")
    if options.examples:
        write_examples(options.examples, examples.values())
    return int(bool(labels))


def _batches(seeds: range) -> list[range]:
    return [seeds[start : start + _BATCH] for start in range(0, len(seeds), _BATCH)]


def _smallest(label: str, outcomes: Iterable[Outcome]) -> Outcome:
    """Return the failure whose project has the fewest features: it is minimised fastest."""
    return min((item for item in outcomes if label in item.labels), key=lambda item: (len(item.features), item.seed))


def _print_summary(outcomes: Sequence[Outcome], seconds: float) -> None:
    failing = sum(bool(outcome.violations) for outcome in outcomes)
    complete = sum(outcome.is_complete for outcome in outcomes)
    print(f"{len(outcomes)} projects in {seconds:.0f} s: {complete} with nothing left to do, {failing} with failures\n")
    print("| invariant | projects that violate it | kinds |\n| --- | --- | --- |", flush=True)
    kinds: dict[str, set[str]] = {}
    projects: Counter[str] = Counter()
    for outcome in outcomes:
        projects.update({violation.invariant for violation in outcome.violations})
        for violation in outcome.violations:
            kinds.setdefault(violation.invariant, set()).add(violation.kind)
    for invariant, number in projects.most_common():
        print(f"| {invariant} | {number} | {len(kinds[invariant])} |")


def _by_kind(outcomes: Iterable[Outcome]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for outcome in sorted(outcomes, key=lambda item: item.seed):
        for label in sorted(outcome.labels):
            found.setdefault(label, []).append(str(outcome.seed))
    return found


def example_text(example: Example) -> str:
    """Return a minimised module with a comment that says what is wrong with it."""
    head = [
        f"# invariant: {example.label}",
        f"# options: {example.options}; from seed {example.seed}; Python {2 if example.subject.python2 else 3}",
        *(f"# {line}" for line in example.message.split("\n")),
    ]
    settings = example.subject.files.get("settings.py", b"").decode()
    head += [f"# settings.py: {line}" for line in settings.splitlines() if line.startswith("IMAGEKIT")]
    text = "\n".join(head) + "\n\n" + decode(example.subject.files[MODELS]).strip("\n") + "\n"
    if HELPERS in example.subject.files:
        text += f"\n\n# {HELPERS}:\n\n" + decode(example.subject.files[HELPERS]).strip("\n") + "\n"
    return text


def write_examples(folder: Path, examples: Iterable[Example]) -> None:
    """Write each example to a file that is named by what is wrong with it."""
    folder.mkdir(parents=True, exist_ok=True)
    for example in examples:
        name = re.sub(r"[^a-z0-9]+", "-", example.label.lower()).strip("-")[:70]
        (folder / f"{name}.py").write_text(example_text(example), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
