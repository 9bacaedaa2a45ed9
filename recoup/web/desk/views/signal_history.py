"""How well danger signals have warned: the back-test over the agency's own history, by band and by kind."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from recoup.journeys.signal_history import look_back
from recoup.strategy.backtest import Backtest
from recoup.strategy.proportions import Share
from recoup.watch.states import Band
from recoup.web.desk.frame import show
from recoup.web.kit.formats import percent_text
from recoup.web.kit.middleware import staff_place
from recoup.web.kit.signals import label_of
from recoup.web.kit.words import word

TESTED = (Band.WATCH, Band.WARNING, Band.ALARM)
ENOUGH = 10  # failures below which no interval is narrow enough to tell one level from another


@require_safe
def signal_history(request: HttpRequest) -> HttpResponse:
    place = staff_place(request)
    only = request.GET.get("of") == "insolvency"
    found = [look_back(agency=place.agency, band=band, insolvent_only=only) for band in TESTED]
    return show(
        request, place, "desk/signal_history.html", bands=[band_row(one) for one in found], only=only, debtors=found[0].debtors,
        few=found[0].failed < ENOUGH, failed=found[0].failed, base=shown(found[0].base), kinds=kind_rows(found[0]),
    )  # fmt: skip


def band_row(one: Backtest) -> dict[str, Any]:
    lead = _("%(days)d days") % {"days": one.median_lead} if one.median_lead is not None else "–"
    quarters = f"{one.quarters[0]} – {one.quarters[1]}" if one.quarters else "–"
    return {
        "word": word(one.band.value), "warned": one.warned, "caught": one.caught, "precision": shown(one.precision),
        "recall": shown(one.recall), "lead": lead, "quarters": quarters,
    }  # fmt: skip


def kind_rows(one: Backtest) -> list[dict[str, Any]]:
    """Each kind with the share of its debtors that failed, the most telling first."""
    rows = sorted(one.kinds.items(), key=lambda pair: (-pair[1].share, -pair[1].cases, pair[0]))
    return [
        {
            "label": label_of(kind),
            "debtors": share.cases,
            "share": shown(share),
            "more": share.low > one.base.share,
        }
        for kind, share in rows
    ]


def shown(share: Share) -> str:
    if not share.cases:
        return "–"
    parts = (percent_text(percent_of(value), 1) for value in (share.share, share.low, share.high))
    likely, low, high = parts
    return f"{likely} ({low} – {high})"


def percent_of(value: float) -> Decimal:
    return Decimal(str(round(100 * value, 1)))
