"""`recoup quote --creditor CC --debtor CC --amount A --currency CUR --due DAY …`: a price, as the page gives it."""

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

from recoup.kernel.refusal import N_, Refusal

USAGE = (
    "usage: recoup quote --creditor CC --debtor CC --amount A --currency CUR --due DAY"
    " [--documents yes|no] [--disputed yes|no] [--on DAY] [--json]"
)
NEEDED = ("creditor", "debtor", "amount", "currency", "due")
OPTIONS = (*NEEDED, "documents", "disputed", "on")


def run(argv: list[str]) -> int:
    """0 quoted and kept, 1 refused (the error document on standard output), 2 wrong usage."""
    options = read(argv)
    if options is None:
        print(USAGE, file=sys.stderr)
        return 2
    as_json = "--json" in argv
    try:
        document = give(options, datetime.now(UTC))
    except Refusal as refusal:
        error = refusal.as_error()
        print(json.dumps({"error": error}, ensure_ascii=False) if as_json else error["message"])
        return 1
    print(json.dumps(document, ensure_ascii=False, indent=1) if as_json else table(document))
    return 0


def read(argv: list[str]) -> dict[str, str] | None:
    """`--name value` and `--name=value`; None for wrong usage."""
    found: dict[str, str] = {}
    words = iter(arg for arg in argv if arg != "--json")
    for word in words:
        name, sign, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or name not in OPTIONS or name in found:
            return None
        if not sign:
            following = next(words, None)
            if following is None:
                return None
            value = following
        found[name] = value
    return found if all(name in found for name in NEEDED) else None


def give(options: dict[str, str], now: datetime) -> dict[str, Any]:
    """Quote and keep it; the document of CONTRACT. Raises `Refusal`, `no_agency` included."""
    from recoup.agreements.operations import day_at, give_quote
    from recoup.agreements.rules.asked import (
        Asked,
        read_amount,
        read_choice,
        read_country,
        read_due,
    )
    from recoup.kernel.actor import SYSTEM
    from recoup.kernel.days import parse_day
    from recoup.tenancy.context import scope
    from recoup.tenancy.models import Agency

    agencies = Agency.objects.order_by("id")
    slug = os.environ.get("RECOUP_AGENCY")
    agency = (agencies.filter(slug=slug) if slug else agencies).first()
    if agency is None:
        raise Refusal(
            "no_agency",
            N_("There is no agency yet, so there is no price: run recoup up, or found one."),
        )
    on = parse_day(options["on"], field="on") if "on" in options else day_at(agency, now)
    asked = Asked(
        creditor=read_country(options["creditor"], "creditor"),
        debtor=read_country(options["debtor"], "debtor"),
        amount=read_amount(options["amount"], options["currency"].upper()),
        due=read_due(options["due"], on),
        documents=read_choice(options.get("documents"), "documents"),
        disputed=read_choice(options.get("disputed"), "disputed"),
    )
    with scope(agency.id):
        return document(give_quote(agency=agency, asked=asked, by=SYSTEM, at=now, on=on))


def document(quote: Any) -> dict[str, Any]:
    from django.conf import settings

    from recoup.agreements.rules.sentences import said

    answer = dict(quote.answer)
    charged = dict(answer["charged_to_debtor"])
    charged["why"] = said(charged["why"])
    if charged.get("because"):
        charged["because"] = said([charged["because"]])[0]
    vat = answer["vat"] | {"reason": said([answer["vat"]["reason"]])[0]}
    return {
        "quote": quote.number, "link": f"{settings.ORIGIN}/quote/{quote.token}/",
        "rate_card": answer["rate_card"], "valid_until": answer["valid_until"], "asked": quote.asked,
        "commission": answer["commission"], "set_up_fee": answer["set_up_fee"], "vat": vat,
        "charged_to_debtor": charged, "expected": answer["expected"], "waiting": answer["waiting"],
        "documents": said(answer["documents"]), "next_steps": said(answer["next_steps"]),
        "why": said(answer["why"]), "currency": answer["currency"], "age_days": answer["age_days"],
    }  # fmt: skip


def table(document: dict[str, Any]) -> str:
    """The quote for people."""
    currency, commission = document["currency"], document["commission"]
    charged, expected = document["charged_to_debtor"], document["expected"]
    law = (
        f"interest {charged['interest']}, costs {charged['costs']} {currency}, compensation "
        f"{charged['compensation']['open']} {charged['compensation']['currency']}"
        if charged["established"] else "not established"
    )  # fmt: skip
    lines = [
        f"Quote {document['quote']}, rate card {document['rate_card']}, valid until {document['valid_until']}",
        f"  commission   {commission['rate']} % = {commission['amount']} {currency} ({commission['band']}; clause {commission['clause']})",
        f"  set-up fee   {document['set_up_fee']} {currency}",
        f"  VAT          {document['vat']['rate'] or '?'} %: {document['vat']['reason']}",
        f"  debtor pays  {law}",
        f"  expected     {expected['recovery']} % ({expected['low']}–{expected['high']} %) in about {expected['days']} days",
        "", "Waiting",
        *(f"  {w['days']:>3} days: commission {w['commission_rate']} %, recovery {w['recovery']} %, to you {w['net']} {currency}"
          for w in document["waiting"]),
        "", "Next", *(f"  {n}. {step}" for n, step in enumerate(document["next_steps"], 1)),
        "", "Why", *(f"  {reason}" for reason in document["why"]),
        "", f"  {document['link']}",
    ]  # fmt: skip
    return "\n".join(lines)
