import io
import stat
import threading
from pathlib import Path

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from recoup.kernel.refusal import Refusal
from recoup.paper.seal import FILES, SealKeys, ensure_seal_keys, seal, verify_seal
from recoup.paper.tests import cast
from recoup.paper.tests.reading import opened, text_of


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> SealKeys:
    return ensure_seal_keys(
        tmp_path_factory.mktemp("secrets"), organisation="Recoup AB", at=cast.AT
    )


@pytest.fixture(scope="module")
def sealed(keys: SealKeys) -> bytes:
    paper = cast.write("agreement", "de")
    return seal(paper.content, reason="AG-2026-00318", name="Recoup AB", at=cast.AT, keys=keys)


def test_keys_are_made_once_and_readable_by_their_owner_alone(tmp_path: Path) -> None:
    first = ensure_seal_keys(tmp_path, organisation="Recoup AB", at=cast.AT)
    before = {name: (first.directory / name).read_bytes() for name in FILES}
    again = ensure_seal_keys(tmp_path, organisation="Somebody else", at=cast.AT)
    assert {name: (again.directory / name).read_bytes() for name in FILES} == before
    assert stat.S_IMODE(first.directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in first.directory.iterdir()} == {0o600}


def test_eight_at_once_make_one_set_of_keys(tmp_path: Path) -> None:
    trusts: list[bytes] = []

    def make() -> None:
        trusts.append(ensure_seal_keys(tmp_path, organisation="Recoup AB", at=cast.AT).trust)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(trusts) == 8 and len(set(trusts)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["seal"]


def test_incomplete_keys_are_refused_rather_than_replaced(tmp_path: Path) -> None:
    made = ensure_seal_keys(tmp_path, organisation="Recoup AB", at=cast.AT)
    (made.directory / "seal.key").unlink()
    with pytest.raises(Refusal) as caught:
        ensure_seal_keys(tmp_path, organisation="Recoup AB", at=cast.AT)
    assert caught.value.code == "seal_keys_incomplete"


def test_a_sealed_document_verifies_and_reads_as_before(sealed: bytes, keys: SealKeys) -> None:
    verdict = verify_seal(sealed, trust=keys.trust)
    assert verdict.ok, verdict
    assert (verdict.signed_at, verdict.reason) == (cast.AT, "AG-2026-00318")
    assert verdict.signer == "Recoup AB Document seal"
    assert text_of(sealed) == text_of(cast.write("agreement", "de").content)


def test_the_seal_keeps_the_marks_and_certifies_without_changes(sealed: bytes) -> None:
    with opened(sealed) as pdf, pdf.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfuaid:part"]) == ("2", "1")
        signature = pdf.Root.Perms.DocMDP
        assert str(signature.SubFilter) == "/ETSI.CAdES.detached"
        assert signature.Reference[0].TransformParams.P == 1


def test_a_changed_byte_anywhere_is_noticed(sealed: bytes, keys: SealKeys) -> None:
    for position in range(500, len(sealed) - 700, len(sealed) // 25):
        changed = bytearray(sealed)
        changed[position] ^= 0x01
        assert not verify_seal(bytes(changed), trust=keys.trust).ok, position


def test_a_saved_again_or_appended_file_is_noticed(sealed: bytes, keys: SealKeys) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed)) as pdf:
        pdf.save(out)
    assert not verify_seal(out.getvalue(), trust=keys.trust).ok
    assert not verify_seal(sealed + b"\n% more", trust=keys.trust).ok


def test_an_incremental_update_is_noticed(sealed: bytes, keys: SealKeys) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(sealed))
    writer.root["/Lang"] = generic.pdf_string("xx")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    verdict = verify_seal(out.getvalue(), trust=keys.trust)
    assert not verdict.ok, verdict


def test_a_strangers_seal_is_not_ours(sealed: bytes, tmp_path: Path) -> None:
    stranger = ensure_seal_keys(tmp_path, organisation="Recoup AB", at=cast.AT)
    verdict = verify_seal(sealed, trust=stranger.trust)
    assert not verdict.ok and "not ours" in verdict.because


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF" * 3])
def test_what_is_no_pdf_gets_a_verdict_not_an_error(content: bytes, keys: SealKeys) -> None:
    assert not verify_seal(content, trust=keys.trust).ok
    with pytest.raises(Refusal) as caught:
        seal(content, reason="x", name="y", at=cast.AT, keys=keys)
    assert caught.value.code == "seal_failed"


def test_an_unsealed_document_says_so(keys: SealKeys) -> None:
    verdict = verify_seal(cast.write("power", "en").content, trust=keys.trust)
    assert (verdict.ok, verdict.because) == (False, "The document carries no seal.")


def test_a_document_is_sealed_once(sealed: bytes, keys: SealKeys) -> None:
    with pytest.raises(Refusal):
        seal(sealed, reason="again", name="Recoup AB", at=cast.AT, keys=keys)
