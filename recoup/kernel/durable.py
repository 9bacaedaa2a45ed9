"""Bytes on disk, whole or not at all, and there after a power cut."""

import os
from pathlib import Path

from recoup.kernel.faults import fault
from recoup.kernel.ids import new_id


def write_whole(path: Path, content: bytes, *, point: str = "") -> None:
    """Write aside under a name of its own (a slow writer and its successor never share a half file),
    make it durable, rename, make the name durable. `point` names the
    fault point before the rename."""
    fresh = path.with_name(f"{path.name}.{new_id().hex}.part")
    try:
        with open(fresh, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # a full disk is not made fuller by the half of a file
        fresh.unlink(missing_ok=True)
        raise
    if point:
        fault(point)
    fresh.replace(path)
    sync_folder(path.parent)


def append_line(path: Path, line: bytes) -> None:
    """Add one line, durable on return. A line that a crash has left torn is ended first, so that it
    spoils no other."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        end = os.lseek(handle, 0, os.SEEK_END)
        torn = end > 0 and os.pread(handle, 1, end - 1) != b"\n"
        os.write(handle, (b"\n" if torn else b"") + line + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
