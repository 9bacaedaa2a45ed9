"""Made-up figures and sentences for the living page, in the reader's language."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from recoup.kernel.money import Money
from recoup.kernel.refusal import N_, Refusal
from recoup.web.kit.components import Entry, File, Series, Step, Tab, Why
from recoup.web.kit.context import NavItem
from recoup.web.kit.formats import day_text, deadline_text, money_text, percent_text

TODAY = date(2026, 11, 21)
D = Decimal


class SampleForm(forms.Form):
    """One of each control."""

    debtor = forms.CharField(label="Debtor")
    number = forms.CharField(label="Number", required=False)
    country = forms.ChoiceField(label="Country")
    due = forms.DateField(label="Due", widget=forms.DateInput(attrs={"type": "date"}))
    route = forms.ChoiceField(label="Route", widget=forms.RadioSelect)
    remarks = forms.CharField(label="Remarks", required=False, widget=forms.Textarea)
    sure = forms.BooleanField(label="Sure")
    papers = forms.FileField(label="Files", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            "debtor": _("Name of the company"), "number": _("Registration number"),
            "country": _("Country"), "due": _("Due date"), "route": _("How the debt is owed"),
            "remarks": _("Anything we should know"), "papers": _("Drop invoices here"),
            "sure": _("The debtor is a company, not a private person"),
        }  # fmt: skip
        for name, word in words.items():
            self.fields[name].label = word
        self.fields["number"].help_text = _("For example 556036-0793.")
        self.fields["papers"].help_text = _("PDF or XML, up to 30 MB each.")
        chosen = [("SE", _("Sweden")), ("DE", _("Germany")), ("HK", _("Hong Kong"))]
        self.fields["country"].choices = chosen  # type: ignore[attr-defined]
        self.fields["route"].choices = [  # type: ignore[attr-defined]
            ("whole", _("All of it is undisputed")),
            ("part", _("A part is disputed")),
        ]


def because() -> Why:
    return Why(
        title=_("How the interest was worked out"),
        rows=[(_("Principal"), Money(D("12480.00"), "EUR")),
              (_("From"), date(2026, 7, 1)), (_("To"), TODAY),
              (_("Days"), D(144)), (_("Yearly rate"), percent_text(D("10.15")))],
        total=(_("Interest"), Money(D("499.75"), "EUR")),
        steps=[_("The due date passed without payment."),
               _("Between companies the base rate plus nine points applies.")],
        rule="late_interest/DE", version="2026-07-01", source="BGB § 288 (2)",
        source_url="https://www.gesetze-im-internet.de/bgb/__288.html",
    )  # fmt: skip


def entries() -> list[Entry]:
    def at(day: int, hour: int, minute: int) -> datetime:
        return datetime(2026, 11, day, hour, minute, tzinfo=UTC)

    return [
        Entry(at(21, 9, 41), "payment", _("Part payment received"), who="Meier & Söhne GmbH",
              outcome=money_text(D("4000"), "EUR"), why=because(), new=True),
        Entry(at(20, 15, 2), "note", _("Note"), who="Karin Lindqvist", internal=True,
              body=_("Bookkeeping moves office next week; ask for Ms Vogel.")),
        Entry(at(20, 14, 55), "call", _("Call"), who="Karin Lindqvist",
              outcome=_("Promise to pay by %(day)s") % {"day": day_text(date(2026, 11, 30))}),
        Entry(at(18, 17, 31), "denied", _("Call not permitted"),
              body=_("In Germany we call companies until 17:30.")),
        Entry(at(17, 8, 0), "letter", _("First letter"), outcome=_("Delivered"),
              files=[File("letter-1.pdf", "#")]),
        Entry(at(16, 8, 0), "legal", _("Payment order prepared"), who="Jonas Weber"),
        Entry(at(12, 10, 20), "submitted", _("Case submitted"), who="Nordisk Textil AB"),
    ]  # fmt: skip


def cases() -> list[dict[str, Any]]:
    def row(debtor: str, owed: str, cur: str, stage: str, tone: str, when: date) -> dict[str, Any]:
        return {"debtor": debtor, "owed": Money(D(owed), cur), "stage": stage, "tone": tone,
                "by": when}  # fmt: skip

    return [
        row("Meier & Söhne GmbH", "8979.75", "EUR", _("Amicable"), "accent", date(2026, 11, 24)),
        row("Victoria Harbour Trading Ltd 維港貿易有限公司", "1284000", "HKD", _("Payment plan"),
            "", date(2026, 11, 30)),
        row("Lagerbolaget i Malmö AB", "46250.5", "SEK", _("Disputed"), "needs",
            date(2026, 11, 25)),
        row("Brightwater Logistics Ltd", "-120", "GBP", _("Legal"), "legal", date(2026, 11, 19)),
        row("北京同创商贸有限公司", "96400", "CNY", _("Insolvency"), "danger", date(2026, 12, 1)),
        row("Oy Saimaan Saha Ab", "0", "EUR", _("Paid"), "money", date(2026, 11, 20)),
    ]  # fmt: skip


def navigation() -> list[tuple[str, list[NavItem]]]:
    return [
        ("", [NavItem(_("Work"), "/kit/", "list-check", 12, "needs"),
              NavItem(_("Cases"), "/kit/cases/", "briefcase"),
              NavItem(_("Clients"), "/kit/clients/", "building")]),
        (_("Money"), [NavItem(_("Bank lines"), "/kit/money/", "arrows-left-right", 3, "needs"),
                      NavItem(_("Remittances"), "/kit/remittances/", "building-bank"),
                      NavItem(_("Invoices"), "/kit/invoices/", "file-invoice")]),
        (_("House"), [NavItem(_("Law"), "/kit/law/", "scale"),
                      NavItem(_("Settings"), "/kit/settings/", "settings")]),
    ]  # fmt: skip


def context() -> dict[str, Any]:
    """All that kit/page/kit.html shows."""
    bound = SampleForm(
        {"debtor": "", "country": "SE", "due": "", "route": "whole"}, auto_id="wrong_%s"
    )
    bound.is_valid()
    months = [f"{m}/26" for m in range(1, 12)]
    collected = [D(v) for v in (18200, 22400, 19800, 31000, 28500, 35200, 30100, 27800, 41200, 38900, 24300)]  # fmt: skip
    return {
        "today": TODAY, "now": datetime(2026, 11, 21, 9, 41, tzinfo=UTC), "nav": navigation(),
        "because": because(), "entries": entries(), "cases": cases(), "bound": bound,
        "free": SampleForm(initial={"debtor": "Meier & Söhne GmbH", "country": "DE", "route": "whole"}),
        "amount": Money(D("8979.75"), "EUR"), "big": Money(D("1284000"), "HKD"),
        "small": Money(D("-120"), "GBP"), "yen": Money(D("5000"), "JPY"),
        "overdue": date(2026, 11, 19), "coming": date(2026, 11, 24),
        "due_text": deadline_text(date(2026, 11, 24)), "said_text": day_text(date(2026, 11, 17)),
        "refused": Refusal("not_hours", N_("In %(country)s we may call until %(until)s; the next time is %(next)s."),
                           country="DE", until="17:30", next=date(2026, 11, 23)),
        "tabs": [Tab(_("Story"), "#story", True), Tab(_("Money"), "#money"),
                 Tab(_("Documents"), "#documents", count=4), Tab(_("Messages"), "#messages", count=0)],
        "steps": [Step(_("Claim"), "done"), Step(_("Documents"), "done"), Step(_("Check"), "now"), Step(_("Sign"))],
        "months": months,
        "collected": [Series(_("Collected"), collected, "money")],
        "recovery": [Series("2026-Q1", [D(v) for v in (0, 21, 38, 52, 61, 66)]),
                     Series("2026-Q2", [D(0), D(26), D(44), D(57), None, None])],
        "ages": ["0", "30", "60", "90", "120", "180"],
        "low": D(48), "likely": D(63), "high": D(79),
        "definitions": [(_("Debtor"), "Meier & Söhne GmbH"), (_("Principal"), Money(D("12480"), "EUR")),
                        (_("Received"), Money(D("-4000"), "EUR")), (_("Limitation ends"), date(2029, 12, 31))],
    }  # fmt: skip
