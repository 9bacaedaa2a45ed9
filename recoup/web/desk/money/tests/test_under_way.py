"""What counts already and is not here yet: the rate to its last digit, and only lines that can be meant."""

import re

from recoup.kernel.ids import new_id
from recoup.payments.bankfiles.tests.samples import tx
from recoup.payments.models import BankLine, Exchange
from recoup.payments.tests.cast import case_of
from recoup.payments.tests.test_exchange import count, dollars, euros
from recoup.web.desk.money.tests.test_pages import logged_in, url
from recoup.web.desk.tests.test_acts import text

__all__ = ["dollars", "euros"]  # fixtures


def options(shown: str, name: str) -> list[str]:
    """The values that may be chosen; the one that asks to choose is left out."""
    select = re.search(rf'<select name="exchanged-{name}".*?</select>', shown, re.DOTALL)
    assert select
    return [v for v in re.findall(r'<option value="([^"]*)"', select[0]) if v]


def test_a_rate_is_shown_to_its_last_digit_and_waits_for_the_banks_lines(house, euros, dollars):
    count(dollars("500.00", "0.00"), case_of(house.agency, "1000.00"), "500.00", rate="0.90421")
    dollars("77.00", "500.00", name="Somebody else")
    shown = logged_in(house).get(url("under_way")).content.decode()
    assert "0.90421" in shown, "rounded it would be another rate"
    assert "The bank&#x27;s two lines of it are on no statement yet." in shown
    assert options(shown, "line") == [] == options(shown, "bought")


def test_only_what_went_out_and_what_came_for_it_can_be_chosen(house, euros, dollars):
    exchange = count(dollars("500.00", "0.00"), case_of(house.agency, "1000.00"), "500.00")
    sold = dollars("-500.00", "500.00", name="Bank")
    euros.shows(("455.00", tx("455.00", "Bank")))
    bought = BankLine.objects.get(currency="EUR")
    browser = logged_in(house)
    shown = browser.get(url("under_way")).content.decode()
    assert (options(shown, "line"), options(shown, "bought")) == ([str(sold.id)], [str(bought.id)])
    given = {"exchanged-key": str(new_id()), "exchanged-rows": [str(exchange.id)],
             "exchanged-line": str(bought.id), "exchanged-bought": str(sold.id)}  # fmt: skip
    wrong = browser.post(url("exchanged"), given)
    assert wrong.status_code == 422, "the wrong way round"
    assert f'value="{exchange.id}" checked' in wrong.content.decode(), (
        "what was ticked stays ticked"
    )
    given |= {"exchanged-line": str(sold.id), "exchanged-bought": str(bought.id)}
    assert "5.00" in text(browser.post(url("exchanged"), given, follow=True))
    assert Exchange.objects.get().settled_at is not None
