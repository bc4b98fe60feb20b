"""What a worker does when its broker is silent: it goes on with the work itself, and ends when it has gone deaf.

A connection can die without a sign (a host that lost its power, a router that forgot it). Then no message
comes, and nothing says so. The options in ``lms.platform.worker`` let Celery notice and connect again;
this is for what they miss, and for the time until then.
"""

import logging
import os
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

QUIET_SECONDS = 8
"""The clock's ticks come every two seconds: after so long the worker looks for work itself."""
DEAF_SECONDS = 60
"""No message for so long, while a fresh connection is answered: this process will hear nothing any more."""
STUCK_SECONDS = 300
"""Neither a message nor an own look has ended for so long: something inside waits for ever."""


class Watchdog:
    """Watches one worker process.

    ``sweep`` does what a tick would; ``answers`` says whether a fresh connection to the broker is answered;
    ``busy`` whether a task runs, since then no message is taken; ``leave`` ends the process, which whoever
    supervises it starts again: rows are the queue, nothing is lost.
    """

    def __init__(
        self,
        *,
        sweep: Callable[[], None],
        answers: Callable[[], bool],
        busy: Callable[[], bool],
        leave: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sweep, self._answers, self._busy, self._leave = sweep, answers, busy, leave
        self._clock = clock
        self._heard = self._alive = clock()

    def heard(self, **_facts: object) -> None:
        """A message came."""
        self._heard = self._alive = self._clock()

    def look(self) -> None:
        """Called every second or two."""
        quiet = self._clock() - self._heard
        if quiet < QUIET_SECONDS:
            return
        try:
            self._sweep()
        except Exception:
            log.exception("the worker's own look for work failed")
        self._alive = self._clock()
        if quiet >= DEAF_SECONDS and not self._busy() and self._answers():
            log.error(
                "no message for %d s though the broker answers: this worker ends to be started again", quiet
            )
            self._leave()

    def check(self) -> None:
        """Called in another thread, since ``look`` may be what waits."""
        if self._clock() - self._alive >= STUCK_SECONDS and not self._busy():
            log.error("nothing has ended for %d s: this worker ends to be started again", STUCK_SECONDS)
            self._leave()

    def start(self, every_seconds: float) -> None:
        """Look and check in threads of their own."""
        for work, seconds in ((self.look, every_seconds), (self.check, STUCK_SECONDS / 10)):
            threading.Thread(target=_repeat, args=(work, seconds), name="watchdog", daemon=True).start()


def leave() -> None:
    """End this process at once: what hangs would make an orderly end wait, too."""
    logging.shutdown()
    os._exit(1)


def _repeat(work: Callable[[], None], seconds: float) -> None:
    while True:
        time.sleep(seconds)
        work()
