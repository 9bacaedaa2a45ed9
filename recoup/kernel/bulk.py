"""Work on very many small objects. Pure."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the cycle collector: while hundreds of thousands of rows are built it looks through all of
    them again and again and finds nothing (reading takes half as long without it)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            settle()
            gc.enable()


def settle() -> None:
    """What was built since stands among the old objects at once, without having been looked through: turned
    on again, the collector would do that first. (Where a process has set its code apart, as `loading.whole`
    does, that must stay apart, and the look is paid for.)"""
    if not gc.get_freeze_count():
        gc.freeze()
        gc.unfreeze()
