"""Ask clamd whether bytes are malware, by its INSTREAM command. What cannot be asked is not clean."""

import socket
import struct
from dataclasses import dataclass

from django.conf import settings

PIECE = 1 << 16
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Scanned:
    """`clean` is None where nobody could tell; `found` the signature, or why not."""

    clean: bool | None
    found: str = ""


def scan(content: bytes) -> Scanned:
    """What clamd says of `content`; clean when no clamd is configured (`RECOUP_CLAMD`, a socket's path or
    host:port)."""
    if not settings.CLAMD:
        return Scanned(True)
    try:
        answer = asked(settings.CLAMD, content)
    except OSError as error:
        return Scanned(None, type(error).__name__)
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return Scanned(True)
    if verdict.endswith(" FOUND"):
        return Scanned(False, verdict.removesuffix(" FOUND")[:120])
    return Scanned(None, verdict[:120])


def asked(where: str, content: bytes) -> str:
    host, _, port = where.rpartition(":")
    unix = "/" in where
    with socket.socket(socket.AF_UNIX if unix else socket.AF_INET, socket.SOCK_STREAM) as line:
        line.settimeout(PATIENCE)
        line.connect(where if unix else (host, int(port)))
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), PIECE):
            piece = content[start : start + PIECE]
            line.sendall(struct.pack(">I", len(piece)) + piece)
        line.sendall(struct.pack(">I", 0))
        answer = b""
        while piece := line.recv(4096):
            answer += piece
            if b"\0" in piece or len(answer) > PIECE:
                break
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
