"""A limit for the time that one step takes."""

from __future__ import absolute_import, division, unicode_literals

import signal


class TookTooLong(BaseException):
    """Not an Exception, for a project may catch those."""


class TimeLimit(object):
    """Raises `TookTooLong` in what takes longer than ``seconds``, where the system has an alarm clock."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.can_ring = hasattr(signal, "setitimer")

    def __enter__(self):
        if self.can_ring:
            signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def __exit__(self, *raised):
        if self.can_ring:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _ring(self, number, frame):
        raise TookTooLong("took longer than %g seconds" % self.seconds)
