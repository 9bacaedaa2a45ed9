"""Files at an SFTP server: OpenSSH's own, over ssh where it can be started, else without the line."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from recoup.jobs.bank_in import bank_line, fetch, take_folder
from recoup.jobs.print_house import ByWire
from recoup.jobs.sftp import Sftp
from recoup.payments.models import BankFile, BankLine
from recoup.payments.tests.cast import AT, trust_account
from recoup.payments.tests.test_bank_file import file_of, paid

SERVERS = [Path(p) for p in ("/usr/lib/openssh/sftp-server", "/usr/libexec/sftp-server", "/usr/lib/ssh/sftp-server")]  # fmt: skip


@pytest.fixture(params=["without ssh", "by ssh"])
def way(request, tmp_path):
    """More words for sftp, and the port."""
    if not shutil.which("sftp"):
        pytest.skip("no sftp on this machine")
    if request.param == "without ssh":
        server = next((p for p in SERVERS if p.exists()), None)
        if server is None:
            pytest.skip("no sftp-server on this machine")
        yield ("-D", str(server)), 22
        return
    daemon = shutil.which("sshd") or "/usr/sbin/sshd"
    if os.geteuid() or not Path(daemon).exists():
        pytest.skip("no sshd that this test may start")
    yield from served(daemon, tmp_path / "ssh")


def served(daemon, folder):
    folder.mkdir(mode=0o700)
    Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host", "mine"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)  # fmt: skip
    (folder / "known").write_bytes((folder / "mine.pub").read_bytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/known\n"
        f"StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nPidFile none\n"
        "Subsystem sftp internal-sftp\n"
    )
    process = subprocess.Popen(
        [daemon, "-D", "-e", "-f", folder / "config"], stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            with socket.socket() as knock:
                if knock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield (
            "-i", str(folder / "mine"), "-o", "StrictHostKeyChecking=accept-new",
            "-o", f"UserKnownHostsFile={folder}/hosts",
        ), port  # fmt: skip
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def there(way, tmp_path):
    words, port = way
    root = tmp_path / "there" / "nordlys"
    root.mkdir(parents=True)
    return Sftp(f"sftp://{getpass.getuser()}@127.0.0.1:{port}{root}", way=words)


def test_put_list_get_and_move(there):
    there.put("out/batch-1/a (1).pdf", b"%PDF first")
    there.put("out/batch-1/a (1).pdf", b"%PDF second")
    assert list(there.listed("out/batch-1")) == ["a (1).pdf"]
    assert there.get("out/batch-1/a (1).pdf") == b"%PDF second"
    there.move("out/batch-1/a (1).pdf", "out/done/a.pdf")
    assert not there.listed("out/batch-1") and there.get("out/done/a.pdf") == b"%PDF second"
    assert there.listed("nowhere") == {}
    with pytest.raises(OSError, match="sftp"):
        there.get("nothing.pdf")


def test_the_print_house_by_wire(there):
    house = ByWire(there)
    house.put("batch-1/a.pdf", b"%PDF")
    assert there.get("out/batch-1/a.pdf") == b"%PDF"
    there.put("in/answer.csv", b"letter,state,reason\n")
    there.put("in/readme.txt", b"?")
    assert house.take() == {"answer.csv": b"letter,state,reason\n"}
    house.done("answer.csv")
    assert house.take() == {} and "answer.csv" in there.listed("in/done")


@pytest.mark.django_db
def test_bank_files_are_fetched_whole_and_once(house, there, tmp_path):
    trust_account(house.agency)
    folder = tmp_path / "bank-in"
    bank = Path(there.root)

    def look():
        brought = fetch(agency=house.agency, there=there, folder=folder)
        taken = take_folder(agency=house.agency, folder=folder, now=AT, wall=time.time() + 60)
        return brought, taken["taken"], taken["known"]

    (bank / "a.xml").write_bytes(file_of(paid("10.00"), closing="10.00"))
    (bank / "b.xml.part").write_bytes(b"<")
    assert look() == (0, 0, 0)  # it may still be growing
    assert look() == (1, 1, 0)
    assert look() == (0, 0, 0)
    assert (bank / "done" / "a.xml").exists() and not (bank / "a.xml").exists()
    assert BankFile.objects.count() == 1 and BankLine.objects.count() == 1


@pytest.mark.django_db
def test_a_file_that_cannot_be_read_stands_in_no_others_way(house, there, tmp_path, monkeypatch, caplog):  # fmt: skip
    trust_account(house.agency)
    for name in ("a.xml", "b.xml", "c;d.xml"):
        (Path(there.root) / name).write_bytes(file_of(paid("10.00"), closing="10.00"))
    whole, away = there.get, ["a.xml"]

    def get(name):
        if name in away:
            raise OSError("sftp: permission denied")
        return whole(name)

    monkeypatch.setattr(there, "get", get)
    brought = [fetch(agency=house.agency, there=there, folder=tmp_path) for _ in range(3)]
    assert brought == [0, 1, 0]
    assert "a.xml at the bank" in caplog.text and "'c;d.xml' stays" in caplog.text
    away.clear()
    assert fetch(agency=house.agency, there=there, folder=tmp_path) == 1


def test_a_copy_for_trying_out_takes_no_files_from_the_bank(house, settings):
    assert bank_line(house.agency) is None
    settings.BANK_SFTP = "sftp://us@bank.example/out"
    line = bank_line(house.agency)
    assert line is not None and line.root == f"/out/{house.agency.slug}"
    settings.ONLY_TO = ("tester@agency.example",)
    assert bank_line(house.agency) is None
    settings.ONLY_TO = ()
    house.agency.sandbox = True
    assert bank_line(house.agency) is None


@pytest.mark.django_db
def test_a_bank_that_lets_nothing_be_moved(house, there, tmp_path, monkeypatch):
    trust_account(house.agency)
    folder = tmp_path / "bank-in"
    (Path(there.root) / "a.xml").write_bytes(file_of(paid("10.00"), closing="10.00"))

    def refused(name, to):
        raise OSError("sftp: permission denied")

    monkeypatch.setattr(there, "move", refused)
    brought = [fetch(agency=house.agency, there=there, folder=folder) for _ in range(4)]
    assert brought == [0, 1, 0, 0]
    # What a killed worker fetched and could not note comes again, and is booked once.
    for mark in (folder / house.agency.slug / "fetched").iterdir():
        if mark.name != "listed.json":
            mark.unlink()
    assert fetch(agency=house.agency, there=there, folder=folder) == 1
    taken = take_folder(agency=house.agency, folder=folder, now=AT, wall=time.time() + 60)
    assert (taken["taken"], taken["known"]) == (1, 1) and BankLine.objects.count() == 1
