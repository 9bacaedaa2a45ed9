"""Fetching e-mail: from an IMAP folder or a folder of .eml files; each is marked as read only once kept.

A kill between keeping and marking fetches it again, and it is known by its Message-ID. What cannot be
read is kept too: it is moved aside, with a task for a person.
"""

import imaplib
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from recoup.cases.operations import add_task
from recoup.files.operations import keep
from recoup.journeys.quarantine import keep_all_apart, unclean
from recoup.journeys.take_mail import take_mail
from recoup.kernel.actor import SYSTEM
from recoup.kernel.faults import fault
from recoup.kernel.refusal import N_, Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency

log = logging.getLogger(__name__)
AT_ONCE = 200  # mails of one fetch; the next minute takes the next
PATIENCE = 30  # seconds


@dataclass(slots=True)
class Fetched:
    taken: int = 0
    known: int = 0
    refused: int = 0


def take_one(agency: Agency, content: bytes, name: str, at: datetime, found: Fetched) -> None:
    """Take one e-mail in its own transaction; one that cannot be read goes to a person, whole."""
    with scope(agency.id):
        try:
            row = take_mail(agency=agency, content=content, name=name, by=SYSTEM, at=at)
        except Refusal as refusal:
            digest = sha256(content).hexdigest()
            keep_all_apart(agency=agency.id, pieces=unclean([(name, content)]), by=SYSTEM, at=at)
            keep(
                agency=agency.id, content=content, name=f"{name}.eml", kind="mail_in", audience="internal",
                media_type="message/rfc822", title=name[:200], by=SYSTEM, at=at,
            )  # fmt: skip
            add_task(
                agency=agency.id, key=f"mail:{digest}", kind="mail", role="account_manager",
                sentence=N_("An e-mail could not be read (%(because)s): look at it in the mailbox."),
                params={"because": str(refusal)}, due_on=at.date() + timedelta(days=1),
                default=N_("Nothing follows from it."), by=SYSTEM, at=at,
            )  # fmt: skip
            found.refused += 1
            return
    if row is None:
        found.known += 1
    else:
        found.taken += 1


def fetch_folder(*, agency: Agency, folder: Path, now: Callable[[], datetime]) -> Fetched:
    """Take each .eml of `folder`, oldest first, and move it to `done` below it. Half-written files are
    somebody's who writes them under another name first."""
    found = Fetched()
    done = folder / "done"
    files = sorted(folder.glob("*.eml"), key=lambda path: (path.stat().st_mtime, path.name))
    for path in files[:AT_ONCE]:
        take_one(agency, path.read_bytes(), path.name, now(), found)
        fault("mail.taken")
        done.mkdir(exist_ok=True)
        path.replace(done / path.name)
    return found


def fetch_imap(*, agency: Agency, url: str, now: Callable[[], datetime]) -> Fetched:
    """Take the unseen messages of `imaps://user:password@host[:port]/Folder`; a message is marked seen
    after it is kept. Raises `OSError`, `imaplib.IMAP4.error` where the server cannot be asked."""
    found = Fetched()
    with mailbox(url) as box:
        _, lines = box.uid("SEARCH", "UNSEEN")
        for uid in (lines[0] or b"").split()[:AT_ONCE]:
            _, parts = box.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
            content = next((part[1] for part in parts if isinstance(part, tuple)), b"")
            take_one(agency, content, f"IMAP {uid.decode()}", now(), found)
            fault("mail.taken")
            box.uid("STORE", uid.decode(), "+FLAGS.SILENT", "(\\Seen)")
    return found


@contextmanager
def mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    """`imaps` is TLS from the first byte, `imap` STARTTLS where the server offers it (RFC 8314)."""
    place = urlsplit(url)
    host, secure = place.hostname or "localhost", ssl.create_default_context()
    box: imaplib.IMAP4
    if place.scheme == "imaps":
        box = imaplib.IMAP4_SSL(host, place.port or 993, ssl_context=secure, timeout=PATIENCE)
    else:
        box = imaplib.IMAP4(host, place.port or 143, timeout=PATIENCE)
        if "STARTTLS" in box.capabilities:
            box.starttls(secure)
    try:
        box.login(unquote(place.username or ""), unquote(place.password or ""))
        box.select(unquote(place.path.strip("/")) or "INBOX")
        yield box
    finally:
        try:
            box.logout()
        except (OSError, imaplib.IMAP4.error):
            log.info("the mail server did not say good-bye")
