"""The ``ik-migrate`` command: its subcommands, each imported when it is called, and how it ends."""

from __future__ import annotations

import errno
import gc
import importlib
import os
import sys
from typing import IO, Any

import click

from ik_migrate import __version__
from ik_migrate.files.signals import EndedBySignal, end_by_signal, raise_ending_signals
from ik_migrate.model.errors import IkMigrateError, Stopped

EXIT_STATUSES = """\b
Exit status:
  0  nothing left to do
  1  there are findings (notices aside); after apply: something needs a person
  2  something could not be done: bad option, unreadable path, failed file or write
"""

_COMMANDS = {
    "scan": ("ik_migrate.cli.scan_and_apply:scan", "Report what has to change, write nothing."),
    "apply": ("ik_migrate.cli.scan_and_apply:apply", "Rewrite the files, or print a diff."),
    "rehearse": ("ik_migrate.cli.rehearse:rehearse", "Try the whole upgrade in a copy of the project."),
    "snapshot": ("ik_migrate.cli.verify:snapshot", "Record the pictures that the project makes."),
    "verify": ("ik_migrate.cli.verify:verify", "Whether it makes them, and the same as before."),
    "merge-reports": ("ik_migrate.cli.merge_reports:merge_reports", "Make one report of many JSON reports."),
    "rules": ("ik_migrate.cli.rules:rules", "List the rules."),
    "explain": ("ik_migrate.cli.rules:explain", "Say more about one rule, with an example."),
    "config": ("ik_migrate.cli.config:config", "Show the configuration that is in force."),
    "completion": ("ik_migrate.cli.completion:completion", "Print what makes your shell complete the command."),
}
"""Where each command is defined, and what it does, in the order of ``--help``, which imports none of them."""


class _Commands(click.Group):
    """Ends with one of the documented exit statuses, and without a traceback, whatever happens."""

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
        # What is imported and worked out stays until the end, and syntax trees go without the garbage collector's help.
        gc.disable()
        _open_closed_streams()
        try:
            with raise_ending_signals():
                return super().main(*args, **kwargs)
        except EndedBySignal as ended:
            end_by_signal(ended.number)
        except OSError as error:
            # Of `--help` and `--version`, which are no commands.
            _drop_output()
            _complain(f"Error: {error}")
            sys.exit(2)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except (KeyboardInterrupt, EndedBySignal) as ended:
            state = "Every file is whole, rewritten or as it was: r" if ctx.invoked_subcommand == "apply" else "R"
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
                _complain("That is a fault of ik-migrate: --debug shows where. Please report it.")
            ctx.exit(2)


def _open_closed_streams() -> None:
    """Have output go nowhere that was closed by who started us (``>&-``): there is no stream for it at all then."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115


def _complain(message: str) -> None:
    """Say on standard error what went wrong; where that can't be written to either, the exit status has to do."""
    try:
        click.echo(_escape(message), err=True)
    except OSError:
        _drop(sys.stderr)


def _escape(message: str) -> str:
    """Escape what could take the terminal over in a message: it may quote a path, or what a file says."""
    from ik_migrate.reports.escape import escape

    return "\n".join(map(escape, message.split("\n")))


def _drop_output() -> None:
    """Forget what could not be printed."""
    try:
        sys.stdout.flush()
    except OSError:
        _drop(sys.stdout)


def _drop(stream: IO[str]) -> None:
    """Have what was not written yet go nowhere; Python would try again, and complain, when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXIT_STATUSES,
)
@click.version_option(__version__, prog_name="ik-migrate")
def main() -> None:
    """Move a Django code base from django-imagekit 2.x to 3.0 and later.

    \b
    Try this first, in the folder of your project:
      ik-migrate scan                 what has to change, and why
      ik-migrate apply --diff         the rewrites, as a diff for git apply
      ik-migrate apply                make them
      ik-migrate explain IK201        more about one rule
    """
