"""The chain's head goes by e-mail to somebody who is no administrator here."""

from collections.abc import Sequence
from datetime import datetime

from recoup.eventlog.heads import published_heads
from recoup.journeys.mail import mail_person
from recoup.kernel.refusal import N_
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency


def mail_head(*, agency: Agency, addresses: Sequence[str], at: datetime) -> int:
    """The newest published head, once a day to each address; returns how many."""
    heads = published_heads(agency.id)
    if not heads:
        return 0
    head = heads[-1]
    for address in addresses:
        with scope(agency.id):
            mail_person(
                agency=agency, recipient=address, language="en", key=f"head:{at.date()}:{address}", template="head",
                subject=N_("Head of the chain of %(house)s, place %(seq)s"),
                paragraphs=[N_("Keep this e-mail. Place %(seq)s of the chain of events of %(house)s has the hash %(hash)s, published on %(on)s."),
                            N_("If it is asked one day whether the log was changed, this is what it is compared with.")],
                params={"house": agency.name, "seq": str(head.seq), "hash": head.hash, "on": head.at}, at=at,
            )  # fmt: skip
    return len(addresses)
