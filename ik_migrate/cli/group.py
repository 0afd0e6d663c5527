"""The ``ik-migrate`` command: its subcommands, each imported when it is called, and its exit statuses."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from typing import IO, Any

import click

from ik_migrate.files.signals import EndedBySignal, end_by_signal, raise_ending_signals
from ik_migrate.model.errors import ISSUES, IkMigrateError, Stopped
from ik_migrate.model.version import VERSION

EXIT_STATUSES = """\b
Exit status:
  0  nothing left to do
  1  findings other than notices; after apply: findings that need manual review
  2  errors: a bad option, an unreadable path, a file that failed
"""

_COMMANDS = {
    "scan": ("ik_migrate.cli.scan_and_apply:scan", "Report what has to change; write nothing."),
    "apply": ("ik_migrate.cli.scan_and_apply:apply", "Rewrite the files, or print a diff."),
    "rehearse": ("ik_migrate.cli.rehearse:rehearse", "Try the whole upgrade in a copy of the project."),
    "snapshot": ("ik_migrate.cli.verify:snapshot", "Record the images that the project generates."),
    "verify": ("ik_migrate.cli.verify:verify", "Compare the images of the project with a snapshot."),
    "merge-reports": ("ik_migrate.cli.merge_reports:merge_reports", "Merge JSON reports into one report."),
    "rules": ("ik_migrate.cli.rules:rules", "List the rules."),
    "explain": ("ik_migrate.cli.rules:explain", "Explain rules, with examples."),
    "config": ("ik_migrate.cli.config:config", "Show the configuration in effect."),
    "completion": ("ik_migrate.cli.completion:completion", "Print the completion script for a shell."),
}
"""Where each command is defined, and its short help, in the order of ``--help``, which imports none of them."""


class _Commands(click.Group):
    """Exits with a documented status, and without a traceback, whatever happens."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            from ik_migrate.cli.suggestions import suggest_command

            raise click.UsageError(f"No such command: {name}.{suggest_command(name, _COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        place, what_it_does = _COMMANDS[cmd_name]
        module, _, name = place.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        command.short_help = what_it_does
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, what_it_does) for name, (_, what_it_does) in _COMMANDS.items()])

    def main(self, *args: Any, **kwargs: Any) -> Any:
        # What is imported and computed is kept until the end, and syntax trees are freed without the garbage collector.
        gc.disable()
        _open_closed_streams()
        try:
            with raise_ending_signals():
                return super().main(*args, **kwargs)
        except EndedBySignal as ended:
            end_by_signal(ended.number)
        except OSError as error:
            # From `--help` and `--version`, which are not commands.
            _drop_output()
            _complain(f"Error: {error}")
            sys.exit(2)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (KeyboardInterrupt, EndedBySignal) as ended:
            state = "Every file is either rewritten or unchanged: r" if ctx.invoked_subcommand == "apply" else "R"
            cause = f"Stopped by {ended.name}" if isinstance(ended, EndedBySignal) else "Interrupted"
            _complain(f"{cause}. {state}un it again.")
            if isinstance(ended, EndedBySignal):
                raise
            ctx.exit(130)
        except Stopped:
            ctx.exit(130)
        except click.ClickException as error:
            # Some versions of click declare it to be final.
            vars(error)["message"] = _escape(error.message)
            raise
        except (click.Abort, click.exceptions.Exit):
            raise
        except IkMigrateError as error:
            _complain(f"Error: {error}")
            ctx.exit(2)
        except Exception as error:
            if getattr(error, "errno", None) == errno.EPIPE or os.environ.get("IK_MIGRATE_DEBUG"):
                raise
            _drop_output()
            _complain(f"Error: {error or type(error).__name__}")
            if not isinstance(error, OSError):
                _complain(f"This is a bug in ik-migrate; --debug shows where. Report it: {ISSUES}")
            ctx.exit(2)


def _open_closed_streams() -> None:
    """Discard output to a stream that the caller has closed (``>&-``): Python has no stream object for it then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _complain(message: str) -> None:
    """Write an error to standard error; where that fails too, the exit status has to do."""
    try:
        click.echo(_escape(message), err=True)
    except OSError:
        _drop(sys.stderr)


def _escape(message: str) -> str:
    """Escape control characters in a message, which may quote a path or code."""
    from ik_migrate.reports.escape import escape

    return "\n".join(map(escape, message.split("\n")))


def _drop_output() -> None:
    """Discard output that could not be printed."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop(sys.stdout)


def _drop(stream: IO[str]) -> None:
    """Discard output that is not written yet; Python would try again, and print an error, when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_STATUSES,
)
@click.version_option(VERSION, prog_name="ik-migrate")
def main() -> None:
    """Upgrade Django code from django-imagekit 2.x to 3.0 and later.

    \b
    Start in the folder of your project:
      ik-migrate scan                 report what has to change, and why
      ik-migrate apply --diff         show the rewrites
      ik-migrate apply                write them
      ik-migrate explain IK201        explain a rule
    """
