"""A headless Chromium to look at a page with: the DevTools protocol over pipes, with the standard library only."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TIMEOUT = 60
# Chromium wants its pipes under the numbers 3 and 4, which may be taken until then.
_START = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def find_chromium():
    """The path of a Chromium: what ``CHROME`` names, or the first that is on ``PATH``; ``None`` without one."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROME", ""), *NAMES))), None)


class Browser:
    """One browser with one page; what the page complains about and asks for is kept.

    Args:
        program: path of Chromium.
        profile: an empty folder for its files.
    """

    def __init__(self, program, profile):
        reads, its_output = os.pipe()
        its_input, writes = os.pipe()
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-pipe"]
        options += ["--no-first-run", f"--user-data-dir={profile}", "about:blank"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START, str(its_input), str(its_output), program, *options],
            pass_fds=(its_input, its_output),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(its_input)
        os.close(its_output)
        self._reader, self._writer = os.fdopen(reads, "rb"), os.fdopen(writes, "wb")
        self._number = 0
        self._buffer = b""
        self.session = None
        self.complaints, self.requests, self.loaded = [], [], False

    def __enter__(self):
        try:
            page = self.call("Target.createTarget", url="about:blank")["targetId"]
            self.session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for end in (self._writer, self._reader):
            with contextlib.suppress(BrokenPipeError):
                end.close()
        self.process.terminate()
        self.process.wait(TIMEOUT)

    def call(self, method, **parameters):
        """Call a method of the protocol and return what it returns."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self._writer.write(json.dumps(message).encode() + b"\0")
        self._writer.flush()
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, f"{method}: {answer['error']}"
                return answer["result"]

    def open(self, address):
        """Go to an address and wait until the page is loaded."""
        self.complaints, self.requests, self.loaded = [], [], False
        self.call("Page.navigate", url=address)
        limit = time.monotonic() + TIMEOUT
        while not self.loaded and time.monotonic() < limit:
            self._next()
        assert self.loaded, f"{address} is not loaded after {TIMEOUT} seconds"

    def run(self, expression):
        """The value of a JavaScript expression on the page; a promise is waited for."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def _next(self):
        """The next message; those about the page are noted."""
        while b"\0" not in self._buffer:
            data = os.read(self._reader.fileno(), 1 << 16)
            assert data, "the browser has ended"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(message)
        method, details = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Network.requestWillBeSent":
            self.requests.append(details["request"]["url"])
        elif method in {"Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening"}:
            self.complaints.append(details)
        elif method == "Log.entryAdded":
            self.complaints.append(details["entry"])
        return message
