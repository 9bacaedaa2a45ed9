"""A case as a sealed file: whole as it left the house, and every kind of tampering found offline."""

import json
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from recoup.cases.operations import add_note
from recoup.cases.tests.cast import AT, at_work, line, sign_up
from recoup.console.verify import run
from recoup.dossier import form
from recoup.dossier.signing import fingerprint, sign
from recoup.dossier.tests.authority import authority
from recoup.dossier.verify import Report, verify
from recoup.eventlog.rules import link_of
from recoup.files.operations import keep, path_of
from recoup.journeys.dossier import Dossier, make_dossier, with_stamp
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.kernel.refusal import Refusal
from recoup.ledger.models import Posting
from recoup.paper.seal import ensure_seal_keys
from recoup.payments.operations.allocate import report_direct_payment
from recoup.tenancy.models import Member

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
Contents = dict[str, bytes]


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    """Some tests damage a file: the same bytes may be another's who works beside us."""
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def case(house: Any) -> Any:
    standing = sign_up(house)
    found = at_work(standing, lines=[line("RE-1", "1200.00"), line("RE-2", "300.00")])
    for kind, audience in (("invoice", "client"), ("memo", "internal")):
        keep(agency=house.id, content=b"%PDF-1.4 " + kind.encode(), name=f"{kind}.pdf", media_type="application/pdf",
             kind=kind, title=f"The {kind}", client=found.client_id, case=found.id, audience=audience, by=SYSTEM, at=AT)  # fmt: skip
    add_note(
        case=found,
        key=new_id(),
        text="Only for the house: 房子",
        by=house.actor("collector"),
        at=AT,
    )
    report_direct_payment(case=found, amount=Money(Decimal("250.00"), "EUR"), on=AT.date(), by=SYSTEM, at=AT)  # fmt: skip
    return found


@pytest.fixture
def made(case: Any) -> Dossier:
    return make_dossier(case=case, client=False, by=SYSTEM, at=NOW)


@pytest.fixture
def file(made: Dossier, tmp_path: Path) -> Path:
    path = tmp_path / made.filename
    path.write_bytes(made.content())
    return path


def trust() -> bytes:
    from django.conf import settings

    return ensure_seal_keys(settings.SECRETS_ROOT, organisation="", at=NOW).trust


def contents(path: Path) -> Contents:
    with zipfile.ZipFile(path) as whole:
        return {name: whole.read(name) for name in whole.namelist()}


def written(path: Path, files: Contents) -> Report:
    """As a forger would write it, who knows the format as well as we do."""
    with open(path, "wb") as out:
        form.write(out, NOW, files.items(), [])
    return verify(path, trust=trust())


def broken(report: Report) -> dict[str, list[str]]:
    assert not report.holds
    return {check.name: check.found for check in report.checks if not check.holds}


def test_what_left_the_house_holds_and_says_who_signed(file: Path, case: Any) -> None:
    report = verify(file, trust=trust())
    assert report.holds, broken(report)
    assert (report.case, report.made_at) == (case.number, "2026-11-25T09:00:00+00:00")
    assert report.signed_by.endswith("Document seal") and len(report.checks) == 11


def test_the_file_holds_the_whole_case(file: Path, case: Any) -> None:
    files = contents(file)
    assert {"index.html", "case.json", "events.jsonl", "owed.json", "ledger.json", "documents.json",
            "rows/cases-claimline.json", "rows/payments-allocation.json", "documents/001-invoice.pdf"} <= set(files)  # fmt: skip
    events = [json.loads(row) for row in files["events.jsonl"].splitlines()]
    assert events[-1]["event"]["kind"] == "DossierMade"
    owed = json.loads(files["owed.json"])
    assert owed["as_of"] == "2026-11-25" and owed["segments"] and Decimal(owed["total"]) > 1250
    legs = [leg for entry in json.loads(files["ledger.json"]) for leg in entry["postings"]]
    assert len(legs) == Posting.objects.filter(entry__postings__book__subject_id=case.id).distinct().count()  # fmt: skip
    assert "Only for the house: 房子" in files["events.jsonl"].decode()
    assert case.number in files["index.html"].decode()


