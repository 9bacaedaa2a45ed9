"""The stated signatory signs through a link of its own; a sealed paper is checked by anybody."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from recoup.agreements.models import Agreement
from recoup.agreements.operations import BOXES
from recoup.files.operations import content_of
from recoup.outbox.models import Message
from recoup.parties.models import Client
from recoup.tenancy.context import scope
from recoup.web.public.tests.test_register_pages import send
from tests.cast import House

OTHER = {"name": "Karin Öhman", "by_authority": "board", "email": "karin@norrland.example"}


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def link_of(house: House) -> str:
    with scope(house.id):
        mail = Message.objects.filter(recipient=OTHER["email"]).order_by("-id").first()
        return re.search(r"http://localhost:\d+(/sign/\S+)", mail.payload["text"])[1]  # type: ignore[index, union-attr]


@pytest.fixture
def sent(shop: House, client: Browser) -> tuple[str, str]:
    """The agreement's own address, and the link as the signatory got it."""
    own = send(client)["Location"]
    client.post(f"{own}signatory/", OTHER)
    return own, link_of(shop)


def test_the_one_who_is_named_signs_and_nobody_else(
    shop: House, client: Browser, sent: tuple[str, str]
) -> None:
    own, link = sent
    page = client.get(own)
    assert "Karin Öhman signs this, through the link" in text(page) and OTHER["email"] in text(page)
    boxes = dict.fromkeys(BOXES, "on")
    assert client.post(own, boxes | {"signatory": "Karin Öhman"}).status_code == 422, (
        "not in her name"
    )
    karin = Browser()
    assert "Agreement A-" in text(karin.get(link))
    for paper in ("agreement", "power"):
        assert karin.get(f"{link}{paper}.pdf").content.startswith(b"%PDF")
    wrong = karin.post(link, boxes | {"signatory": "Åsa O'Brien"})
    assert wrong.status_code == 422 and "Type the name exactly" in text(wrong)
    assert (
        karin.post(
            link, boxes | {"signatory": "karin ohman"}, headers={"User-Agent": "Firefox"}
        ).status_code
        == 302
    )
    assert "has signed" in text(karin.get(link))
    with scope(shop.id):
        row = Agreement.objects.select_related("client").get()
        assert (
            row.signed_by == "Karin Öhman"
            and row.trail["by"] == "Karin Öhman <karin@norrland.example>"
        )
        assert (
            row.trail["browser"] == "Firefox"
            and row.trail["ip"]
            and row.trail["authority"].startswith("Member of the board")
        )
        assert row.client.stage == Client.Stage.SIGNED


def test_a_new_link_ends_the_one_before_and_a_wrong_one_says_nothing(
    shop: House, client: Browser, sent: tuple[str, str]
) -> None:
    """PL01, PL03: cut, longer, changed, another purpose's token: the same 404."""
    own, first = sent
    client.post(f"{own}signatory/", OTHER)
    second = link_of(shop)
    agreement_token = own.strip("/").split("/")[-1]
    for wrong in (
        first,
        f"{second[:-2]}/",
        f"{second[:-1]}x/",
        f"/sign/{agreement_token}/",
        "/sign/x/",
    ):
        answer = Browser().get(wrong)
        assert answer.status_code == 404, wrong
    assert Browser().get(second).status_code == 200
    signing_token = second.strip("/").split("/")[-1]
    assert client.get(f"/agreements/{signing_token}/").status_code == 404


def test_a_sealed_paper_is_checked(shop: House, client: Browser, sent: tuple[str, str]) -> None:
    _, link = sent
    Browser().post(link, dict.fromkeys(BOXES, "on") | {"signatory": "Karin Öhman"})
    with scope(shop.id):
        row = Agreement.objects.select_related("sealed_agreement").get()
        paper, unsealed = content_of(row.sealed_agreement), content_of(row.agreement_document)  # type: ignore[arg-type]

    def check(content: bytes) -> str:
        return text(Browser().post("/verify/", {"file": SimpleUploadedFile("a.pdf", content)}))

    assert "unchanged since it was sealed" in check(paper) and "byte for byte Yes" in check(paper)
    assert "unchanged" not in check(paper[:2000] + b"X" + paper[2001:])
    assert "does not cover the whole document" in check(paper + b"\n% more\n")
    assert "carries no seal" in check(unsealed)
    for odd in (b"MZ\x90", b"%PDF-1.4", b"<html>"):
        assert "cannot be read as a sealed PDF" in check(odd) or "carries no seal" in check(odd)
    assert Browser().post("/verify/", {}).status_code == 422
