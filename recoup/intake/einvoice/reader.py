"""Reads e-invoices in a child process, so that a hostile file can neither hang nor fill the caller."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from recoup.intake.einvoice.reading import Reading
from recoup.intake.einvoice.transport import LARGEST, LENGTH, too_large, unpacked
from recoup.intake.einvoice.values import display_name
from recoup.kernel.refusal import N_, Refusal

LONGEST_ANSWER = 64 * 1024 * 1024
PATIENCE = 30.0
# What a forged answer can trip while it is unpacked.
FORGED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
ROOT = Path(__file__).parents[3]


class Reader:
    """One child for a batch of files, started at the first and again after one has killed it.

    Use as a context manager, from one thread. A file has 10 s of processor time, 30 s in all.
    """

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def read(self, content: bytes, *, file: str) -> Reading:
        """The invoice in `content`; `file` names it in messages.

        Raises `NoInvoice` (a sound file without an invoice) and `Refusal`, nothing else.
        """
        if len(content) > LARGEST:
            raise too_large(display_name(file))
        try:
            outcome = unpacked(self.ask(content, file))
        except (OSError, EOFError, *FORGED):
            self.stop()
            raise Refusal(
                "file_too_hard",
                N_(
                    "%(file)s could not be read in reasonable time and memory; it may be built to do harm."
                ),
                file=display_name(file),
            ) from None
        if isinstance(outcome, Refusal):
            raise outcome
        return outcome

    def ask(self, content: bytes, file: str) -> bytes:
        if self.child and self.child.poll() is not None:
            self.stop()
        child = self.child = self.child or started()
        assert child.stdin is not None
        alarm = threading.Timer(PATIENCE, child.kill)
        alarm.start()
        try:
            for part in (file.encode("utf-8", "surrogateescape"), content):
                child.stdin.write(LENGTH.pack(len(part)) + part)
            child.stdin.flush()
            length = LENGTH.unpack(self.received(LENGTH.size))[0]
            if length > LONGEST_ANSWER:
                raise ValueError("answer too long")
            return self.received(length)
        finally:
            alarm.cancel()

    def received(self, length: int) -> bytes:
        """Exactly `length` bytes of the answer. Raises `EOFError` when the child dies or was ended."""
        assert self.child is not None and self.child.stdout is not None
        answer = self.child.stdout.read(length)
        if len(answer) != length:
            raise EOFError
        return answer

    def stop(self) -> None:
        """Ends the child, if there is one."""
        child, self.child = self.child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:  # what was still unwritten has nowhere to go
                pass
        child.wait()


def started() -> subprocess.Popen[bytes]:
    """The child, with nothing of the parent's environment: no secrets, no settings."""
    return subprocess.Popen(
        [sys.executable, "-m", "recoup.intake.einvoice.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"}, cwd=ROOT,
    )  # fmt: skip


def read_invoice(content: bytes, *, file: str) -> Reading:
    """The invoice in one file, read in a child of its own; for several files use one `Reader`.

    Raises `NoInvoice` (a sound file without an invoice) and `Refusal`, nothing else.
    """
    with Reader() as reader:
        return reader.read(content, file=file)
