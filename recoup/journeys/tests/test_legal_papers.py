"""The papers of a proceeding: forms that carry nothing of ours, the lawyer's note, the bundle."""

import io
import json
import time
from decimal import Decimal

import pikepdf
import pytest
from pypdf import PdfReader

from recoup.cases.operations import charge_cost
from recoup.cases.tests.cast import AT, sign_up
from recoup.files.models import Document
from recoup.files.operations import content_of, keep
from recoup.intake.einvoice.tests.samples import ubl
from recoup.journeys.legal import bundle, papers
from recoup.journeys.tests.test_legal import case_of, loaded, open_one
from recoup.kernel.actor import SYSTEM
from recoup.kernel.money import Money
from recoup.legal.forms import all_forms
from recoup.legal.forms import form as form_of
from recoup.paper.wording import Wording


@pytest.fixture
def standing(house):
    return sign_up(house)


ROUTES = {
    "se_payment_order": ("SE", "SEK", "payment_order"), "de_payment_order": ("DE", "EUR", "payment_order"),
    "eu_form_a": ("DE", "EUR", "payment_order"), "gb_particulars": ("GB", "GBP", "claim"),
    "hk_statutory_demand": ("HK", "HKD", "winding_up"), "hk_small_claim": ("HK", "HKD", "small_claim"),
    "cn_payment_order": ("CN", "CNY", "payment_order"), "cn_lawyer_letter": ("CN", "CNY", "payment_order"),
}  # fmt: skip


def plain(text):
    return "".join(c for c in text if not c.isspace() and c not in "-\u00ad")


def text_of(content):
    """Without spaces and hyphens, which typesetting moves."""
    reader = PdfReader(io.BytesIO(content))
    return plain("".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("form", all_forms())
def test_each_form_is_filled_from_the_case_and_names_what_is_missing(standing, form):
    country, currency, route = ROUTES[form]
    one = open_one(standing, case_of(standing, country, currency, amount="70000.00"), route)
    assert form in papers.form_names(one)
    made = papers.make_form(
        agency=standing.house.agency, proceeding=one, form=form, by=SYSTEM, at=AT
    )
    data = json.loads(content_of(Document.objects.get(kind="court_data")))
    values = {f["value"] for f in data["fields"]}
    assert any("Fjäll Trä AB" in v for v in values)
    assert "" in values, "a court, an agreement or a representative is not known"
    # What is filed or served carries nothing of ours; what a lawyer checks is a paper of its own.
    served, own = text_of(content_of(made)), Document.objects.get(kind="lawyers_note")
    noted, words = text_of(content_of(own)), Wording(form_of(form)["language"])
    checks = [plain(one) for one in (*form_of(form)["notes"], words.say("court.notes"))]
    assert all(one in noted for one in checks) and not any(one in served for one in checks)
    assert plain(words.say("court.gaps")) in noted and plain(words.say("court.gaps")) not in served
    assert own.audience == "internal" and "for_the_lawyer" not in data
    if country == "HK":
        assert not any("interest" in f["label"].lower() and f["value"] for f in data["fields"]), (
            "none as of right"
        )


def pdf(pages=1):
    out = pikepdf.new()
    for _ in range(pages):
        out.add_blank_page(page_size=(595, 842))
    made = io.BytesIO()
    out.save(made)
    return made.getvalue()


def test_a_bundle_of_two_hundred_papers_is_numbered_bookmarked_sealed_and_quick(standing, capsys):
    from django.conf import settings

    from recoup.paper.seal import ensure_seal_keys, verify_seal

    one = open_one(standing, case_of(standing))
    for n in range(200):
        keep(agency=standing.house.id, content=pdf(1 + n % 3) + f"% {n}\n".encode(), name=f"{n}.pdf", media_type="application/pdf",
             kind="delivery" if n % 2 else "contract", title=f"Paper {n}", by=SYSTEM, at=AT, client=one.client_id, case=one.case_id)  # fmt: skip
    keep(agency=standing.house.id, content=b"%PDF-1.7 broken", name="broken.pdf", media_type="application/pdf", kind="upload",
         by=SYSTEM, at=AT, client=one.client_id, case=one.case_id)  # fmt: skip
    start = time.perf_counter()
    made = bundle.make_bundle(agency=standing.house.agency, proceeding=one, by=SYSTEM, at=AT)
    seconds = time.perf_counter() - start
    content = content_of(made)
    with pikepdf.open(io.BytesIO(content)) as book:
        pages = len(book.pages)
        with book.open_outline() as tree:
            sections = [item.title for item in tree.root]
    with capsys.disabled():
        print(
            f"\nbundle: 200 papers, {pages} pages, {len(content)} bytes in {seconds:.2f} s", end=""
        )
    assert pages >= 400 and len(sections) >= 5
    keys = ensure_seal_keys(settings.SECRETS_ROOT, organisation=standing.house.agency.name, at=AT)
    assert verify_seal(content, trust=keys.trust).ok


def test_an_invoice_that_came_as_data_can_be_read_in_the_bundle(standing):
    one = open_one(standing, case_of(standing))
    for name, content, kind in (("F-1.xml", ubl(number="F-4711"), "application/xml"), ("photo.png", b"\x89PNG", "image/png")):  # fmt: skip
        keep(agency=standing.house.id, content=content, name=name, media_type=kind, kind="invoice", by=SYSTEM, at=AT,
             client=one.client_id, case=one.case_id)  # fmt: skip
    made = bundle.make_bundle(agency=standing.house.agency, proceeding=one, by=SYSTEM, at=AT)
    told, words = text_of(content_of(made)), Wording("sv")
    for said in ("F-4711", words.say("bundle.data_seller"), words.say("bundle.data_payable"), words.say("bundle.data_from_data"),
                 "photo.png", words.say("bundle.unreadable")):  # fmt: skip
        assert plain(said) in told, said
    # Its note is kept beside it once a day, and is no part of it.
    bundle.make_bundle(agency=standing.house.agency, proceeding=one, by=SYSTEM, at=AT)
    assert Document.objects.filter(kind="lawyers_note").count() == 1
    assert plain(words.say("court.notes")) not in told


def test_a_court_fee_laid_out_before_is_asked_for_once(standing):
    one = open_one(standing, case_of(standing, "GB", "GBP", amount="9000.00"), "claim")

    def fields():
        data = papers.filled(standing.house.agency, one, "gb_particulars", AT.date())
        return {f.label: f.value for part in data.parts for f in part.fields}

    def amount(text):
        return Decimal(text.split("\xa0")[1].replace(",", ""))

    before = fields()
    fee = amount(before["Court fee"])
    charge_cost(case=one.case, kind="court_fee", on=AT.date(), amount=Money(fee, "GBP"), key="f", because="Issue fee", by=SYSTEM, at=AT)  # fmt: skip
    one.case = loaded(one.case_id)
    after = fields()
    assert after["Court fee"] == before["Court fee"]
    assert after["Total with fee"] == before["Total with fee"], "not the fee upon the fee"
    assert papers.values_of(standing.house.agency, one, AT.date(), papers.statement(case=one.case, on=AT.date()),
                            Wording("en"), papers.language_of("en"))["costs"] == ""  # fmt: skip
