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
            gc.enable()
