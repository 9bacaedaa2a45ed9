"""Files at somebody else's SFTP server, by the machine's own `sftp`: its keys, its known hosts, its settings."""

import logging
import re
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

log = logging.getLogger(__name__)
SLUG = re.compile(r"[a-z0-9-]{1,60}", re.ASCII)  # of an agency, as a folder's name
# Names that need no more than quotes; `*`, `?` and `[` would be patterns.
SAFE = re.compile(r"[A-Za-z0-9._()+ -]{1,200}", re.ASCII)


class Sftp:
    """A folder there, `sftp://user@host:port/folder`; names are below it. Raises `OSError` with what was said."""

    def __init__(self, url: str, *, way: tuple[str, ...] = ()) -> None:
        """`way`: more words for sftp, such as another program in place of ssh."""
        where = urlsplit(url)
        self.way = way
        self.host = f"{where.username}@{where.hostname}" if where.username else str(where.hostname)
        self.port, self.root = where.port or 22, where.path.rstrip("/")

    def run(self, *commands: str) -> str:
        """A batch; a command with a dash before it may fail."""
        try:
            said = subprocess.run(
                ["sftp", *self.way, "-q", "-b", "-", "-o", "BatchMode=yes", "-P", str(self.port), self.host],
                input="\n".join(commands) + "\n", capture_output=True, text=True, timeout=300, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise OSError("sftp: no answer in five minutes") from None
        if said.returncode:
            raise OSError(f"sftp: {said.stderr.strip()[-200:]}")
        return said.stdout

    def listed(self, folder: str) -> dict[str, str]:
        """Plain files in a folder: what is said of each (size, last change); none in a folder that is not
        there. One whose name is not safe stays there, and the log says so."""
        found = {}
        for line in self.run(f'-ls -ln "{self.at(folder)}"').splitlines():
            # rights, links, owner, group, size, month, day, time or year, name
            words = line.split(maxsplit=8)
            if len(words) == 9 and words[0].startswith("-"):
                name = words[8].rpartition("/")[2]
                if SAFE.fullmatch(name):
                    found[name] = " ".join(words[4:8])
                else:
                    log.error("sftp: %r stays at %s: its name is not safe", name, self.host)
        return found

    def get(self, name: str) -> bytes:
        with tempfile.TemporaryDirectory() as folder:
            self.run(f'get "{self.at(name)}" "{folder}/it"')
            return (Path(folder) / "it").read_bytes()

    def put(self, name: str, content: bytes) -> None:
        """Whole or not at all: written beside, then renamed. The same name again is replaced."""
        target = self.at(name)
        folders: list[str] = []
        for part in Path(name).parents:
            folders.insert(0, f'-mkdir "{self.at(str(part))}"')
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            self.run(
                *folders, f'put "{file.name}" "{target}.part"', f'-rm "{target}"',
                f'rename "{target}.part" "{target}"',
            )  # fmt: skip

    def move(self, name: str, to: str) -> None:
        """Also into a folder that is not there yet."""
        folder = self.at(str(Path(to).parent))
        self.run(f'-mkdir "{folder}"', f'rename "{self.at(name)}" "{self.at(to)}"')

    def at(self, name: str) -> str:
        return self.root if name in ("", ".") else f"{self.root}/{name}"
