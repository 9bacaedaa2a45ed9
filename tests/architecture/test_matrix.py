"""Walks every route as every role with their own, another client's, another agency's and an unknown object."""

import os
import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from recoup.agreements.models import SigningLink
from recoup.agreements.operations import (
    BOXES,
    countersign_agreement,
    give_quote,
    prepare_agreement,
    sign_agreement,
)
from recoup.agreements.rules.asked import Asked
from recoup.agreements.standard_card import publish_standard_card
from recoup.approvals.operations import ask_approval
from recoup.cases.models import Absence, Case, Task
from recoup.cases.operations import NewLine, add_task, put_on_hold, submit_case
from recoup.consent.operations import subscriber_of
from recoup.console.demo.papers import Paid, statement
from recoup.console.demo.people import CLIENTS, DEBTORS, TRUST_ACCOUNTS
from recoup.contact.models import ContactAttempt, PrintBatch, Visit
from recoup.contact.operations import save_template
from recoup.enquiries.operations import take_enquiry
from recoup.files.operations import keep
from recoup.files.scan import Scanned
from recoup.insolvency.models import Match, NoticeFile, PublishedNotice
from recoup.insolvency.operations import draft_proof, open_estate
from recoup.intake.models import Placement
from recoup.intake.operations import open_placement
from recoup.journeys.collect import take_bank_file
from recoup.journeys.dispute import dispute
from recoup.journeys.evaluate import weigh_now
from recoup.journeys.quarantine import keep_apart
from recoup.kernel.actor import SYSTEM
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.keys.operations import make_key
from recoup.lawbook.models import PublishedRate
from recoup.lawbook.operations import enter_rate
from recoup.legal.operations import open_proceeding
from recoup.parties.divisions import add_division
from recoup.parties.operations import find_or_add_debtor, register_client
from recoup.payments.models import (
    AccountChange,
    Allocation,
    BankFile,
    BankLine,
    DebitMandate,
    DirectDebit,
    Invoice,
    MatchRule,
    PayoutFile,
    Refund,
    Suggestion,
    TrustAccount,
)
from recoup.payments.operations import stop_payouts
from recoup.screening.models import Hit, ListedParty
from recoup.strategy.operations import save_draft
from recoup.strategy.plans import STANDARD
from recoup.strategy.reading import as_kept
from recoup.surveys.models import Survey
from recoup.tenancy.context import apply, scope
from recoup.tenancy.models import User
from recoup.tenancy.operations import add_member, hashed, invite, next_numbers
from recoup.tenancy.roles import CLIENT_ROLES, LIMITED_ROLES, Role
from recoup.watch.models import Item
from recoup.watch.operations import observe_signal
from recoup.webhooks.operations import add_endpoint, send_test
from tests.architecture.matrix import API_MATRIX, MATRIX, Row
from tests.cast import cleared, just_signed_in

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ELSEWHERE = (
    "account",
    "mfa",
    "kit",
    "debtor",
)  # allauth's own; the kit's; the debtor's has tests beside it


@dataclass
class World:
    """The objects of one client (by the name of what a route needs) and its people."""

    objects: dict[str, dict[str, object]]
    people: dict[str, User]


