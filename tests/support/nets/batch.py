"""Try many generated projects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator import GeneratedProject, generate

from nets.importing import Application, import_all
from nets.invariants import IMPORTS, Violation, import_violation, violations
from nets.minimise import Fails, minimise, validated
from nets.trial import OPTION_SETS, Subject, Trial, run_trial


@dataclass(frozen=True)
class Outcome:
    """What became of one generated project.

    Args:
        seed: what it was made from.
        options: the name of the options that it was tried with.
        violations: what is wrong.
        is_complete: whether the rewrite left nothing to do.
        features: what is in it.
    """

    seed: int
    options: str
    violations: tuple[Violation, ...]
    is_complete: bool
    features: tuple[str, ...]

    @property
    def labels(self) -> set[str]:
        """The kinds of its failures."""
        return {violation.label for violation in self.violations}


def options_of(seed: int) -> str:
    """Return the options that a seed is tried with."""
    names = list(OPTION_SETS)
    return names[seed % len(names)]


def subject_of(project: GeneratedProject) -> Subject:
    """Return what is tried of a generated project.

    Raises:
        ValueError: when ImageKit 2 would not take it.
    """
    subject = validated(Subject(project.files, project.python2, project.parameters))
    if subject is None:
        raise ValueError(f"the project of seed {project.seed} is not valid")
    return subject


def try_seeds(seeds: Iterable[int]) -> list[Outcome]:
    """Migrate the project of each seed, and see what does not hold; the imports run in one process."""
    projects = {seed: generate(seed) for seed in seeds}
    trials = {seed: run_trial(subject_of(project), options_of(seed)) for seed, project in projects.items()}
    imported = _import(list(trials.values()))
    return [
        Outcome(
            seed,
            trial.options,
            (*violations(trial), *import_violation(trial, outcome)),
            trial.is_complete,
            projects[seed].features,
        )
        for (seed, trial), outcome in zip(trials.items(), imported, strict=True)
    ]


def _import(trials: Sequence[Trial]) -> list[str]:
    """Import those projects that are complete; return what went wrong with each."""
    names = [f"app{index}" for index in range(len(trials))]
    applications = {
        name: Application(trial.after, trial.subject.python2, trial.subject.attributes)
        for name, trial in zip(names, trials, strict=True)
        if trial.is_complete
    }
    outcomes = import_all(applications)
    return [outcomes.get(name, "") for name in names]


def fails_with(label: str, options: str) -> Fails:
    """Return what says which projects fail in a given way.

    Args:
        label: the kind of the failure.
        options: the name of the options.
    """

    def fails(subjects: Sequence[Subject]) -> list[bool]:
        if not label.startswith(f"{IMPORTS}:"):
            return [_has(label, run_trial(subject, options)) for subject in subjects]
        trials = [run_trial(subject, options) for subject in subjects]
        found = [import_violation(trial, outcome) for trial, outcome in zip(trials, _import(trials), strict=True)]
        return [any(violation.label == label for violation in wrong) for wrong in found]

    return fails


def _has(label: str, trial: Trial) -> bool:
    return any(violation.label == label for violation in violations(trial))


@dataclass(frozen=True)
class Example:
    """A small project that shows a failure.

    Args:
        label: the kind of the failure.
        seed: the seed of the project that it was made from.
        options: the name of the options.
        message: what is wrong with it.
        subject: the project.
    """

    label: str
    seed: int
    options: str
    message: str
    subject: Subject


def minimised(label: str, outcome: Outcome, tries: int = 200) -> Example:
    """Return a small project that fails in the same way as that of an outcome."""
    fails = fails_with(label, outcome.options)
    subject = minimise(subject_of(generate(outcome.seed)), fails, tries)
    trial = run_trial(subject, outcome.options)
    found = [*violations(trial), *import_violation(trial, _import([trial])[0])]
    message = next((violation.message for violation in found if violation.label == label), "it passes on its own")
    return Example(label, outcome.seed, outcome.options, message, subject)
