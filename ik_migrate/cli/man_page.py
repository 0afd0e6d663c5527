"""The manual page of the command, docs/ik-migrate.1, made from its --help; see scripts/render_docs.py."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click

from ik_migrate import __version__
from ik_migrate.cli.group import EXIT_STATUSES, main
from ik_migrate.cli.help import sections

_HEAD = r"""
.TH IK\-MIGRATE 1 "" "ik\-migrate {version}" "User Commands"
.SH NAME
ik\-migrate \- move a Django code base from django\-imagekit 2.x to 3.0 and later
.SH SYNOPSIS
.B ik\-migrate
.I COMMAND
[\fIOPTION\fR]... [\fIARGUMENT\fR]...
.SH DESCRIPTION
""".lstrip()

_TAIL = r"""
.SH ENVIRONMENT
.TP
.B NO_COLOR
No colour, if it is not empty.
.TP
.B FORCE_COLOR
Colour even where there is no terminal, if it is neither empty nor 0.
.TP
.B IK_MIGRATE_DEBUG
Show the traceback of an internal error, if it is not empty.
.SH FILES
.TP
.B pyproject.toml
Its table [tool.ik\-migrate] configures the project;
.B ik\-migrate config
shows what is in force.
.TP
.B ik\-migrate.toml
The same for projects without pyproject.toml, with no table around it.
.SH SEE ALSO
.BR git\-apply (1),
.B ik\-migrate explain
CODE for each rule
""".lstrip()


def man_page() -> str:
    """The source of the manual page, for ``man``."""
    lines = [_HEAD.format(version=_escaped(__version__)).rstrip(), *_text(main.help), ".SH COMMANDS"]
    context = click.Context(main, info_name="ik-migrate")
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        lines += _command(command, click.Context(command, info_name=name, parent=context))
    title, *statuses = EXIT_STATUSES.replace("\b\n", "").splitlines()
    lines += [f".SH {title.strip(':').upper()}", *_verbatim(statuses), _TAIL]
    return "\n".join(lines)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    arguments = [_argument(param) for param in command.params if isinstance(param, click.Argument)]
    yield f".SS {_escaped(' '.join([context.command_path, '[OPTION]...', *arguments]))}"
    yield from _text(command.help)
    for title, options in sections(command.params).items():
        if options:
            yield f".PP\n.I {_escaped(title)}"
        for option in options:
            yield f".TP\n{_names(option)}\n{_line(_meaning(option))}"
    yield from _text((command.epilog or "").replace(EXIT_STATUSES, ""))


# Not as click says it: that is another from version to version, and this page is compared with what it would be.


def _argument(argument: click.Argument) -> str:
    name = (argument.metavar or argument.name or "").upper()
    if isinstance(argument.type, click.Choice):
        name = "|".join(argument.type.choices)
    name = f"[{name}]" if not argument.required else name
    return f"{name}..." if argument.nargs != 1 else name


def _names(option: click.Option) -> str:
    names = ", ".join(f"\\fB{_escaped(name)}\\fR" for name in [*option.opts, *option.secondary_opts])
    if option.is_flag:
        return names
    value = option.metavar or option.type.name.upper()
    if isinstance(option.type, click.Choice) and not option.metavar:
        value = "|".join(option.type.choices)
    return f"{names} \\fI{_escaped(value)}\\fR"


def _meaning(option: click.Option) -> str:
    default = f" The default is {option.default}." if option.show_default and not option.is_flag else ""
    return f"{option.help}{default}"


def _text(text: str | None) -> Iterator[str]:
    r"""Paragraphs of help; those that begin with ``\b`` keep their lines."""
    for paragraph in re.split(r"\n[ \t]*\n", inspect.cleandoc(text or "")):
        lines = paragraph.strip("\n").splitlines()
        if lines and lines[0].strip() == "\b":
            yield f".PP\n{_line(lines[1])}"
            yield from _verbatim(lines[2:])
        elif lines:
            yield f".PP\n{_line(' '.join(line.strip() for line in lines))}"


def _verbatim(lines: list[str]) -> Iterator[str]:
    yield ".PP\n.RS 2\n.nf"
    yield from (_line(line.removeprefix("  ")) for line in lines)
    yield ".fi\n.RE"


def _line(text: str) -> str:
    """A line of text, in which nothing is a request of troff."""
    escaped = _escaped(text)
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


def _escaped(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq")
