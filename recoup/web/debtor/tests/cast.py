"""The world of these tests: one agency, two cases of different debtors, a link to the first."""

import re
from datetime import timedelta

from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from recoup.cases.operations import make_debtor_link
from recoup.cases.tests.cast import add_debtor, at_work, line, sign_up
from recoup.kernel.actor import SYSTEM
from recoup.payments.tests.cast import trust_account
from recoup.tenancy.context import scope

LINES = [line("RE-1", "1200.00"), line("RE-2", "300.00")]


def make_world():
    """One agency (the visited one), two cases of different debtors, a link to the first."""
    from tests.cast import make_house

    house = make_house("nordic")
    with scope(house.id):
        trust_account(house.agency)
        standing = sign_up(house)
        case = at_work(standing, lines=LINES)
        other = at_work(
            standing, key="other", lines=[line("OTHER-9", "77.00")],
            debtor=add_debtor(house, "Andere Spedition GmbH", vat="DE129274202"),
        )  # fmt: skip
        token = link(case)
    cache.clear()
    return World(house, standing, case, other, token)


class World:
    def __init__(self, house, standing, case, other, token):
        self.house, self.standing, self.case, self.other, self.token = (
            house,
            standing,
            case,
            other,
            token,
        )

    def inside(self):
        return scope(self.house.id)

    def enter(self, token=None, sure=True):
        """Through the link, and having said one thing more than it, as papers ask for."""
        client = Client()
        client.get(f"/d/{token or self.token}/")
        if sure:
            client.post("/d/sure/", {"said": "20457"})
        return client


def link(case, lasts=timedelta(days=30)):
    now = timezone.now()
    return make_debtor_link(case=case, expires_at=now + lasts, by=SYSTEM, at=now)


def text_of(response):
    """What is read, without markup."""
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", plain)
