"""Fetching e-mail: from a folder, from a server; killed between keeping and marking, nothing is taken twice."""

import os
import signal
import socketserver
import threading
from datetime import UTC, datetime

import pytest
from django.db import connections

from recoup.cases.models import Task
from recoup.contact.models import InboundMail
from recoup.files.models import Document
from recoup.jobs.post_in import fetch_folder, fetch_imap
from recoup.kernel.faults import ARMED
from recoup.tenancy.context import scope

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def mail(n):
    return f"From: a{n}@debtor.example\nTo: post@recoup.example\nMessage-ID: <m{n}@debtor.example>\nSubject: {n}\n\nHallo {n}\n".encode()


def now():
    return AT


def test_a_folder_is_taken_and_emptied(house, tmp_path):
    for n in range(3):
        (tmp_path / f"{n}.eml").write_bytes(mail(n))
    (tmp_path / "again.eml").write_bytes(mail(0))
    (tmp_path / "empty.eml").write_bytes(b" ")
    (tmp_path / "half.part").write_bytes(b"From: x")
    found = fetch_folder(agency=house.agency, folder=tmp_path, now=now)
    assert (found.taken, found.known, found.refused) == (3, 1, 1)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["done", "half.part"]
    assert Task.objects.filter(kind="mail", params__has_key="because").count() == 1
    assert Document.objects.filter(kind="mail_in").count() == 4, "what cannot be read is kept too"


def test_em04_a_mail_of_fifty_megabytes_is_kept_whole_for_a_person_and_the_next_is_taken(
    house, tmp_path
):
    great = mail(1) + b"x" * (50 * 1024 * 1024)
    (tmp_path / "1.eml").write_bytes(great)
    (tmp_path / "2.eml").write_bytes(mail(2))
    found = fetch_folder(agency=house.agency, folder=tmp_path, now=now)
    assert (found.taken, found.refused) == (1, 1)
    kept = Document.objects.filter(kind="mail_in").order_by("-size").first()
    assert (
        kept.size == len(great)
        and Task.objects.filter(kind="mail", params__has_key="because").count() == 1
    )


@pytest.mark.kills
def test_killed_between_keeping_and_marking_it_is_taken_once(committed_house, tmp_path):
    house = committed_house
    rounds = int(os.environ.get("ROUNDS", "3"))
    for n in range(rounds):
        (tmp_path / f"{n}.eml").write_bytes(mail(n))
        connections.close_all()
        child = os.fork()
        if not child:
            try:
                os.environ[ARMED] = "mail.taken:kill"
                fetch_folder(agency=house.agency, folder=tmp_path, now=now)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        found = fetch_folder(agency=house.agency, folder=tmp_path, now=now)
        assert (found.taken, found.known) == (0, 1)
    with scope(house.id):
        assert InboundMail.objects.count() == rounds
    print(f"\nmails: {rounds} killed between keeping and marking, 0 doubled, 0 lost")


class Server(socketserver.StreamRequestHandler):
    """As much of an IMAP server (RFC 3501) as one mailbox needs, with memory of what was seen."""

    mails: dict[int, bytes] = {}
    seen: set[int] = set()

    def handle(self):
        self.say(b"* OK ready")
        for line in self.rfile:
            tag, _, rest = line.strip().partition(b" ")
            words = rest.upper().split()
            verb = words[1] if words[0] == b"UID" else words[0]
            if verb == b"LOGOUT":
                self.say(b"* BYE", tag + b" OK done")
                return
            getattr(self, f"do_{verb.decode().lower()}", self.nothing)(rest)
            self.say(tag + b" OK done")

    def say(self, *lines):
        self.wfile.write(b"".join(line + b"\r\n" for line in lines))

    def nothing(self, rest):
        pass

    def do_capability(self, rest):
        self.say(b"* CAPABILITY IMAP4rev1")

    def do_select(self, rest):
        self.say(b"* %d EXISTS" % len(self.mails))

    def do_search(self, rest):
        unseen = sorted(set(self.mails) - self.seen)
        self.say(b"* SEARCH " + b" ".join(str(n).encode() for n in unseen))

    def do_fetch(self, rest):
        uid = int(rest.split()[2])
        content = self.mails[uid]
        self.wfile.write(
            b"* 1 FETCH (UID %d BODY[] {%d}\r\n" % (uid, len(content)) + content + b")\r\n"
        )

    def do_store(self, rest):
        self.seen.add(int(rest.split()[2]))


@pytest.fixture
def imap():
    class Own(Server):
        mails: dict[int, bytes] = {}
        seen: set[int] = set()

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Own) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        Own.url = f"imap://anna%40nordlys:secret@127.0.0.1:{server.server_address[1]}/INBOX"
        yield Own
        server.shutdown()


def test_a_server_is_asked_for_what_nobody_has_seen(house, imap):
    imap.mails.update({7: mail(1), 9: mail(2)})
    found = fetch_imap(agency=house.agency, url=imap.url, now=now)
    assert (found.taken, imap.seen) == (2, {7, 9})
    imap.mails[11] = mail(1)  # the same e-mail, delivered twice
    found = fetch_imap(agency=house.agency, url=imap.url, now=now)
    assert (found.taken, found.known, imap.seen) == (0, 1, {7, 9, 11})
    assert InboundMail.objects.count() == 2
