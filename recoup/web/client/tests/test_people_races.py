"""Two at once among a client's people."""

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from recoup.agreements.tests.cast import client_of
from recoup.kernel.refusal import Refusal
from recoup.tenancy.context import scope
from recoup.tenancy.models import Member
from recoup.tenancy.operations import set_active
from recoup.web.client.tests.test_people import signed_in


def test_of_two_administrators_letting_each_other_out_at_once_one_stays(committed_house):
    house = committed_house
    with scope(house.id):
        client = client_of(house)
        for name in ("Åsa", "Bo"):
            signed_in(house, client, "client_administrator", name if name == "Bo" else "Asa")
        members = list(Member.objects.filter(client_id=client.id))

    def let_out(member: Member) -> bool:
        try:
            with scope(house.id):
                return set_active(member=member, active=False)
        except Refusal as refusal:
            assert refusal.code == "last_administrator"
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(let_out, members))
    assert sorted(done) == [False, True]
    with scope(house.id):
        assert Member.objects.filter(client_id=client.id, active=True).count() == 1
