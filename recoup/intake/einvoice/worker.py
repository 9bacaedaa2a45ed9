"""The guarded child: reads one file after another from standard input under limits of time and memory.

A frame is the length (8 bytes, big-endian) and the bytes. A request is two frames, the file's name
and its content; the answer is one frame, a packed outcome.
"""

import resource
import sys
from typing import BinaryIO

from recoup.intake.einvoice.document import read_here
from recoup.intake.einvoice.reading import Reading
from recoup.intake.einvoice.transport import LENGTH, packed
from recoup.kernel.refusal import N_, Refusal

MEMORY = 512 * 1024 * 1024
SECONDS = 10
FORBIDDEN = frozenset({
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen",
    "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.kill",
})  # fmt: skip


def main() -> None:
    guard()
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while (name := frame(requests)) is not None:
        content = frame(requests) or b""
        limit_time()
        answer = packed(outcome(content, name.decode("utf-8", "surrogateescape")))
        answers.write(LENGTH.pack(len(answer)) + answer)
        answers.flush()


def outcome(content: bytes, file: str) -> Reading | Refusal:
    try:
        return read_here(content, file=file)
    except Refusal as refusal:
        return refusal
    except (MemoryError, RecursionError):
        return too_hard(file)


def too_hard(file: str) -> Refusal:
    return Refusal(
        "file_too_hard",
        N_("%(file)s could not be read within %(seconds)d seconds and %(memory)d MB; it may be built to do harm."),
        file=file, seconds=SECONDS, memory=MEMORY >> 20,
    )  # fmt: skip


def guard() -> None:
    """Limits of memory and of reach, for good."""
    limit_memory()
    sys.addaudithook(nothing_outside)


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def limit_time() -> None:
    """Ten more seconds of processor time; the kernel ends the process after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS + 1, hard)
    )


def nothing_outside(event: str, _: object) -> None:
    """An audit hook: no network and no other program while a foreign file is read."""
    if event in FORBIDDEN:
        raise PermissionError(event)


def frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(LENGTH.size)
    return stream.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else None


if __name__ == "__main__":
    main()
