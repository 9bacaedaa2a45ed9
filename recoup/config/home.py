"""Where an installation keeps what is not in the database: secrets, files, sockets, caught mail."""

import json
import os
import secrets
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def home() -> Path:
    """`RECOUP_HOME`, else `.recoup` beside the code. Made with mode 0755 so that an unprivileged
    database user can pass; what is secret inside has its own mode."""
    path = Path(os.environ.get("RECOUP_HOME", PROJECT / ".recoup")).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def folder(name: str, mode: int = 0o700) -> Path:
    path = home() / name
    path.mkdir(mode=mode, exist_ok=True)
    return path


def web_port() -> str:
    """Where pages are served: `RECOUP_PORT`, else `PORT` as supervisors give it, else 8000."""
    return os.environ.get("RECOUP_PORT") or os.environ.get("PORT") or "8000"


def secret(name: str) -> str:
    """A 256-bit secret of this installation, made at first use; environment `RECOUP_<NAME>` wins."""
    given = os.environ.get(f"RECOUP_{name.upper()}")
    if given:
        return given
    path = folder("secrets") / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(32)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(known, indent=1))
        fresh.replace(path)
    return known[name]
