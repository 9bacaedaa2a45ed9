"""Components: what the kit promises to every page."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils.translation import override

from recoup.kernel.refusal import N_, Refusal
from recoup.web.kit import charts, figures, formats
from recoup.web.kit.components import CHANNELS, Series, Why
from recoup.web.kit.context import NavItem
from recoup.web.kit.templatetags.kit import is_here, nav_groups
from recoup.web.kit.views import page

KIT = Path(__file__).resolve().parents[1]
D = Decimal


def shown(source: str, **context: object) -> str:
    with override("en"):
        return Template("{% load kit %}" + source).render(Context(context))


def test_a_forbidden_button_stands_there_with_its_reason_in_words():
    html = shown(
        '{% button "Call now" why_not=r %}', r=Refusal("x", N_("Not before %(at)s."), at="9:00")
    )
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described and f'id="{described[1]}"' in html
    assert 'aria-disabled="true"' in html
    assert html.count("Not before 9:00.") == 2  # as text and as tooltip
    assert 'type="submit"' not in html


def test_two_forbidden_buttons_do_not_share_an_id():
    html = shown('{% button "A" why_not="No." %}{% button "B" why_not="No." %}')
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids)) == 2


def test_why_opens_without_a_script_and_names_rule_and_source():
    because = Why("Interest", rows=[("Rate", "8 %")], rule="late_interest/SE", version="2026-07-01",
                  source="Räntelagen § 6", source_url="https://example.org/6")  # fmt: skip
    html = shown("{% why w %}", w=because)
    assert html.startswith('<details class="why')
    for part in (
        "late_interest/SE",
        "2026-07-01",
        "Räntelagen § 6",
        'href="https://example.org/6"',
    ):
        assert part in html


def test_a_figure_without_reasons_is_just_the_figure():
    assert shown("{% why None label %}", label="12").strip() == "12"


def test_user_text_is_escaped_in_every_block_component():
    for source in (
        "{% stat label %}x{% endstat %}", "{% note %}{{ label }}{% endnote %}", "{% badge label %}",
        "{% next_step %}{{ label }}{% endnext_step %}", "{% empty label %}", "{% fault label %}",
        "{% button label %}", "{% whybox label %}{{ label }}{% endwhybox %}",
    ):  # fmt: skip
        html = shown(source, label="<img src=x onerror=y>")
        assert "<img" not in html, source
        assert "&lt;img" in html, source


def test_an_icon_that_is_not_in_the_sprite_is_an_error():
    with pytest.raises(ValueError, match="unicorn"):
        shown('{% icon "unicorn" %}')


def test_every_channel_s_icon_is_in_the_sprite():
    assert {icon for icon, _ in CHANNELS.values()} <= figures.icon_names()


def test_templates_name_only_icons_of_the_sprite():
    named = set()
    for path in (KIT / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text()))
        named |= set(re.findall(r'icon="([a-z0-9-]+)"', path.read_text()))
    assert named and named <= figures.icon_names()


def test_nothing_inline_and_nothing_from_elsewhere():
    for path in (KIT / "templates").rglob("*.html"):
        text = path.read_text()
        if path.parent.name == "email":  # mail programs know no style sheets
            continue
        assert not re.search(r'\sstyle="|<style|\son[a-z]+="|javascript:', text), path
        for script in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in script or "application/json" in script, path
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text), path


def test_style_sheets_load_nothing_from_elsewhere():
    for path in KIT.glob("static/**/*.css"):
        assert not re.search(r"url\([\"']?(?:https?:|//|data:)", path.read_text()), path


@pytest.mark.parametrize(
    ("highest", "last"), [("41200", "60000"), ("66", "80"), ("0", "1"), ("1", "1"), ("0.3", "0.3")]
)
def test_an_axis_ends_on_a_round_value_at_or_above_the_highest(highest, last):
    steps = charts.steps_up_to(D(highest))
    assert steps[0] == 0
    assert steps[-1] == D(last)
    assert 2 <= len(steps) <= 6


def test_a_chart_breaks_where_nothing_is_known_and_refuses_uneven_rows():
    chart = charts.lines(["a", "b", "c"], [Series("s", [D(1), None, D(2)])])
    assert chart.drawn[0].path.count("M") == 2
    with pytest.raises(ValueError, match="each label"):
        charts.bars(["a", "b"], [Series("s", [D(1)])])
    with pytest.raises(ValueError, match="at least 0"):
        charts.bars(["a"], [Series("s", [D(-1)])])


def test_every_chart_has_its_table():
    html = shown('{% bar_chart "Collected" labels series "EUR" %}', labels=["Jan"],
                 series=[Series("Collected", [D("1234")])])  # fmt: skip
    assert "<table" in html
    assert html.count("1,234") == 1
    assert "(EUR)" in html


def test_a_range_out_of_order_is_refused():
    with pytest.raises(ValueError, match="range"):
        shown("{% range_bar a b c %}", a=D(60), b=D(50), c=D(70))


def test_sorting_keeps_the_filter_and_turns_round():
    source = "<table><tr>{% sort_header 'Owed' by='owed' %}</tr></table>"
    request = RequestFactory().get("/desk/", {"sort": "owed", "stage": "legal", "page": "3"})
    html = shown(source, request=request)
    assert 'aria-sort="ascending"' in html
    assert "sort=-owed&amp;stage=legal" in html or "stage=legal&amp;sort=-owed" in html
    assert "page=" not in html


def test_the_navigation_knows_where_one_is():
    home, cases = NavItem("Home", "/desk/", exact=True), NavItem("Cases", "/desk/cases/")
    request = RequestFactory().get("/desk/cases/7/")
    assert is_here(cases, request)
    assert not is_here(home, request)
    assert nav_groups([home, cases]) == [("", [home, cases])]
    assert nav_groups([("Money", [cases])]) == [("Money", [cases])]
    assert nav_groups(None) == []


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html"])
def test_an_error_page_needs_nothing_to_say_what_happened(name):
    html = get_template(name).render()
    assert "<h1>" in html
    assert 'lang="en-GB"' in html


@pytest.mark.parametrize("language", ["en", "sv", "de", "zh-hant", "zh-hans"])
@pytest.mark.parametrize("layout", ["", "desk", "portal", "debtor", "public"])
def test_the_living_page_stands_in_every_language(layout, language):
    request = RequestFactory().get("/kit/")
    request.user = AnonymousUser()
    with override(language):
        html = page(request, layout).content.decode()
    assert f'lang="{formats.html_lang(language)}"' in html
    assert html.count("<h1") == 1
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_no_form_says_twice_what_is_wrong():
    """`fields` begins with the summary of what is wrong; a template that asks for both shows it twice."""
    twice = [
        (path.name, form)
        for path in KIT.parent.rglob("*.html")
        for block in re.findall(r"<form.*?</form>", path.read_text(), re.DOTALL)
        for form in re.findall(r"\{% error_summary (\S+) %\}", block)
        if f"{{% fields {form} %}}" in block
    ]
    assert twice == []