def routes(patterns=None, space: str = "") -> list[str]:
    found: list[str] = []
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, (space, pattern.namespace)))
            found += routes(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            found.append(":".join(filter(None, (space, pattern.name))))
    of_the_api = {f"api:{name}" for name in API_MATRIX}  # asked with keys: test_api_matrix.py
    return [
        n
        for n in found
        if not n.startswith(ELSEWHERE) or n.startswith("desk")
        if n not in of_the_api
    ]


def test_every_route_has_its_row():
    assert set(routes()) - set(MATRIX) == set(), (
        "routes without a row in tests/architecture/matrix.py"
    )
    assert set(MATRIX) - set(routes()) == set(), "rows whose route is gone"


@pytest.fixture
def worlds(house, stranger):
    """Two clients of one agency and one of another, with everything a route can name."""
    one = populate(house, 0, "kiel")
    other = populate(house, 1, "leeds")
    with scope(stranger.id):
        next_numbers(agency=stranger.id, series="case-2026", count=500)
        next_numbers(agency=stranger.id, series="placement-2026", count=500)
        next_numbers(agency=stranger.id, series="estate-2026", count=500)
        next_numbers(agency=stranger.id, series="proceeding-2026", count=500)
        foreign = populate(stranger, 2, "umea")
    return one, other, foreign


def populate(house, number: int, buyer: str) -> World:
    company, debtor_data = CLIENTS[number], DEBTORS[buyer]
    card = (
        house.card
        if hasattr(house, "card")
        else publish_standard_card(agency=house.id, by=SYSTEM, at=AT)
    )
    if not hasattr(house, "card"):
        house.card = card
        _, bank, _, iban, bic = TRUST_ACCOUNTS[number % 2 * 2]
        house.account = TrustAccount.objects.create(
            agency_id=house.id, name="T", bank=bank, currency="EUR", iban=iban, bic=bic
        )
        house.bank = Decimal("0.00")
    client = register_client(
        agency=house.agency, id=new_id(), name=company.name, country=company.country, registration_number=company.number,
        vat_number=company.vat, address=list(company.address), postcode=company.postcode, city=company.city, language="en",
        email=company.email, phone=company.phone, signatory=company.person, authority="Director", payout_iban=company.iban,
        by=SYSTEM, at=AT,
    )  # fmt: skip
    people = {}
    for role in CLIENT_ROLES:
        people[role] = User.objects.create_user(
            f"{role}@{house.agency.slug}{number}.example", "x" * 20, name=role
        )
        add_member(agency=house.agency, user=people[role], role=Role(role), client_id=client.id)
    people |= {role: member.user for role, member in house.members.items()}
    quote = give_quote(
        agency=house.agency,
        asked=Asked("SE", "DE", Money(Decimal("900.00"), "EUR"), due=date(2026, 8, 1)),
        by=SYSTEM,
        at=AT,
    )
    document = keep(
        agency=house.id,
        content=f"list {number}".encode(),
        name="l.csv",
        media_type="text/csv",
        kind="placement",
        by=SYSTEM,
        at=AT,
        client=client.id,
    )
    listing = open_placement(
        client=client, document=document, name="l.csv", source="file", key="l", by=SYSTEM, at=AT
    )
    Placement.objects.filter(id=listing.id).update(
        state="undone",
        summary={"rows": 0, "accepted": 0, "cases": 0, "duplicates": 0, "rejected": 0},
    )
    agreement = prepare_agreement(
        agency=house.agency,
        client=client,
        rate_card=card,
        quote=None,
        language="en",
        by=SYSTEM,
        at=AT,
    )
    sign_agreement(
        agreement=agreement,
        signatory=company.person,
        ticked=list(BOXES),
        ip="192.0.2.1",
        browser="t",
        by=SYSTEM,
        at=AT,
    )
    cleared(client, SYSTEM, AT)
    agreement = countersign_agreement(agreement=agreement, by=SYSTEM, at=AT)
    debtor = find_or_add_debtor(
        agency=house.id, name=debtor_data.name, country=debtor_data.country, vat_number=debtor_data.vat,
        registration_number=debtor_data.number, address=debtor_data.address, postcode=debtor_data.postcode,
        city=debtor_data.city, language="en", by=SYSTEM, at=AT,
    )  # fmt: skip
    north, south = (
        add_division(client=client, name=name, by=SYSTEM, at=AT) for name in ("North", "South")
    )
    for name, division in (("north", north), ("south", south)):
        for role in LIMITED_ROLES:
            people[f"{name} {role}"] = User.objects.create_user(
                f"{name}.{role}@{house.agency.slug}{number}.example", "x" * 20, name=role
            )
            add_member(
                agency=house.agency,
                user=people[f"{name} {role}"],
                role=role,
                client_id=client.id,
                divisions=[division.id],
            )
    case = submit_case(
        agency=house.id, client=client, agreement=agreement, debtor=debtor, division=north, currency="EUR", jurisdiction=debtor.country,
        lines=[NewLine("invoice", f"I-{number}", date(2026, 7, 1), date(2026, 8, 1), Decimal("900.00"), None)],
        submission_key="k", by=SYSTEM, at=AT,
    )  # fmt: skip
    Case.objects.filter(id=case.id).update(stage="accepted")
    Case.objects.filter(id=case.id).update(stage="contact")
    hold = put_on_hold(case=case, kind="client_asks", because="asked", until=None, by=SYSTEM, at=AT)
    document = keep(agency=house.id, content=f"doc {number}".encode(), name="a.pdf", media_type="application/pdf", kind="upload",
                    by=SYSTEM, at=AT, client=client.id, case=case.id, audience="debtor")  # fmt: skip
    content = statement(
        iban=house.account.iban, currency="EUR", on=date(2026, 11, 19), opening=house.bank, number=f"S{number}", made_at=AT,
        paid=[Paid(Decimal("100.00"), debtor.name, case.reference), Paid(Decimal("55.00"), "Nobody known", "", "thanks")],
    )  # fmt: skip
    house.bank += Decimal("155.00")
    taken = take_bank_file(
        agency=house.agency, content=content, name=f"{number}.xml", by=SYSTEM, at=AT
    )
    line = BankLine.objects.get(statement__file=taken.file, amount=Decimal("55.00"))
    suggestion = Suggestion.objects.create(
        agency_id=house.id, line=line, case=case, amount=Decimal("55.00"), score=60
    )
    allocation = Allocation.objects.get(case=case)
    quarrel = dispute(
        case=case, line=case.lines.get(), text="Never came.", by=SYSTEM, at=AT
    ).dispute
    plan = save_draft(
        agency=house.id, client=None, name="standard", steps=as_kept(STANDARD), by=SYSTEM, at=AT
    )
    rate = PublishedRate.objects.filter(agency_id=house.id).first() or enter_rate(
        agency=house.id, series="DE_BASISZINSSATZ", first=date(2027, 1, 1), value="1.00", source="s",
        link="https://example.com/", by=house.actor("finance_officer"), at=AT,
    )  # fmt: skip
    listed = ListedParty.objects.create(
        agency_id=house.id, key=f"L{number}", mark="m", schema="Company", name="L", since=1
    )
    apart = keep_apart(
        agency=house.id, content=f"apart {number}".encode(), name="a.pdf", found=Scanned(None), by=SYSTEM, at=AT
    )  # fmt: skip
    hit = Hit.objects.create(agency_id=house.id, party_kind="client", party_id=client.id, party_name=client.name,
                             mark="m", listed=listed, score=90, found_at=AT)  # fmt: skip
    payout = PayoutFile.objects.create(agency_id=house.id, message_id=f"PAY-{number}", account=house.account,
                                       on=date(2026, 11, 20), made_at=AT)  # fmt: skip
    stop = stop_payouts(client=client, because="asked", by=SYSTEM, at=AT)
    changed = AccountChange.objects.create(
        agency_id=house.id, client=client, iban=company.iban, at=AT, by_name="t"
    )
    rule = MatchRule.objects.create(
        agency_id=house.id,
        payer=f"payer {number}",
        shown="P",
        debtor=debtor,
        line=line,
        at=AT,
        by_name="t",
    )
    spent = BankLine.objects.get(statement__file=taken.file, amount=Decimal("100.00"))
    refund = Refund.objects.create(
        agency_id=house.id, number=f"RFD-{number}", line=spent, allocation=allocation, case=case, amount=Decimal(1),
        currency="EUR", holder="X", iban=company.iban, because="b", held_for="third_party", entry=allocation.entry,
        at=AT, by_name="t",
    )  # fmt: skip
    mandate = DebitMandate.objects.create(
        agency_id=house.id, case=case, client_id=client.id, reference=f"MND-{number}", account=house.account, holder="X",
        creditor_id="DE98ZZZ09999999999", iban=company.iban, email="a@example.com", signed_on=AT.date(), signed_by="X", at=AT,
        by_name="t",
    )  # fmt: skip
    debit = DirectDebit.objects.create(
        agency_id=house.id, mandate=mandate, case=case, client_id=client.id, number=f"{case.number}-D1", key=f"debit-{number}",
        amount=1, collect_on=date(2027, 1, 1), at=AT, by_name="t",
    )  # fmt: skip
    bill = Invoice.objects.create(
        agency_id=house.id, client=client, case=case, number=f"INV-{number}", on=AT.date(), currency="EUR", net=1, vat=0,
        total=1, lines=[{"tax": {"percent": "0"}}, {"case": case.number, "debtor": "X"}], due_on=AT.date(), at=AT,
        document=document,
    )  # fmt: skip
    task = Task.objects.filter(case=case, client_id=None).first()
    assert task is not None
    key, house_key = (
        make_key(
            agency=house.agency,
            client=owner,
            name="k",
            scopes=["cases:read"],
            expires_on=None,
            by=SYSTEM,
            at=AT,
        )[0]
        for owner in (client.id, None)
    )
    hook, gone = (
        add_endpoint(
            agency=house.id,
            client=client.id,
            url=f"https://{n}.example.com/",
            by=SYSTEM,
            at=AT,
            look_up=lambda h, p: ["93.184.215.14"],
        )
        for n in (f"a{number}", f"b{number}")
    )
    test = send_test(endpoint=hook, at=AT)
    invited, _ = invite(
        agency=house.id, email=f"new{number}@{house.agency.slug}.example", name="New", by_name="T",
        role=Role.CLIENT_SUBMITTER, client=client.id, at=timezone.now(),
    )  # fmt: skip
    _, invitation_token = invite(
        agency=house.id, email=f"kept{number}@{house.agency.slug}.example", name="New", by_name="T",
        role=Role.CLIENT_SUBMITTER, client=client.id, at=timezone.now(),
    )  # fmt: skip
    signing_token = f"signing-token-{number}-{house.agency.slug}"
    SigningLink.objects.create(
        agency_id=house.id, agreement=agreement, email="s@example.com", by_name="T", made_at=AT,
        token_hash=hashed(signing_token), expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    subscriber = subscriber_of(
        agency=house.id, address=f"s{number}@{house.agency.slug}.example", at=AT
    )
    enquiry, _ = take_enquiry(
        agency=house.id, key=new_id(), name="V", company="", email="v@example.com", phone="", language="en",
        time_zone="UTC", call_at=None, message="", quote=None, by=SYSTEM, at=AT,
    )  # fmt: skip
    left = User.objects.create_user(
        f"left@{house.agency.slug}{number}.example", "x" * 20, name="Left"
    )
    person = add_member(
        agency=house.agency, user=left, role=Role.CLIENT_FINANCE, client_id=client.id
    )
    asked = ask_approval(
        case=case, kind="legal_step", key=f"asked {number}", sentence="Go to court?", params={},
        cost=Money(Decimal("1.00"), "EUR"), odds_percent=50, duration_days=9, answer_days=5, default="decline",
        by=SYSTEM, at=AT,
    )  # fmt: skip
    wanted = add_task(
        agency=house.id, key=f"wanted {number}", kind="ask", sentence="Send it.", params={}, role="client_submitter",
        due_on=date(2027, 1, 1), default="We go on.", case=case, client=client.id, by=SYSTEM, at=AT,
    )  # fmt: skip
    survey_token = f"survey-token-{number}-{house.agency.slug}"
    Survey.objects.create(
        agency_id=house.id, case=case, client_id=client.id, token_hash=hashed(survey_token), asked_at=AT,
        expires_at=timezone.now() + timedelta(days=1),
    )  # fmt: skip
    objects: dict[str, dict[str, object]] = {
        "survey_token": {"token": survey_token},
        "approval": {"id": asked.id}, "client_task": {"id": wanted.id},
        "key": {"id": key.id}, "house_key": {"id": house_key.id}, "webhook": {"id": hook.id},
        "delivery": {"id": hook.id, "delivery": test.id}, "gone_webhook": {"id": gone.id},
        "person": {"id": person.id}, "invitation": {"id": invited.id},
        "invitation_token": {"token": invitation_token},
        "signing_token": {"token": signing_token, "paper": "power"}, "card": {"version": "2026-1"},
        "mail_token": {"token": subscriber.token, "purpose": "news"}, "enquiry": {"id": enquiry.id},
        "": {}, "division": {"id": north.id}, "view": {"view": "mine"}, "case": {"number": case.number}, "document": {"id": document.id},
        "quote_token": {"token": quote.token}, "agreement_token": {"token": agreement.token, "paper": "agreement"},
        "agreement": {"id": agreement.id}, "client": {"id": client.id}, "submission": {"key": uuid4()},
        "placement": {"number": listing.number},
        "hold": {"number": case.number, "id": hold.id}, "task": {"id": task.id}, "line": {"id": line.id},
        "file": {"id": BankFile.objects.get(id=taken.file.id).id}, "suggestion": {"id": suggestion.id},
        "allocation": {"id": allocation.id}, "remittance": {"id": uuid4()}, "refund": {"id": refund.id}, "debit": {"id": debit.id}, "mandate": {"id": mandate.id}, "invoice": {"id": bill.id}, "card_provider": {"name": "stripe"},
        "payout": {"id": payout.id}, "account_change": {"id": changed.id}, "payout_stop": {"id": stop.id}, "match_rule": {"id": rule.id},
        "sheet": {"name": "journal"}, "report": {"name": "country"}, "report_row": {"name": "country"},
        "table_kind": {"kind": "csv"},
        "rate": {"id": rate.id}, "plan": {"id": plan.id}, "hit": {"id": hit.id}, "quarantine": {"id": apart.id}, "own_view": {"id": uuid4()},
        "dispute": {"id": quarrel.id},
        "print_batch": {"id": PrintBatch.objects.create(
            agency_id=house.id, number=PrintBatch.objects.count() + 1, letters=0, made_at=AT, by_name="Worker").id},
        **at_the_desk(house, case), "law": {"code": "de"}, "debtor": {"id": debtor.id},
        "item": {"id": Item.objects.create(
            agency_id=house.id, client=client, debtor=debtor, ref="O-1", due_on=AT.date(), amount=1, open=1,
            currency="EUR", seen_on=AT.date(), at=AT).id},
        "evaluation": {"number": case.number, "id": weigh_now(
            agency=house.agency, case=Case.objects.get(id=case.id), because="", by=SYSTEM, at=AT).id},
        "signal": {"id": observe_signal(
            debtor=debtor, kind="sued", on=AT.date(), note="Seen.", key=new_id(), by=SYSTEM, at=AT).id},
        **insolvent(house, case),
        **words_of(house, case),
    }  # fmt: skip
    return World(objects, people)


def words_of(house, case) -> dict[str, dict[str, object]]:
    """A draft of the house's own words, and how it looks on a case."""
    draft = save_template(
        agency=house.id, kind="notice", medium="letter", language="en", country="", legal={},
        texts={"letter.greeting": "Yours"}, by=SYSTEM, at=AT,
    )  # fmt: skip
    return {"template": {"id": draft.id}, "template_case": {"id": draft.id, "number": case.number}}


def at_the_desk(house, case) -> dict[str, dict[str, object]]:
    """A collector, an absence, a contact attempt, a visit."""
    collector, agent = house.members["collector"], house.members["field_agent"]
    absence = Absence.objects.create(
        agency_id=house.id, member=collector, first_on=date(2027, 3, 1), last_on=date(2027, 3, 2),
        made_at=AT, by_name="t",
    )  # fmt: skip
    attempt = ContactAttempt.objects.create(
        agency_id=house.id, case=case, client_id=case.client_id, step="call", channel="call", made_at=AT,
        outcome="no_answer", by_name="t",
    )  # fmt: skip
    visit = Visit.objects.create(
        agency_id=house.id, case=case, client_id=case.client_id, agent=agent, at=AT, place="x",
        time_zone="UTC", purpose="x", made_at=AT, by_name="t",
    )  # fmt: skip
    return {
        "collector": {"id": collector.id}, "absence": {"id": absence.id}, "attempt": {"id": attempt.id},
        "visit": {"id": visit.id}, "figure": {"name": "silent"},
    }  # fmt: skip


def insolvent(house, case) -> dict[str, dict[str, object]]:
    """A notice that resembles the debtor, its estate and the case's claim in it."""
    document = keep(agency=house.id, content=str(case.id).encode(), name="n.csv", media_type="text/csv", kind="notices",
                    by=SYSTEM, at=AT, audience="internal")  # fmt: skip
    file = NoticeFile.objects.create(agency_id=house.id, document=document, sha256=document.sha256, name="n", source="table",
                                     at=AT, by_name="t")  # fmt: skip
    notice = PublishedNotice.objects.create(
        agency_id=house.id, file=file, source="table", key=case.number, kind="bankruptcy", at=AT
    )
    match = Match.objects.create(
        agency_id=house.id,
        notice=notice,
        debtor=case.debtor,
        score=90,
        state="to_confirm",
        found_at=AT,
    )
    estate, _ = open_estate(
        debtor=case.debtor, kind="bankruptcy", opened_on=date(2026, 11, 1), by=SYSTEM, at=AT
    )
    proof = draft_proof(estate=estate, case=case, claimed=Money(Decimal("900.00"), "EUR"), figures={}, document=document,
                        by=SYSTEM, at=AT)  # fmt: skip
    proceeding = open_proceeding(
        case=case, route="claim", lawyer=None, because="t", by=SYSTEM, at=AT
    )
    return {
        "proceeding": {"number": proceeding.number, "form": "json", "verb": "party"},
        "match": {"id": match.id}, "estate": {"number": estate.number}, "proof": {"id": proof.id},
        "estate_case": {"number": estate.number, "case": case.number},
    }  # fmt: skip


UNKNOWN: dict[str, object] = {
    "case": "R-2026-999999",
    "form": "json",
    "verb": "party",
    "number": "R-2026-999999",
    "id": UUID(int=7),
    "delivery": UUID(int=8),
    "token": "x" * 43,
    "key": uuid4(),
    "view": "nothing",
    "paper": "agreement",
    "code": "xx",
    "name": "nothing",
}
# Nothing to find behind these: any key starts a submission, a remittance needs a returned payout.
NO_OBJECT = ("submission", "remittance", "view", "own_view", "figure", "report", "report_row")
PUBLIC_LINKS = (
    "survey_token",
    "quote_token",
    "agreement_token",
    "invitation_token",
    "mail_token",
    "signing_token",
    "card",
    "law",
    "sheet",
    "table_kind",
)


def address(name: str, objects: dict[str, object]) -> str:
    wanted = {k: v for k, v in objects.items() if k in parameters(name)}
    return reverse(name, kwargs=wanted)


def parameters(name: str) -> set[str]:
    resolver = get_resolver()
    *spaces, last = name.split(":")
    for space in spaces:
        resolver = resolver.namespace_dict[space][1]
    return (
        set(resolver.reverse_dict.getlist(last)[0][0][0][1])
        if last in resolver.reverse_dict
        else set()
    )


def ask(browser: Browser, row: Row, url: str) -> int:
    response = browser.get(url) if row.method == "GET" else browser.post(url, {})
    if response.streaming:
        list(response.streaming_content)  # read to its end, which closes the file behind it
    return int(response.status_code)


def test_each_role_gets_to_its_own_and_nobody_elses(worlds):
    one, other, foreign = worlds
    wrong = []
    for role in ("anonymous", *sorted(Role)):
        browser = Browser()
        if role != "anonymous":
            browser.force_login(one.people[role])
            just_signed_in(browser)
        for name, row in MATRIX.items():
            wrong += [
                f"{role} {row.method} {name}: {what}"
                for what in walk(browser, role, name, row, one, other, foreign)
            ]
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
    assert not wrong, "\n".join(wrong)


def walk(
    browser, role: str, name: str, row: Row, one: World, other: World, foreign: World
) -> list[str]:
    wrong = []
    if row.needs not in NO_OBJECT or role not in row.who:
        status = ask(browser, row, address(name, one.objects[row.needs]))
        if role in row.who and (status == 404 or status >= 500):
            wrong.append(f"own object, {status}")
        if role not in row.who and status not in (404, 302):
            wrong.append(f"should not pass, {status}")
    if role not in row.who or not row.needs or row.needs in (*NO_OBJECT, *PUBLIC_LINKS):
        return wrong
    strange = [("another agency's", foreign.objects[row.needs]), ("unknown", UNKNOWN)]
    if role in CLIENT_ROLES:
        strange.append(("another client's", other.objects[row.needs]))
    for what, objects in strange:
        status = ask(browser, row, address(name, objects))
        if status != 404:
            wrong.append(f"{what} object, {status}")
    return wrong


ROUNDS = int(os.environ.get("ROUNDS", "1"))
MOST_FOREIGN = 100_000
# What differs between any two answers to the same request: tokens against forged forms.
TOKENS = re.compile(rb'(X-CSRFToken": "|name="csrfmiddlewaretoken" value=")[A-Za-z0-9]{64}')


def answered(browser: Browser, row: Row, url: str) -> tuple[int, bytes, dict[str, str]]:
    response = browser.get(url) if row.method == "GET" else browser.post(url, {})
    if response.streaming:
        list(response.streaming_content)  # read to its end, which closes the file behind it
    headers = {k: v for k, v in response.headers.items() if k != "Set-Cookie"}
    return int(response.status_code), TOKENS.sub(b"", response.content), headers


def test_foreign_and_unknown_are_the_same_to_the_byte(worlds):
    """Every page that names an object, as every role that has one of its own: an object of another client, of
    another agency and one that is nowhere get the same status, body and headers. `ROUNDS` asks for more,
    in any order, up to a hundred thousand."""
    one, other, foreign = worlds
    asked, browsers = [], {}
    for role in sorted(Role):
        browsers[role] = Browser()
        browsers[role].force_login(one.people[role])
        just_signed_in(browsers[role])
        for name, row in MATRIX.items():
            if role not in row.who or not row.needs or row.needs in (*NO_OBJECT, *PUBLIC_LINKS):
                continue
            asked.append((role, name, row, foreign.objects[row.needs]))
            if role in CLIENT_ROLES:
                asked.append((role, name, row, other.objects[row.needs]))
    chance = random.Random(20261130)
    asked += chance.choices(asked, k=min(len(asked) * (ROUNDS - 1), MOST_FOREIGN))
    unknown: dict[tuple[str, str], object] = {}
    wrong = []
    for role, name, row, objects in asked:
        if (role, name) not in unknown:
            nothing = {k: UNKNOWN.get(k, v) for k, v in objects.items()}
            unknown[role, name] = answered(browsers[role], row, address(name, nothing))
        found = answered(browsers[role], row, address(name, objects))
        if found != unknown[role, name]:
            wrong.append(f"{role} {name}: {found[0]}, {len(found[1])} bytes")
    apply({"agency_id": "", "client_id": "", "case_id": "", "user_id": ""})
    assert not wrong, "\n".join(sorted(set(wrong)))
    print(f"\n{len(asked)} foreign requests to pages, none told apart from an unknown one")
