"""The kit's template tags: figures, days and components. Loaded as builtins; shown on /kit/."""

import itertools
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.http import HttpRequest
from django.template.context import Context
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from recoup.kernel.refusal import Refusal
from recoup.web.kit import chart_markup, charts, figures, formats
from recoup.web.kit.components import Entry, Series, Step, Tab, Why
from recoup.web.kit.context import NavItem
from recoup.web.kit.words import word

register = template.Library()
_ids = itertools.count(1)


def fresh_id(prefix: str) -> str:
    """An id that no other element has, also not one swapped in later."""
    return f"{prefix}-{next(_ids)}"


for tag in (figures.money, figures.number, figures.percent, figures.day, figures.deadline,
            figures.instant, figures.value, figures.refusal, figures.icon):  # fmt: skip
    register.simple_tag(tag)
for text in (formats.number_text, formats.percent_text, formats.money_text):
    register.simple_tag(text)


TONES = ("", "info", "success", "warning", "error", "debug")


@register.inclusion_tag("kit/parts/button.html")
def button(
    label: str,
    href: str = "",
    icon: str = "",
    kind: str = "",
    why_not: Refusal | str = "",
    **attrs: Any,
) -> dict[str, Any]:
    """A button, a link that looks like one (`href`), or a disabled one that says why (`why_not`).

    `kind`: "primary", "danger", "quiet" or "". Others: name, value, type, key, wide, form.
    """
    return {"label": label, "href": href, "icon": icon, "kind": kind, "wide": attrs.get("wide"),
            "why_not": figures.refusal(why_not) if why_not else "", "id": fresh_id("why-not"),
            "type": attrs.get("type", "submit"), "name": attrs.get("name"), "form": attrs.get("form"),
            "value": attrs.get("value"), "key": attrs.get("key")}  # fmt: skip


@register.inclusion_tag("kit/parts/why.html")
def why(because: Why | None, label: Any = "") -> dict[str, Any]:
    """`{% why w label %}`: the label with a dotted underline, or the word Why? when there is none."""
    # Rendered here: an amount of nothing is false, and is shown all the same.
    return {"why": because, "label": figures.value(label) if label != "" else ""}


@register.simple_block_tag(takes_context=True)
def whybox(context: Context, content: str, label: Any, title: str = "") -> str:
    """`{% whybox label title %}…{% endwhybox %}`: a Why panel whose derivation is written out."""
    return _render(context, "why", {"label": label, "title": title, "content": content})


@register.simple_block_tag(takes_context=True)
def stat(
    context: Context, content: str, label: str, tone: str = "", hint: str = "", href: str = ""
) -> str:
    """`{% stat _("Collected") tone="money" %}{% money m %}{% endstat %}`, inside `.k-stats`."""
    return _render(
        context, "stat",
        {"content": content, "label": label, "tone": tone, "hint": hint, "href": href},
    )  # fmt: skip


@register.simple_block_tag(takes_context=True)
def next_step(
    context: Context, content: str, because: Why | None = None, tone: str = "", icon: str = ""
) -> str:
    """`{% next_step why %}Second letter on … because …{% endnext_step %}`."""
    icon = icon or {"needs": "alert-circle", "legal": "scale"}.get(tone, "arrow-right")
    return _render(
        context, "next_step", {"content": content, "why": because, "tone": tone, "icon": icon}
    )


@register.simple_block_tag(takes_context=True)
def note(context: Context, content: str, tone: str = "") -> str:
    """A message on the page. `tone`: "success", "warning", "error" or "" (information). Raises
    `ValueError` for another, which would look like information."""
    if tone not in TONES:
        raise ValueError(f"a note is no {tone!r}")
    return _render(context, "note", {"content": content, "tone": tone})


def _render(context: Context, part: str, values: dict[str, Any]) -> str:
    assert context.template is not None
    found = context.template.engine.get_template(f"kit/parts/{part}.html")
    return str(found.render(Context(values)))


@register.inclusion_tag("kit/parts/badge.html")
def badge(label: Any, tone: str = "", icon: str = "") -> dict[str, Any]:
    """`tone`: accent, money, needs, danger, legal or "". A stage chip is a badge."""
    return {"label": label, "tone": tone, "icon": icon}


@register.inclusion_tag("kit/parts/timeline.html")
def timeline(entries: Sequence[Entry], sse: str = "") -> dict[str, Any]:
    """A case's story; `sse` is the event name whose fragments are put on top."""
    return {"entries": entries, "sse": sse}


@register.inclusion_tag("kit/parts/timeline_entry.html")
def timeline_entry(entry: Entry) -> dict[str, Any]:
    return {"entry": entry}


@register.inclusion_tag("kit/parts/tabs.html")
def tabs(items: Sequence[Tab], label: str = "") -> dict[str, Any]:
    return {"items": items, "label": label or _("Sections")}


@register.inclusion_tag("kit/parts/steps.html")
def steps(items: Sequence[Step]) -> dict[str, Any]:
    return {"items": items}


