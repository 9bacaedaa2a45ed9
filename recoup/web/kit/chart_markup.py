"""What is drawn inside a chart and stands in its twin, as markup: hundreds of small elements, for which a
template would take longer than the rest of its page."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.utils.formats import localize
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from recoup.web.kit.charts import Chart, Drawn, Mark
from recoup.web.kit.formats import number_text


def inside(chart: Chart, kind: str, unit: str, behind: Mapping[str, str]) -> SafeString:
    """Grid, columns and marks; `behind` has the address of a label's cases."""
    parts = [
        f'<line class="k-gridline" x1="{chart.left}" x2="{chart.right}" y1="{tick.at}" y2="{tick.at}"></line>'
        f'<text x="{chart.left - 8}" y="{tick.at}" dy="4" text-anchor="end">{escape(number_text(tick.value))}</text>'
        for tick in chart.ticks
    ]
    parts += [
        f'<text class="k-column" x="{x}" y="{chart.foot}" text-anchor="middle">{escape(label)}</text>'
        for x, label in chart.columns
    ]
    parts += [series(one, kind, unit, behind) for one in chart.drawn]
    return mark_safe("".join(parts))  # noqa: S308 - each text is escaped above


def series(one: Drawn, kind: str, unit: str, behind: Mapping[str, str]) -> str:
    name = escape(one.series.name)
    path = f'<path class="k-line" d="{one.path}"></path>' if kind == "lines" else ""
    marks = "".join(
        linked(drawn(mark, kind, name, escape(unit)), behind.get(mark.label, ""))
        for mark in one.marks
    )
    return f'<g class="{one.css}">{path}{marks}</g>'


def drawn(mark: Mark, kind: str, name: str, unit: str) -> str:
    title = f"<title>{name}, {escape(mark.label)}: {escape(localize(mark.value))} {unit}</title>"
    if kind == "lines":
        return f'<circle class="k-dot" cx="{mark.x}" cy="{mark.y}" r="3.5">{title}</circle>'
    return f'<rect class="k-bar" x="{mark.x}" y="{mark.y}" width="{mark.width}" height="{mark.height}" rx="2">{title}</rect>'


def linked(shape: str, href: str) -> str:
    return (
        f'<a href="{escape(href)}" tabindex="-1" aria-hidden="true">{shape}</a>' if href else shape
    )


def twin(
    labels: Sequence[str], values: Sequence[Sequence[Decimal | None]], behind: Mapping[str, str]
) -> SafeString:
    """The rows of the table: a label with its link, and its value in each series."""
    rows = []
    for at, label in enumerate(labels):
        href, said = behind.get(label, ""), escape(label)
        head = f'<a href="{escape(href)}">{said}</a>' if href else said
        cells = "".join(f'<td class="k-right">{cell(one[at])}</td>' for one in values)
        rows.append(f'<tr><th scope="row">{head}</th>{cells}</tr>')
    return mark_safe("".join(rows))  # noqa: S308 - each text is escaped above


def cell(value: Decimal | None) -> str:
    return "–" if value is None else f'<span class="k-num">{escape(number_text(value))}</span>'
