"""A time stamp is asked for over HTTP, and holds for exactly what was stamped."""

import pytest
from asn1crypto import tsp

from recoup.dossier.stamps import fault_of_stamp, request_of, stamp, stamped_at
from recoup.dossier.tests.authority import AT, answer, authority, token
from recoup.kernel.refusal import Refusal


def test_what_was_stamped_holds_and_nothing_else() -> None:
    with authority() as url:
        got = stamp(b"the manifest", url=url)
    assert fault_of_stamp(got, b"the manifest") == "" and stamped_at(got) == AT
    assert fault_of_stamp(got, b"another") == "it stamps something else"


def test_a_token_that_was_touched_is_no_stamp() -> None:
    body, _ = request_of(b"x")
    good = token(tsp.TimeStampReq.load(body)).dump()
    assert fault_of_stamp(good, b"x") == ""
    for place in range(60, len(good), 23):
        bad = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        assert fault_of_stamp(bad, b"x") or _only_the_certificate(good, place), place


def _only_the_certificate(good: bytes, place: int) -> bool:
    """The authority's own signature on itself is a matter of trust, not of the stamp."""
    from recoup.dossier.tests.authority import CERTIFICATE, serialization

    inside = CERTIFICATE.public_bytes(serialization.Encoding.DER)
    start = good.index(inside)
    return start <= place < start + len(inside)


@pytest.mark.parametrize(
    "say", [lambda body: b"", lambda body: b"<html>", lambda body: answer(request_of(b"other")[0])]
)
def test_an_answer_that_is_none_is_refused(say: object) -> None:
    with authority(say) as url, pytest.raises(Refusal) as refused:
        stamp(b"the manifest", url=url)
    assert refused.value.code == "stamp_failed"


def test_nobody_there_is_said() -> None:
    for url in ("http://127.0.0.1:9/", "ftp://127.0.0.1/"):
        with pytest.raises(Refusal, match="gave no time stamp"):
            stamp(b"x", url=url)
