"""Several processes that work on the files of a project.

They are started as ``python -I``, not forked: nothing of the project's own can get in their way, on no system, and one
that comes to a violent end (a nesting that overflows the stack, a lack of memory) takes nothing along.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ik_migrate.engine.facts import Facts
from ik_migrate.engine.job import Job
from ik_migrate.engine.transport import receive, send
from ik_migrate.files.reading import file_content
from ik_migrate.model.errors import IkMigrateError
from ik_migrate.model.result import FileResult, Status
from ik_migrate.project.facts import ProjectFacts

if TYPE_CHECKING:
    pass

_START = """\
import pickle, sys
try:
    sys.path[:] = pickle.load(sys.stdin.buffer)
except EOFError:
    # The run was interrupted before it had anything to say.
    sys.exit()
from ik_migrate.engine.worker import main
main()
"""
_DIED = (
    "the process that worked on it came to a violent end: it is nested too deeply, or takes more memory than there is"
)

_LEFT_ALONE = f"{_DIED}. Exclude it with --exclude."


class _Died(Exception):
    """The process came to an end before it answered."""


class NotStarted(IkMigrateError):
    """The system lets no more processes start.

    Args:
        reason: what it says.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot start a worker process: {reason}. Use --jobs 1.")


class _Worker:
    """One worker process, and the facts that it has.

    Args:
        job: what to work on.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._process: subprocess.Popen[bytes] | None = None
        self._knowledge: ProjectFacts | None = None
        self._is_closed = False

    def ask(self, knowledge: ProjectFacts | None, task: str, *arguments: object) -> Any:
        """Have a method of `Alone` called with these arguments, by a process that knows this.

        Raises:
            _Died: when the process comes to an end over it. The next one asked is a new one.
            NotStarted: when it cannot be started.
            RuntimeError: when it fails.
        """
        if self._is_closed:
            raise _Died
        try:
            process = self._process or self._start()
            if knowledge is not self._knowledge:
                self._exchange(process, ("learn", (knowledge,)))
                self._knowledge = knowledge
            return self._exchange(process, (task, arguments))
        except (EOFError, OSError, pickle.UnpicklingError):
            self.stop()
            raise _Died from None

    def _start(self) -> subprocess.Popen[bytes]:
        options = ["-X", "utf8"] if sys.flags.utf8_mode else []
        try:
            # In a new session, so that only the parent process receives Ctrl-C.
            self._process = subprocess.Popen(
                [sys.executable, "-I", *options, "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        except OSError as error:
            raise NotStarted(error.strerror or str(error)) from None
        self._knowledge = None
        assert self._process.stdin is not None
        send(self._process.stdin, [path for path in sys.path if Path(path).is_absolute()])
        send(self._process.stdin, self._job)
        return self._process

    @staticmethod
    def _exchange(process: subprocess.Popen[bytes], request: tuple[str, tuple[object, ...]]) -> Any:
        assert process.stdin is not None and process.stdout is not None
        send(process.stdin, request)
        succeeded, answer = receive(process.stdout)
        if not succeeded:
            raise RuntimeError(answer)
        return answer

    def close(self) -> None:
        """End the process and start no other."""
        self._is_closed = True
        self.stop()

    def stop(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                assert stream is not None
                try:
                    stream.close()
                except OSError:
                    # What was not sent yet is for nobody any more.
                    continue


class ProcessExecutor:
    """A crew of several processes; see `Crew` for what it does. To be used with ``with``, which ends them.

    Args:
        job: what to work on.
        size: how many processes.
    """

    def __init__(self, job: Job, size: int) -> None:
        self._job = job
        self._hands = [_Worker(job) for _ in range(size)]
        self._knowledge: ProjectFacts | None = None
        self._deadly: set[Path] = set()
        self._homes: dict[Path, int] = {}

    def __enter__(self) -> ProcessExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hand in self._hands:
            hand.close()

    def learn(self, knowledge: ProjectFacts) -> None:
        """See `Crew.learn`."""
        # A copy, because the argument may get more facts, which have to be sent.
        self._knowledge = pickle.loads(pickle.dumps(knowledge))

    def facts(self, paths: Iterable[Path]) -> Iterator[Facts]:
        """See `Crew.facts`; files come in no order."""
        for _, answer in self._each("facts_of", paths, lambda path: Facts()):
            yield answer

    def results(self, paths: Iterable[Path]) -> Iterator[tuple[Path, FileResult]]:
        """See `Crew.results`; files come in no order."""
        return self._each("result_of", paths, self._failure)

    def strategies(self, settings: Iterable[Path]) -> set[str]:
        """See `Crew.strategies`."""
        found: set[str] = self._one("strategies", settings, {""})
        return found

    def _failure(self, path: Path) -> FileResult:
        from ik_migrate.project.project import Project

        try:
            data = file_content(path)
        except OSError:
            data = b""
        shown = Project(self._job.root, self._job.base).shown(path)
        return FileResult(shown, Status.FAILED, before=data, after=data, reason=_LEFT_ALONE)

    def _one(self, task: str, argument: object, failure: object) -> Any:
        try:
            return self._hands[0].ask(self._knowledge, task, argument)
        except _Died:
            return failure

    def _each(self, task: str, paths: Iterable[Path], failure: Callable[[Path], Any]) -> Iterator[tuple[Path, Any]]:
        """What comes of a task for each of the files, in the order in which they are done."""
        shares = self._shares(sorted(paths))
        answers: SimpleQueue[tuple[Path, Any] | BaseException] = SimpleQueue()
        threads = [
            Thread(target=self._work, args=(number, task, shares, failure, answers), daemon=True)
            for number in range(len(self._hands))
        ]
        total = sum(map(len, shares))
        for thread in threads:
            try:
                thread.start()
            except RuntimeError as error:
                raise NotStarted(str(error)) from None
        for _ in range(total):
            answer = answers.get()
            if isinstance(answer, BaseException):
                raise answer
            yield answer
        for thread in threads:
            thread.join()

    def _shares(self, paths: list[Path]) -> list[deque[Path]]:
        """Assign files to processes: a file stays with the process that has read it, neighbours stay together."""
        shares: list[deque[Path]] = [deque() for _ in self._hands]
        for index, path in enumerate(paths):
            home = self._homes.setdefault(path, index * len(shares) // len(paths))
            # Backwards: what a process has read last it has not forgotten yet.
            shares[home].appendleft(path)
        return shares

    def _work(
        self,
        number: int,
        task: str,
        shares: list[deque[Path]],
        failure: Callable[[Path], Any],
        answers: SimpleQueue[tuple[Path, Any] | BaseException],
    ) -> None:
        """Have one process do its share, and then of what others have not come to."""
        try:
            while True:
                share = shares[number] or max(shares, key=len)
                try:
                    path = share.popleft() if share is shares[number] else share.pop()
                except IndexError:
                    return
                answers.put((path, self._answer(number, task, path, failure)))
        except BaseException as error:
            answers.put(error)

    def _answer(self, number: int, task: str, path: Path, failure: Callable[[Path], Any]) -> Any:
        # Whoever dies over a file may have died of one that it imports, which another has died of meanwhile.
        for _ in range(2):
            if path in self._deadly:
                break
            try:
                return self._hands[number].ask(self._knowledge, task, path, frozenset(self._deadly))
            except _Died:
                continue
        self._deadly.add(path)
        return failure(path)
