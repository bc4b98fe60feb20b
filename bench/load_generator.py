"""Many people at once: a closed loop, or presses by a timetable. Threads, since they mostly wait."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence

Visit = Callable[[], None]


def closed_loop(visits: Iterable[Visit], *, clients: int) -> None:
    """``clients`` at once, each of whom begins the next visit when the last one is done."""
    waiting: Iterator[Visit] = iter(visits)
    lock = threading.Lock()

    def client() -> None:
        while True:
            with lock:
                visit = next(waiting, None)
            if visit is None:
                return
            visit()

    _together([client] * clients)


def by_timetable(visits: Sequence[tuple[float, Visit]], *, hands: int, began: float | None = None) -> None:
    """Each visit begins at its second, however long the others take; ``hands`` bounds those under way.

    Seconds count from ``began`` on the monotonic clock, or from now.
    """
    began = time.monotonic() if began is None else began

    def due() -> Iterator[Visit]:
        for at, visit in sorted(visits, key=lambda entry: entry[0]):
            yield lambda at=at, visit=visit: _at(began + at, visit)  # type: ignore[misc]

    closed_loop(due(), clients=hands)


def _at(moment: float, visit: Visit) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
    visit()


def _together(jobs: Sequence[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job, daemon=True) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