@pytest.mark.parametrize("language", ["en", "sv", "de", "zh-Hans", "zh-Hant"])
def test_the_index_is_in_its_readers_language_and_fits_a_phone(case: Any, language: str) -> None:
    from recoup.web.kit.dossier import reader_of

    made = make_dossier(case=case, client=False, by=SYSTEM, at=NOW, reader=reader_of(language))
    page = next(part for part in made.parts if part.path == "index.html").read().decode()
    assert f'<html lang="{language}">' in page and case.number in page
    english = ("What happened", "All files", "How to check this file", "against", "for people: begin here",
               "Place in the chain", "in contact", "Case accepted", "Rate", "Days", "the case, its parties")  # fmt: skip
    found = [words for words in english if re.search(rf"\b{words}\b", page)]
    assert found == ([w for w in english if w in found] if language == "en" else []), found
    assert language != "en" or len(found) >= 8
    assert "匯率" not in page and "汇率" not in page, "a rate of interest, not of exchange"
    # On a narrow screen columns become lines, each with the name of its column.
    cells = re.findall(r"<td[^>]*>", page)
    assert cells and all('data-h="' in cell for cell in cells)
    assert (
        "td::before{content:attr(data-h)" in page and "<script" not in page and "http" not in page
    )


def test_without_a_reader_the_index_is_in_the_agencys_language(case: Any) -> None:
    type(case.agency).objects.filter(id=case.agency_id).update(language="sv")
    case.agency.refresh_from_db()
    made = make_dossier(case=case, client=False, by=SYSTEM, at=NOW)
    assert '<html lang="sv">' in made.parts[0].read().decode()


def test_the_clients_version_has_nothing_internal(case: Any, tmp_path: Path) -> None:
    path = tmp_path / "client.zip"
    path.write_bytes(make_dossier(case=case, client=True, by=SYSTEM, at=NOW).content())
    assert verify(path, trust=trust()).holds
    text = b"".join(contents(path).values()).decode(errors="replace")
    assert "Only for the house" not in text and "The memo" not in text and "token_hash" not in text
    assert "RE-1" in text and "rows/contact-qualitycheck.json" not in contents(path)


def test_the_same_contents_are_the_same_bytes(made: Dossier) -> None:
    assert made.content() == made.content()


# The six kinds. Each is done twice: by hand, and by somebody who also mends manifest.json.
def test_a_changed_byte_is_named(file: Path) -> None:
    files = contents(file)
    files["documents/001-invoice.pdf"] = files["documents/001-invoice.pdf"].replace(b"1.4", b"1.5")
    found = broken(written(file, files))
    assert found == {"every file is unchanged": ["documents/001-invoice.pdf was changed: it does not match its hash"]}  # fmt: skip
    found = broken(written(file, with_manifest_mended(files)))
    assert list(found) == ["manifest is signed with the certificate inside"]


def test_a_removed_file_is_named(file: Path) -> None:
    files = contents(file)
    del files["documents/001-invoice.pdf"]
    assert broken(written(file, files)) == {"every file is there": ["documents/001-invoice.pdf is missing"]}  # fmt: skip


def test_an_added_file_is_named(file: Path) -> None:
    files = contents(file) | {"documents/003-admission.pdf": b"I owe it all"}
    found = broken(written(file, files))
    assert found["no file was added"] == ["documents/003-admission.pdf was added"]


def rows(files: Contents) -> list[dict[str, Any]]:
    return [json.loads(row) for row in files["events.jsonl"].splitlines()]


def with_rows(files: Contents, events: list[dict[str, Any]]) -> Contents:
    text = "".join(json.dumps(e, ensure_ascii=False, sort_keys=True) + "\n" for e in events)
    return files | {"events.jsonl": text.encode()}


def test_an_edited_event_is_named_by_its_place(file: Path) -> None:
    files = contents(file)
    events = rows(files)
    events[1]["event"]["by"][2] = "somebody else"
    found = broken(written(file, with_manifest_mended(with_rows(files, events))))
    assert f"the event at place {events[1]['seq']} of the chain has been changed" in found["events are as they were sealed, in their order"]  # fmt: skip
    assert "manifest is signed with the certificate inside" in found


