"""A local SMTP server for development and tests: every message becomes a file, none leaves.

Files are named by Message-ID, so that a sender who is unsure can ask whether one arrived.
"""

import re
import threading
import time
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller


def file_name(message_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9.@_-]", "_", message_id.strip("<> \r\n"))[:180] + ".eml"


class Keeper:
    """Writes what arrives; a repeated Message-ID gets a file of its own, so that doubles are seen."""

    def __init__(self, root: Path) -> None:
        self.root = root

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        content: bytes = envelope.content
        message = message_from_bytes(content, policy=default)
        name = file_name(str(message.get("Message-ID", f"none-{time.time_ns()}")))
        path = self.root / name
        if path.exists():
            path = self.root / f"{name[:-4]}.double-{time.time_ns()}.eml"
        fresh = path.with_suffix(".part")
        fresh.write_bytes(content)
        fresh.replace(path)
        return "250 Kept"


def start(root: Path, port: int) -> Controller:
    """A running catcher in a thread; `stop()` ends it."""
    root.mkdir(parents=True, exist_ok=True)
    controller = Controller(Keeper(root), hostname="127.0.0.1", port=port)
    controller.start()
    return controller


def catch(root: Path, port: int) -> None:
    start(root, port)
    threading.Event().wait()
