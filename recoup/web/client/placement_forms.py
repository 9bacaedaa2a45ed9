"""The forms of a list: the file, and which column is what."""

from collections.abc import Mapping as AnyMapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from recoup.intake.columns import FIELDS
from recoup.intake.models import Placement
from recoup.kernel.money import Money
from recoup.web.client.forms import country_choices
from recoup.web.kit.formats import day_text, number_text


class ListForm(forms.Form):
    """One list of debts."""

    list = forms.FileField(
        label=gettext_lazy("Drop your list here"),
        help_text=gettext_lazy("CSV or Excel (.xlsx), as your bookkeeping exports it: one row for each invoice or credit note, up to 250,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv", "data-submit-on-change": ""}),
    )  # fmt: skip


def chosen_from(post: AnyMapping[str, str], preview: dict[str, Any]) -> dict[str, Any]:
    """What a person has chosen, in the form `look` takes it. What is no choice of the form is left out."""
    columns: dict[str, int] = {}
    for column in preview["columns"]:
        code = post.get(f"column-{column['place']}", "")
        if code in FIELDS and code not in columns:
            columns[code] = column["place"]
    chosen: dict[str, Any] = {"columns": columns} if columns else {}
    for name in ("decimal", "order", "country", "currency", "grouping", "sheet"):
        if name in post:
            chosen[name] = post[name]
    if "sheet" in chosen and chosen["sheet"] != preview["sheet"]:
        return {"sheet": chosen["sheet"], "columns": {}, "header": 0}
    return chosen


def field_choices() -> list[tuple[str, str]]:
    return [("", _("Passed over")), *((f.code, _(f.label)) for f in FIELDS.values())]


def columns_shown(one: Placement) -> list[dict[str, Any]]:
    """Every column with its choice, samples, and what its values come to."""
    shown = []
    for column in one.preview["columns"]:
        kind = FIELDS[column["field"]].kind if column["field"] else ""
        shown.append(column | {
            "choices": [(code, label, code == column["field"]) for code, label in field_choices()],
            "is_amount": kind == "amount", "is_day": kind == "day",
            "order": {"dmy": _("day first"), "mdy": _("month first"), "serial": _("counted as a spreadsheet does")}.get(column["written"], ""),
            "totals": totals(column["sums"]), "least": end_of(column["least"], kind), "greatest": end_of(column["greatest"], kind),
        })  # fmt: skip
    return shown


def end_of(text: str, kind: str) -> str:
    """A column's least or greatest value: a day with its month's name, so that 03/04 is seen to be April or March."""
    if not text:
        return ""
    if kind == "day":
        return day_text(date.fromisoformat(text))
    return number_text(Decimal(text)) if kind == "amount" else text


def totals(sums: dict[str, str]) -> list[Any]:
    return [Money(Decimal(amount), code) if len(code) == 3 and code.isalpha() else amount for code, amount in sums.items()]  # fmt: skip


def defaults_shown(one: Placement) -> dict[str, Any]:
    mapping = one.mapping
    return {
        "mapping": mapping,
        "decimals": options(mapping["decimal"], ("", _("As found")), (",", "1.234,56"), (".", "1,234.56")),
        "orders": options(mapping["order"], ("", _("As found")), ("dmy", _("31/12/2026 (day first)")), ("mdy", _("12/31/2026 (month first)"))),
        "groupings": options(mapping["grouping"], ("debtor", _("One case for each debtor")), ("invoice", _("One case for each invoice"))),
        "countries": options(mapping["country"], *country_choices()),
        "sheets": options(one.preview["sheet"], *((s, s) for s in one.preview["sheets"])),
        "missing": [_(FIELDS[code].label) for code in one.preview["missing"]],
        "left_out": [o | {"word": left_word(o["why"])} for o in one.preview["left_out"]],
    }  # fmt: skip


def left_word(why: str) -> str:
    return {"title": _("above the headings"), "total": _("a total"), "footer": _("below the list"), "header": _("headings again")}[why]  # fmt: skip


def options(chosen: str, *pairs: tuple[str, str]) -> list[tuple[str, str, bool]]:
    return [(value, label, value == chosen) for value, label in pairs]