def test_events_in_another_order_are_named(file: Path) -> None:
    files = contents(file)
    events = rows(files)
    events[0], events[1] = events[1], events[0]
    found = broken(written(file, with_rows(files, events)))
    assert f"place {events[1]['seq']} stands after place {events[0]['seq']}" in found["events are as they were sealed, in their order"]  # fmt: skip
    assert found["every file is unchanged"][0].startswith("events.jsonl was changed")


def test_an_event_left_out_is_found_though_every_link_fits(file: Path) -> None:
    files = contents(file)
    del (events := rows(files))[2]
    found = broken(written(file, with_manifest_mended(with_rows(files, events))))
    assert any("events that the manifest counts" in s for s in found["events are as they were sealed, in their order"])  # fmt: skip


def test_a_chain_written_anew_is_found_by_the_published_head(file: Path) -> None:
    files = contents(file)
    events = rows(files)
    last = events[-1]
    head = {"agency": json.loads(files["manifest.json"])["agency_id"], "seq": last["seq"], "hash": last["hash"], "at": "2026-11-25"}  # fmt: skip
    last["event"]["by"][2] = "somebody else"
    last["hash"] = link_of(last["previous"], last["event"])
    with open(file, "wb") as out:
        form.write(out, NOW, with_rows(files, events).items(), [])
    found = broken(verify(file, heads=json.dumps(head).encode()))
    assert found["chain agrees with the head published outside"] == [f"place {last['seq']} was published on 2026-11-25 with another hash"]  # fmt: skip


def test_a_changed_signature_is_named(file: Path) -> None:
    files = contents(file)
    files["manifest.sig"] = files["manifest.sig"][:-1] + bytes([files["manifest.sig"][-1] ^ 1])
    found = broken(written(file, files))
    assert list(found) == ["manifest is signed with the certificate inside"]


def forged(tmp_path: Path) -> Any:
    return ensure_seal_keys(tmp_path / "forger", organisation="Nordic Inkasso AB", at=NOW)


def test_a_swapped_certificate_is_named(file: Path, tmp_path: Path) -> None:
    keys = forged(tmp_path)
    files = contents(file) | {form.CERTIFICATE: (keys.directory / "seal.crt").read_bytes()}
    found = broken(written(file, files))
    assert found["certificate is the one the manifest names"] == ["certificate/seal.crt was swapped: the manifest names another"]  # fmt: skip
    assert {"manifest is signed with the certificate inside", "certificate leads to the authority"} <= set(found)  # fmt: skip


def test_all_signed_anew_with_the_forgers_own_keys_does_not_lead_to_the_authority(file: Path, tmp_path: Path) -> None:  # fmt: skip
    """Everything inside fits: only who knows the agency's authority from elsewhere finds it."""
    keys, files = forged(tmp_path), contents(file)
    seal, authority = (keys.directory / "seal.crt").read_bytes(), keys.trust
    manifest = json.loads(files["manifest.json"])
    manifest["certificate"] = {form.CERTIFICATE: fingerprint(seal), form.AUTHORITY: fingerprint(authority)}  # fmt: skip
    content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    files |= {"manifest.json": content, form.CERTIFICATE: seal, form.AUTHORITY: authority,
              "manifest.sig": sign(content, (keys.directory / "seal.key").read_bytes())}  # fmt: skip
    found = broken(written(file, files))
    assert list(found) == ["certificate leads to the authority"]
    alone = verify(file)
    assert alone.holds and alone.trust == "the file's own" and alone.fingerprint == fingerprint(authority)  # fmt: skip


def with_manifest_mended(files: Contents) -> Contents:
    manifest = json.loads(files["manifest.json"])
    for one in manifest["files"]:
        content = files[one["path"]]
        one |= {"sha256": sha256(content).hexdigest(), "size": len(content)}
    return files | {"manifest.json": json.dumps(manifest, ensure_ascii=False, indent=1).encode()}


