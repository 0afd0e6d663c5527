"""A command on a terminal of its own, for tests; POSIX only."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from dataclasses import dataclass

# Makes its standard input the terminal of its session, so that Ctrl-C is for it alone, and becomes the command.
_TAKE_TERMINAL = """\
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True)
class OnTerminal:
    """A command that ran on a terminal.

    Args:
        status: its exit status.
        raw: all that it wrote there.
        stdout: what it wrote to standard output, where that was a pipe.
    """

    status: int
    raw: str
    stdout: str

    @property
    def text(self):
        """What it wrote, without colours, and with plain line ends."""
        return _CONTROL.sub("", self.raw).replace("\r\n", "\n")


def run_on_terminal(command, *, answers=(), prompt="[?]: ", cwd, env, stdout_to_pipe=False, timeout=60):
    """Run a command with a terminal, and type an answer each time that it asks.

    Args:
        command: the command line.
        answers: what to type, in order; without a line end for keys such as Ctrl-C (``\\x03``).
        prompt: what is written when an answer is wanted.
        cwd: its folder.
        env: its environment.
        stdout_to_pipe: whether only its input and its standard error are the terminal.
        timeout: seconds until it must have come to its end.
    """
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-S", "-c", _TAKE_TERMINAL, *map(str, command)],
        cwd=cwd,
        env=env,
        stdin=theirs,
        stdout=subprocess.PIPE if stdout_to_pipe else theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    waiting, written, seen = list(answers), "", 0
    deadline = time.monotonic() + timeout
    try:
        while time.monotonic() < deadline:
            readable, _, _ = select.select([ours], [], [], 1)
            if readable:
                try:
                    data = os.read(ours, 65536)
                except OSError:
                    # Linux has it so when the last one closes the other end.
                    data = b""
                if not data:
                    break
                written += data.decode()
            if waiting and _CONTROL.sub("", written[seen:]).endswith(prompt):
                seen = len(written)
                os.write(ours, waiting.pop(0).encode())
        stdout = process.stdout.read().decode() if process.stdout else ""
        status = process.wait(timeout=max(1, deadline - time.monotonic()))
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
        os.close(ours)
    assert not waiting, f"never asked for {waiting}:\n{written}"
    return OnTerminal(status, written, stdout)
