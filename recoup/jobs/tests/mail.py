"""A mail server of the tests' own: keeps what it takes, refuses what it is told to."""

import socket
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from recoup.console.mail_catcher import Keeper


class Post(Keeper):
    """`answers`: replies to give instead of taking, one for each message; at RCPT or at DATA."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.at_recipient: list[str] = []
        self.at_data: list[str] = []
        self.after_data: list[str] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.at_data:
            return self.at_data.pop(0)
        answer = await super().handle_DATA(server, session, envelope)
        return self.after_data.pop(0) if self.after_data else answer


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def post_office(root: Path) -> Controller:
    """Started; `.handler` is the `Post`, `.port` where it listens."""
    root.mkdir(parents=True, exist_ok=True)
    controller = Controller(Post(root), hostname="127.0.0.1", port=free_port())
    controller.start()
    return controller


def caught(root: Path) -> list[Path]:
    return sorted(root.glob("*.eml"))
