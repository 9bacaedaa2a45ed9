"""Named fault points between two durable effects. Silent in operation; a test arms one by name to be
killed, to fail or to sleep exactly there (FoundationDB's and TigerBeetle's practice)."""

import os
import signal
import time

ARMED = "RECOUP_FAULT"  # name:action[:nth], e.g. dispatch.claimed:kill:3
_seen: dict[str, int] = {}


def fault(name: str) -> None:
    """Do what the environment arms for `name` at its nth passing: kill, raise, sleep."""
    armed = os.environ.get(ARMED)
    if not armed:
        return
    point, action, *rest = armed.split(":")
    if point != name:
        return
    _seen[name] = _seen.get(name, 0) + 1
    if rest and _seen[name] != int(rest[0]):
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "raise":
        raise RuntimeError(f"fault at {name}")
    elif action == "sleep":
        time.sleep(1)
