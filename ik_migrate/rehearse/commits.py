"""``apply --commit``: the rewrite in several commits, the mechanical and the delicate part apart, or app by app."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ik_migrate import api
from ik_migrate.engine.progress import unseen
from ik_migrate.engine.write_results import written
from ik_migrate.files.git import Git
from ik_migrate.files.work_tree import GitError, top_of, uncommitted
from ik_migrate.model.change import NeedSupport, SpecMember, UseSpecBase
from ik_migrate.model.errors import IkMigrateError
from ik_migrate.model.finding import Finding
from ik_migrate.model.options import Options
from ik_migrate.model.report import Report
from ik_migrate.model.result import FileResult, Status
from ik_migrate.model.rule import Applicability
from ik_migrate.rehearse.selection import app_names
from ik_migrate.reports.totals import count

BY_RULES = "rules"
BY_APPS = "apps"

_IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE")
_COMMITTER = ("GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE")
_WIDTH = 72


class CannotCommit(IkMigrateError):
    """The rewrite cannot be committed, or not all of it."""


@dataclass(frozen=True)
class Commit:
    """One commit.

    Args:
        subject: the first line of its message.
        why: what a reviewer should know about it, in a sentence.
        texts: what each file holds after it, by its path in the report.
        findings: what it rewrites.
    """

    subject: str
    why: str
    texts: dict[str, bytes]
    findings: tuple[Finding, ...]

    @property
    def message(self) -> str:
        """The message: the subject, the reason, and the rules."""
        rules = {finding.rule.code: finding.rule for finding in self.findings}
        numbers = Counter(finding.rule.code for finding in self.findings)
        lines = [self.subject, "", *_wrapped(self.why)]
        if rules:
            lines.append("")
        for code, rule in sorted(rules.items()):
            lines += _wrapped(f"- {code}: {rule.summary} ({count(numbers[code], 'place')})", "  ")
        return "\n".join([*lines, "", "Made by ik-migrate apply.", ""])


def check_repository(paths: Sequence[Path]) -> Git:
    """Return git for the work tree of paths, which has to be clean; commits have to be possible.

    Raises:
        CannotCommit: when there is something uncommitted, or several work trees.
        GitError: when git cannot be used, or does not know who commits.
    """
    tops = {top_of(path) for path in paths}
    if len(tops) != 1 or None in tops:
        raise CannotCommit("--commit needs one git work tree for all paths.")
    files = sorted(uncommitted(paths).files)
    if files:
        named = ", ".join(str(path) for path in files[:3]) + (" and others" if len(files) > 3 else "")
        raise CannotCommit(f"--commit: not committed: {named}. Commit first, or git stash -u.")
    (top,) = tops
    assert top is not None
    identity = {name: os.environ[name] for name in (*_IDENTITY, *_COMMITTER) if name in os.environ}
    git = Git(top, identity)
    try:
        git.output("var", "GIT_COMMITTER_IDENT")
    except GitError as error:
        raise CannotCommit(f"--commit: git does not know who you are: {error}. Set user.name and user.email.") from None
    return git


def plan_commits(
    report: Report, paths: Sequence[Path], options: Options, by: str, select: Callable[[Report], Report]
) -> list[Commit]:
    """Return the commits that lead to the rewrite of a report, none of them empty.

    Args:
        report: the whole rewrite, worked out and not written.
        paths: what was given.
        options: how to rewrite.
        by: `BY_RULES` or `BY_APPS`.
        select: removes from a report what is not to be rewritten.
    """
    changed = [result for result in report.results if result.status is Status.CHANGED]
    if by == BY_APPS:
        return _by_app(report, changed)
    return _by_rules(changed, paths, options, select)


def _by_app(report: Report, changed: Sequence[FileResult]) -> list[Commit]:
    names = app_names(report)
    support = [result for result in changed if result.is_support]
    commits = []
    if support:
        why = "Code of the apps imports these helpers from here. They keep what ImageKit 2 did."
        commits.append(_commit("Add helpers for the upgrade to ImageKit 3", why, support))
    with_fields = {"models.py", "models", "fields.py", "admin.py", "views.py", "forms.py"}
    others: list[FileResult] = []
    for app in sorted({names[result.path] for result in changed}):
        part = [result for result in changed if names[result.path] == app and not result.is_support]
        if app != "." and any(not with_fields.isdisjoint(Path(result.path).parts) for result in part):
            why = f"All that changes in the app {app}, and nothing else."
            commits.append(_commit(f"{app}: upgrade to ImageKit 3", why, part))
        else:
            others += part
    if others:
        why = "Settings, requirements and scripts: what belongs to no app."
        commits.append(_commit("Upgrade the project to ImageKit 3", why, others))
    return commits


def _commit(subject: str, why: str, results: Sequence[FileResult]) -> Commit:
    findings = tuple(finding for result in results for finding in result.applied)
    return Commit(subject, why, {result.path: result.after for result in results}, findings)


def _by_rules(
    changed: Sequence[FileResult], paths: Sequence[Path], options: Options, select: Callable[[Report], Report]
) -> list[Commit]:
    """Return up to three commits: renames, rewrites that keep behaviour, and those that may change it."""
    findings = [finding for result in changed for finding in result.applied]
    delicate = {finding.rule.code for finding in findings if _is_delicate(finding)}
    mechanical = tuple(sorted({finding.rule.code for finding in findings} - delicate))
    final = {result.path: result.after for result in changed}
    before = {result.path: result.before for result in changed if not result.is_new}
    plain = replace(options, unsafe_fixes=False, baseline=None)
    stages: list[dict[str, bytes]] = []
    for wanted in ([replace(plain, select=mechanical)] if mechanical else []) + [plain]:
        found = select(api.scan(paths, wanted))
        after = {
            result.path: result.after
            for result in found.results
            # What becomes of a file on the way must start from what it holds.
            if result.path in final and (result.is_new or before.get(result.path) == result.before)
        }
        stages.append({path: text for path, text in after.items() if text != before.get(path)})
    texts = [
        (
            "Use the names of ImageKit 3",
            "Names, arguments and settings. No class and no helper is added, so there is little to review.",
            stages[0] if mechanical else {},
            tuple(finding for finding in findings if finding.rule.code in mechanical),
        ),
        (
            "Keep the behaviour of ImageKit 2 under ImageKit 3",
            "Spec classes, backends and helpers in place of what ImageKit 3 does differently.",
            stages[-1],
            tuple(
                finding
                for finding in findings
                if finding.rule.code not in mechanical and finding.applicability is Applicability.SAFE
            ),
        ),
        (
            "Upgrade to ImageKit 3: changes to review",
            "These rewrites are probably right. Each rule names the behaviour that may change.",
            final,
            tuple(
                finding
                for finding in findings
                if finding.rule.code not in mechanical and finding.applicability is not Applicability.SAFE
            ),
        ),
    ]
    return _without_empty(texts, before, final)


def _without_empty(
    texts: Sequence[tuple[str, str, dict[str, bytes], tuple[Finding, ...]]],
    before: dict[str, bytes],
    final: dict[str, bytes],
) -> list[Commit]:
    """Return commits for those stages that change something; the last one leads to the whole rewrite."""
    commits: list[Commit] = []
    current = dict(before)
    waiting: tuple[Finding, ...] = ()
    for subject, why, stage, findings in texts:
        changes = {path: text for path, text in stage.items() if current.get(path) != text}
        if not changes:
            # Part of a later stage: a rewrite may be made only together with another one.
            waiting += findings
            continue
        commits.append(Commit(subject, why, changes, waiting + findings))
        waiting = ()
        current.update(changes)
    missing = {path: text for path, text in final.items() if current.get(path) != text}
    assert not missing
    return commits


def _is_delicate(finding: Finding) -> bool:
    """Whether a rewrite makes more than new names: a class, a helper, or something that may change behaviour."""
    makes_code = any(isinstance(change, NeedSupport | SpecMember | UseSpecBase) for change in finding.changes)
    return makes_code or finding.applicability is not Applicability.SAFE


def write_commits(git: Git, commits: Sequence[Commit], report: Report, paths: Sequence[Path]) -> Report:
    """Write and commit one stage after the other; return the report with what became of the files.

    Raises:
        CannotCommit: when a file cannot be written, or git refuses a commit; earlier commits are there.
    """
    start = git.output("rev-parse", "--verify", "-q", "HEAD").decode().strip()
    results = {result.path: result for result in report.results}
    texts = {path: result.before for path, result in results.items()}
    new = {path for path, result in results.items() if result.is_new}
    base = Path.cwd()
    for number, commit in enumerate(commits):
        stage = [
            replace(results[path], before=texts[path], after=text, is_new=path in new)
            for path, text in commit.texts.items()
        ]
        done = written(replace(report, results=tuple(stage)), paths, base, "", unseen)
        if done.failed:
            path, reason = done.failed[0]
            raise CannotCommit(f"cannot write {path}: {reason} {_state(number, start)}")
        files = [os.path.realpath(base / path) for path in commit.texts]
        try:
            git.output("add", "--", *files)
            git.output("commit", "-q", "--no-verify", "-m", commit.message, "--", *files)
        except GitError as error:
            raise CannotCommit(f"git cannot commit: {error}. {_state(number, start)}") from None
        texts.update(commit.texts)
        new -= commit.texts.keys()
    return replace(report, command="apply")


def _state(number: int, start: str) -> str:
    """Return what there is so far, and how to go back."""
    made = f"{count(number, 'commit')} made so far" if number else "Nothing was committed"
    return f"{made}. To go back: git reset --hard {start[:12]}"


def _wrapped(text: str, indent: str = "") -> list[str]:
    import textwrap

    return textwrap.wrap(text, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
