"""Before the first case and around it: a list to compare with, visitors who ask, people who are invited."""

import csv
import io
from datetime import UTC, date, datetime, time, timedelta

from recoup.journeys.enquire import Asking, enquire
from recoup.journeys.people import invite_person
from recoup.journeys.screen import decide_hit, take_list
from recoup.kernel.actor import Actor, ActorKind
from recoup.kernel.ids import new_id
from recoup.parties.models import Client
from recoup.screening.models import Hit
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency, Member
from recoup.tenancy.roles import Role

COLUMNS = ("id", "schema", "name", "aliases", "birth_date", "countries", "identifiers", "sanctions")
# Made up, in the format of OpenSanctions: two entries that resemble somebody of the demo.
LIST = (
    ("demo-1", "Company", "Domtoren Horeca Trading FZE", "Domtoren Horeca", "", "nl;ae", "", "Made-up programme 1"),
    ("demo-2", "Person", "Helen MARSH", "Marsh, Helen Ruth", "1948-02-11", "za", "", "Made-up programme 2"),
    ("demo-3", "Company", "国华远洋贸易有限公司", "Guohua Ocean Trading", "", "cn", "91310000000000000X", "Made-up programme 1"),
    ("demo-4", "Vessel", "Nordlys Star", "", "", "pa", "", "Made-up programme 3"),
)  # fmt: skip
WORDS = "%s may call and write to me about this enquiry. I can stop it at any time by the link in each e-mail."


def ask_around(agency: Agency, today: date) -> None:
    """As of this morning: the list loaded and one likeness decided, two enquiries, one invitation."""
    at = datetime.combine(today, time(7), UTC)
    with scope(agency.id):
        staff = Member.objects.select_related("user").filter(agency=agency, client_id=None)
        boss = next(m for m in staff if m.role == Role.ADMINISTRATOR).user.actor()
        take_list(
            agency=agency,
            file=io.BytesIO(list_file()),
            name="made-up.targets.simple.csv",
            by=boss,
            at=at,
        )
        person = Hit.objects.filter(agency=agency, party_kind="signatory").first()
        if person is not None:
            decide_hit(agency=agency, hit=person, is_match=False, by=boss, at=at,
                       because="Born 1948 in South Africa; ours is 41, by the passport seen at registration.")  # fmt: skip
        client = Client.objects.filter(agency=agency).order_by("reference").first()
        if client is not None:
            invite_person(agency=agency, client=client, email="bo@vastkustmarin.example", name="Bo Lind", role=Role.CLIENT_FINANCE,
                          language="sv", by=Actor(ActorKind.SYSTEM, client.signatory), at=at)  # fmt: skip
        for asking in askings(agency, today):
            enquire(agency=agency, asking=asking, by=Actor(ActorKind.VISITOR, "visitor"), at=at)


def list_file() -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([COLUMNS, *LIST])
    return out.getvalue().encode()


def askings(agency: Agency, today: date) -> list[Asking]:
    monday = today + timedelta(days=7 - today.weekday())
    agreed = {"follow_up": WORDS % agency.name}
    return [
        Asking(new_id(), "Lam Ka-yan", "Pearl Garden Textiles Ltd", "kayan@pearlgarden.example", "+852 2545 0177", "zh-Hant",
               "Asia/Hong_Kong", monday.isoformat(), "16:00", "我們有三張德國客戶的逾期發票，可以一併交給你們嗎？", "", agreed, "192.0.2.31"),
        Asking(new_id(), "Erik Dahl", "Dahl & Söner AB", "erik@dahlsoner.example", "", "sv", "Europe/Stockholm", "", "",
               "Driver ni in i Brasilien också?", "", agreed, "192.0.2.32"),
    ]  # fmt: skip
