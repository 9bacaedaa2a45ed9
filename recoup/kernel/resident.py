"""What memory processes take, in megabytes as Linux says it; 0 where there is no /proc. For benchmarks."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

OFTEN = 0.05  # seconds


def megabytes(process: int | str, what: str) -> int:
    """A figure of a process (its number, or "self") by its name in `status`: `VmRSS` now, `VmHWM` at its peak."""
    try:
        said = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(at.split()[1]) >> 10 for at in said.splitlines() if at.startswith(what)), 0)


@contextmanager
def looked_at(look: Callable[[], None]) -> Iterator[None]:
    """`look` at once and every 50 ms until the block ends, in a thread of its own."""
    over = threading.Event()

    def go_on() -> None:
        look()
        while not over.wait(OFTEN):
            look()

    watcher = threading.Thread(target=go_on)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
