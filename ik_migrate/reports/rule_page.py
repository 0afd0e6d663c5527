"""One rule explained: as Markdown for the documentation, and on the terminal for ``ik-migrate explain``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import IO

from rich import box
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from ik_migrate.model.rule import Applicability, Rule
from ik_migrate.reports.links import rule_url
from ik_migrate.reports.terminal import make_console, print_block, print_line, print_wrapped, prose

MEANINGS = {
    Applicability.SAFE: "`apply` rewrites it; the site behaves as before.",
    Applicability.UNSAFE: "`apply --unsafe-fixes` rewrites it; the finding says what can change.",
    Applicability.MANUAL: "needs manual review; `apply` leaves it unchanged.",
    Applicability.NOTICE: "nothing to change, but ImageKit 3 behaves differently.",
}
_LANGUAGES = {
    "py": "python",
    "sh": "sh",
    "html": "html",
    "toml": "toml",
    "yml": "yaml",
    "yaml": "yaml",
    "json": "json",
    "ini": "ini",
    "cfg": "ini",
}


def language(path: str) -> str:
    """What an example in a file of this name is highlighted as; ``text`` where that is unknown."""
    return _LANGUAGES.get(path.rpartition(".")[2].lower(), "text")


def rule_markdown(rule: Rule) -> str:
    """The page of a rule, as Markdown."""
    parts = [f"# {rule.code} {rule.name}", _escaped(sentence(rule.summary))]
    parts.append("\n".join(f"- **{kind.value}**: {MEANINGS[kind]}" for kind in rule.applicability))
    parts += ["## Why", _escaped(rule.why), "## What to do", _escaped(rule.help)]
    for title, code in examples(rule):
        parts += [f"## {title}", fenced(code, language(rule.path))]
    if closing(rule):
        parts.append(closing(rule))
    parts += ["## Source", _escaped(rule.source)]
    return "\n\n".join(parts) + "\n"


def rules_markdown(rules: Iterable[Rule]) -> str:
    """The table of all rules, as Markdown, with a link to the page of each."""
    rows = [
        f"| [{rule.code}]({rule.code}.md) | {rule.name} | {_cell(rule.summary)} | {_kinds(rule)} |" for rule in rules
    ]
    meanings = "\n".join(f"- **{kind.value}**: {meaning}" for kind, meaning in MEANINGS.items())
    table = "\n".join(["| Code | Name | What changed | `apply` |", "|---|---|---|---|", *rows])
    return f"# Rules\n\n{table}\n\nThe last column shows what `ik-migrate apply` may do:\n\n{meanings}\n"


def rule_dict(rule: Rule) -> dict[str, object]:
    """Return a rule as plain data, for JSON."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "applicability": [kind.value for kind in rule.applicability],
        "why": rule.why,
        "help": rule.help,
        "source": rule.source,
        "example": {"path": rule.path, "before": rule.before, "after": rule.after},
        "url": rule_url(rule.code),
    }


def write_rule(rule: Rule, stream: IO[str], color: bool | None = None) -> None:
    """Write the page of a rule for the terminal.

    Args:
        rule: the rule.
        stream: where to write.
        color: whether to use colour; ``None`` to find out from the stream and the environment.
    """
    console = make_console(stream, color=color)
    print_line(console, Text(f"{rule.code} {rule.name}", style="bold"))
    print_wrapped(console, prose(console, sentence(rule.summary)))
    print_line(console)
    for kind in rule.applicability:
        print_wrapped(console, prose(console, MEANINGS[kind]), first=Text(f"  {kind.value}", "bold"), indent=10)
    _section(console, "Why", rule.why)
    _section(console, "What to do", rule.help)
    for title, code in examples(rule):
        print_line(console)
        print_line(console, Text(f"{title} ({rule.path})", style="bold"))
        print_line(console)
        _print_code(console, code, language(rule.path))
    if closing(rule):
        print_line(console)
        print_wrapped(console, prose(console, closing(rule)))
    _section(console, "Source", rule.source)


def write_rules_table(rules: Iterable[Rule], stream: IO[str], color: bool | None = None) -> None:
    """Write one line on each rule: code, name, applicability and summary.

    Args:
        rules: the rules, in the order to write them.
        stream: where to write.
        color: as in `write_rule`.
    """
    console = make_console(stream, color=color)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("code", no_wrap=True, style="bold")
    table.add_column("name", no_wrap=True)
    table.add_column("apply", no_wrap=True)
    table.add_column("what changed", overflow="fold")
    for rule in rules:
        kinds = "\n".join(kind.value for kind in rule.applicability)
        table.add_row(rule.code, rule.name, kinds, prose(console, rule.summary))
    print_block(console, table)


def examples(rule: Rule) -> list[tuple[str, str]]:
    """The example of a rule: its titles and its code."""
    if not rule.before:
        return []
    if rule.before == rule.after:
        return [("Before", rule.before)]
    return [("Before", rule.before), ("After", rule.after)]


def closing(rule: Rule) -> str:
    """Return the sentence below an example that ``apply`` does not rewrite; empty for the others."""
    if rule.before != rule.after:
        return ""
    if Applicability.MANUAL in rule.applicability:
        return "`apply` leaves this unchanged: it needs manual review."
    return "`apply` leaves this unchanged."


def _section(console: Console, title: str, text: str) -> None:
    print_line(console)
    print_line(console, Text(title, style="bold"))
    for paragraph in text.splitlines():
        print_wrapped(console, prose(console, paragraph), first="  ", indent=2)


def _print_code(console: Console, code: str, lexer: str) -> None:
    """Print an example, indented; in colour where the console has any."""
    text = Text(code.rstrip("\n"))
    if console.color_system:
        syntax = Syntax(code, lexer, theme="ansi_dark", background_color="default")
        text = syntax.highlight(code.rstrip("\n"))
        text.rstrip()
    for line in text.split("\n", allow_blank=True):
        print_line(console, Text.assemble("    ", line))


def sentence(text: str) -> str:
    """A summary that stands alone: with a capital, and a full stop."""
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _kinds(rule: Rule) -> str:
    return ", ".join(kind.value for kind in rule.applicability)


def _escaped(text: str) -> str:
    """Prose for Markdown: code in backticks stays, all else means only itself."""
    pieces = re.split(r"(`[^`]+`)", text)
    # An underscore inside a word is no emphasis, and reads better without a backslash.
    pieces[::2] = [re.sub(r"[\\*<\[\]]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])", r"\\\g<0>", piece) for piece in pieces[::2]]
    return "".join(pieces)


def _cell(text: str) -> str:
    return _escaped(text).replace("|", "\\|").replace("\n", " ")


def fenced(code: str, info: str) -> str:
    """Return a block of code, with a fence that does not occur in it."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{info}\n{code.rstrip(chr(10))}\n{fence}"
