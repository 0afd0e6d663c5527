"""``ik-migrate completion``: what a shell has to read to complete the command; and what it completes codes with."""

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
    epilog="\b\nTo have it in every shell:\n" + "".join(f"  {shell:6}{line}\n" for shell, line in _WHERE.items()),
)
@click.argument("shell", type=click.Choice(list(_WHERE)))
def completion(shell: str) -> None:
    """Print what makes SHELL complete commands, options, their values and files."""
    from click.shell_completion import get_completion_class

    from ik_migrate.cli.group import main

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(main, {}, "ik-migrate", "_IK_MIGRATE_COMPLETE").source())


def complete_codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes of rules, after the last comma of a list of them."""
    from click.shell_completion import CompletionItem

    from ik_migrate.engine.registry import rules

    done, comma, begun = incomplete.rpartition(",")
    return [
        CompletionItem(done + comma + code, help=rule.summary)
        for code, rule in rules().items()
        if code.startswith(begun.upper())
    ]


def complete_targets(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The versions of ImageKit to move to."""
    from click.shell_completion import CompletionItem

    from ik_migrate.model.targets import TARGETS

    return [CompletionItem(version) for version in TARGETS if version.startswith(incomplete)]
