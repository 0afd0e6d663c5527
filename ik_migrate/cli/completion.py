"""``ik-migrate completion``: the scripts for shells, and the values that they complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_WHERE = {
    "bash": 'eval "$(ik-migrate completion bash)"              in ~/.bashrc',
    "zsh": 'eval "$(ik-migrate completion zsh)"               in ~/.zshrc, after compinit',
    "fish": "ik-migrate completion fish > ~/.config/fish/completions/ik-migrate.fish",
}


@click.command(
    epilog="\b\nTo enable it:\n" + "".join(f"  {shell:6}{line}\n" for shell, line in _WHERE.items()),
)
@click.argument("shell", type=click.Choice(list(_WHERE)))
def completion(shell: str) -> None:
    """Print the script that completes commands, options, values and files in SHELL."""
    from click.shell_completion import get_completion_class

    from ik_migrate.cli.group import main

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(main, {}, "ik-migrate", "_IK_MIGRATE_COMPLETE").source())


def complete_codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the rule codes that complete a list of codes."""
    from click.shell_completion import CompletionItem

    from ik_migrate.engine.registry import rules

    done, comma, begun = incomplete.rpartition(",")
    return [
        CompletionItem(done + comma + code, help=rule.summary)
        for code, rule in rules().items()
        if code.startswith(begun.upper())
    ]


def complete_targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the ImageKit versions to move to."""
    from click.shell_completion import CompletionItem

    from ik_migrate.model.targets import TARGETS

    return [CompletionItem(version) for version in TARGETS if version.startswith(incomplete)]


def complete_formats(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the formats of a report."""
    from click.shell_completion import CompletionItem

    from ik_migrate.reports.formats import FORMATS

    return [CompletionItem(name) for name in FORMATS if name.startswith(incomplete)]


def complete_outputs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return ``FORMAT=`` for each format, and after it the files of the folder that is typed."""
    import os

    from click.shell_completion import CompletionItem

    name, equals, file = incomplete.partition("=")
    if not equals:
        return [CompletionItem(f"{item.value}=") for item in complete_formats(ctx, param, name)]
    folder, _, begun = file.rpartition("/")
    try:
        entries = sorted(os.scandir(f"{folder}/" if folder or file.startswith("/") else "."), key=lambda one: one.name)
    except OSError:
        return []
    shown = f"{folder}/" if "/" in file else ""
    return [
        CompletionItem(f"{name}={shown}{entry.name}{'/' if entry.is_dir() else ''}")
        for entry in entries
        if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
    ]