@pytest.mark.parametrize("place", [0.001, 0.1, 0.37, 0.5, 0.73, 0.9, 0.97, 0.999])
def test_one_bit_anywhere_in_the_file_is_found(file: Path, place: float) -> None:
    content = bytearray(file.read_bytes())
    content[int(len(content) * place)] ^= 1
    file.write_bytes(content)
    try:
        assert broken(verify(file, trust=trust()))
    except Refusal as refusal:
        assert refusal.code == "dossier_none"


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7", b"{}", b"x" * 5000])
def test_what_is_no_dossier_is_refused_in_one_sentence(tmp_path: Path, content: bytes, capsys: Any) -> None:  # fmt: skip
    path = tmp_path / "other"
    path.write_bytes(content)
    assert run([str(path), "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "dossier_none" and error["file"] == str(path)


def test_a_zip_that_is_no_dossier_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.zip"
    for files in ({"a.txt": b"x"}, {"manifest.json": b"[1]"}, {"manifest.json": b'{"format": "other", "files": [], "made_at": "2026-01-01"}'}):  # fmt: skip
        with open(path, "wb") as out:
            form.write(out, NOW, files.items(), [])
        with pytest.raises(Refusal, match="no dossier"):
            verify(path)


def test_it_is_checked_without_django_or_a_database(file: Path, tmp_path: Path) -> None:
    code = "import sys; from recoup.console import main; c = main(['verify', sys.argv[1], '--json']); assert 'django' not in sys.modules; sys.exit(c)"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, cwd="/", env={"RECOUP_HOME": str(tmp_path / "none"), "PATH": ""})  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout)["holds"] and not (tmp_path / "none").exists()


def test_a_damaged_document_makes_no_dossier(made: Dossier) -> None:
    path = path_of(sha256(b"%PDF-1.4 invoice").hexdigest())
    path.write_bytes(b"%PDF-1.4 damaged")
    try:
        with pytest.raises(Refusal, match="cannot be read whole"):
            made.content()
    finally:
        path.unlink()


def test_the_desk_and_the_client_download_it_and_a_collector_is_told_whose_it_is(house: Any, case: Any, client: Any) -> None:  # fmt: skip
    client.force_login(house.members["legal_officer"].user)
    answer = client.post(f"/desk/cases/{case.number}/dossier/")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="dossier-{case.number}-')
    with zipfile.ZipFile(BytesIO(answer.content)) as whole:
        assert json.loads(whole.read("manifest.json"))["made_by"] == "Legal Officer"
    client.force_login(house.members["collector"].user)
    assert client.post(f"/desk/cases/{case.number}/dossier/").status_code == 404
    assert "Only these may do this" in client.get(f"/desk/cases/{case.number}/").content.decode()
    client.force_login(Member.objects.get(client_id=case.client_id).user)
    answer = client.post(f"/client/cases/{case.number}/dossier/")
    assert answer.status_code == 200 and b"Only for the house" not in answer.content


def test_a_time_stamp_stands_in_the_file_and_is_missed_when_it_is_gone(case: Any, tmp_path: Path) -> None:  # fmt: skip
    with authority() as url:
        made = with_stamp(make_dossier(case=case, client=False, by=SYSTEM, at=NOW, stamped=True), url=url)  # fmt: skip
    path = tmp_path / "stamped.zip"
    path.write_bytes(made.content())
    assert verify(path, trust=trust()).holds
    files = contents(path)
    token = files.pop("manifest.tst")
    assert broken(written(path, files)) == {"time stamp is for this manifest": ["manifest.tst is missing"]}  # fmt: skip
    mended = with_manifest_mended(files | {"index.html": b"other"})
    names = list(contents(path))
    mended = {n: mended[n] for n in names[:2]} | {"manifest.tst": token} | {n: mended[n] for n in names[2:]}  # fmt: skip
    assert "manifest.tst: it stamps something else" in broken(written(path, mended))["time stamp is for this manifest"]  # fmt: skip


def test_the_command_writes_what_the_other_command_checks(house: Any, case: Any, tmp_path: Path, capsys: Any) -> None:  # fmt: skip
    from recoup.console.dossier import run as dossier

    for name in (case.number, str(case.id)):
        out = tmp_path / f"{name}.zip"
        assert dossier([name, "--out", str(out), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["case"], told["file"]) == (case.number, str(out))
        assert run([str(out), "--json"]) == 0 and json.loads(capsys.readouterr().out)["holds"]
    assert dossier([case.number, "--out", str(tmp_path / "for people.zip")]) == 0
    assert f"case {case.number}, " in capsys.readouterr().out
    assert dossier(["R-1999-000001", "--out", str(tmp_path / "none"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "case_unknown"
    assert not (tmp_path / "none").exists()