@register.inclusion_tag("kit/parts/definitions.html")
def definitions(rows: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    """(label, value) pairs; values are shown as `{% value %}` does."""
    return {"rows": rows}


@register.inclusion_tag("kit/parts/sort_header.html", takes_context=True)
def sort_header(
    context: Context, label: str, by: str, right: bool = False, default: str = "", css: str = ""
) -> dict[str, Any]:
    """A column head that sorts by `?sort=`; "-by" is descending. Keeps the rest of the query. `css`: classes
    of the head."""
    query = context["request"].GET.copy()
    now = query.get("sort", default)
    query["sort"] = f"-{by}" if now == by else by
    query.pop("page", None)
    order = {by: "ascending", f"-{by}": "descending"}.get(now, "")
    return {
        "label": label,
        "href": f"?{query.urlencode()}",
        "order": order,
        "css": f"{'k-right ' if right else ''}{css}".strip(),
    }


@register.inclusion_tag("kit/parts/pages.html", takes_context=True)
def pages(context: Context, page: Page[Any]) -> dict[str, Any]:
    """Where in a long list one is, with the ways back and on."""
    return {"page": page, "request": context["request"]}


@register.inclusion_tag("kit/parts/field.html")
def field(bound: BoundField, label: str = "") -> dict[str, Any]:
    """A form field: label, help, error, control; invalid ones are marked beyond colour."""
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "")
    return {"field": bound, "label": label or bound.label, "group": widget.use_fieldset,
            "check": kind == "checkbox" and not widget.use_fieldset}  # fmt: skip


@register.inclusion_tag("kit/parts/fields.html")
def fields(form: Any) -> dict[str, Any]:
    """All of a form: what is wrong first, then hidden and visible fields."""
    return {"form": form}


@register.inclusion_tag("kit/parts/error_summary.html")
def error_summary(form: Any) -> dict[str, Any]:
    return {"form": form}


@register.inclusion_tag("kit/parts/dropzone.html")
def dropzone(bound: BoundField, title: str = "", help: str = "") -> dict[str, Any]:
    """A file field to drop on; a plain file field without a script."""
    return {"field": bound, "title": title or bound.label, "help": help or bound.help_text}


@register.inclusion_tag("kit/parts/empty.html")
def empty(
    title: str, text: str = "", href: str = "", action: str = "", icon: str = "inbox"
) -> dict[str, Any]:
    """Nothing here yet: what this place is for, and one thing to do."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": icon}


@register.inclusion_tag("kit/parts/fault.html")
def fault(
    happened: Refusal | str, kept: str = "", do: str = "", href: str = "", action: str = ""
) -> dict[str, Any]:
    """What happened, what was kept, what to do."""
    return {
        "happened": figures.refusal(happened),
        "kept": kept,
        "do": do,
        "href": href,
        "action": action,
    }


@register.inclusion_tag("kit/parts/skeleton.html")
def skeleton(rows: int = 3) -> dict[str, Any]:
    return {"rows": range(rows)}


@register.inclusion_tag("kit/parts/toast.html", takes_context=True)
def toast(context: Context, text: str, undo_url: str = "", seconds: int = 10) -> dict[str, Any]:
    return {"text": text, "undo_url": undo_url, "seconds": seconds,
            "csrf_token": context.get("csrf_token")}  # fmt: skip


@register.inclusion_tag("kit/parts/live.html")
def live() -> dict[str, Any]:
    return {}


register.filter("country", formats.country_text)
register.filter("word", word)


@register.simple_tag
def full_stop() -> str:
    """The end of a sentence that ends with a figure or a day."""
    return "。" if (get_language() or "").startswith("zh") else "."


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def nav_groups(nav: Sequence[Any] | None) -> list[tuple[str, list[NavItem]]]:
    """A navigation as (heading, items) groups, whether it came flat or grouped."""
    nav = list(nav or [])
    return [("", nav)] if nav and isinstance(nav[0], NavItem) else nav


@register.filter
def is_here(item: NavItem, request: HttpRequest | None) -> bool:
    """Whether the page shown lies under this entry."""
    path = request.path if request else ""
    below = item.under if item.exact else (item.url, *item.under)
    return path == item.url or any(path.startswith(prefix) for prefix in below)


# ---- Charts -------------------------------------------------------------------------------------


@register.inclusion_tag("kit/parts/chart.html")
def line_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str,
    hrefs: Sequence[str] = (),
) -> dict[str, Any]:
    """Lines with a table of the same values below. `unit` is a currency code, "%" or a noun; `hrefs`, one
    for each label, open what is behind it."""
    return _chart(title, labels, series, unit, hrefs, "lines")


@register.inclusion_tag("kit/parts/chart.html")
def bar_chart(
    title: str,
    labels: Sequence[str],
    series: Sequence[Series],
    unit: str,
    hrefs: Sequence[str] = (),
) -> dict[str, Any]:
    """Bars with a table of the same values below; as `line_chart`."""
    return _chart(title, labels, series, unit, hrefs, "bars")


def _chart(
    title: str, labels: Sequence[str], series: Sequence[Series], unit: str, hrefs: Sequence[str], kind: str
) -> dict[str, Any]:  # fmt: skip
    chart = (charts.lines if kind == "lines" else charts.bars)(labels, series)
    behind = dict(zip(labels, hrefs, strict=False))
    return {
        "title": title, "unit": unit, "series": series, "chart": chart, "linked": bool(behind),
        "inside": chart_markup.inside(chart, kind, unit, behind), "rows": chart_markup.twin(labels, [s.values for s in series], behind),
    }  # fmt: skip


@register.inclusion_tag("kit/parts/range_bar.html")
def range_bar(low: Decimal, likely: Decimal, high: Decimal, label: str = "") -> dict[str, Any]:
    """Expected recovery: percentages from 0 to 100, low ≤ likely ≤ high, else `ValueError`."""
    if not 0 <= low <= likely <= high <= 100:
        raise ValueError("a range needs 0 <= low <= likely <= high <= 100")
    return {"low": low, "likely": likely, "high": high, "width": high - low, "label": label}


@register.inclusion_tag("kit/parts/meter.html")
def meter(share: Decimal, tone: str = "") -> dict[str, Any]:
    """A share of a whole in a table cell: 0 to 100 per cent, else `ValueError`."""
    if not 0 <= share <= 100:
        raise ValueError("a share lies between 0 and 100")
    return {"share": share, "tone": tone}
