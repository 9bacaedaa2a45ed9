"""What every page of Money has: who may see it, and the tabs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from recoup.payments.queries import open_lines
from recoup.tenancy.roles import Role
from recoup.web.desk.frame import show
from recoup.web.kit.components import Tab
from recoup.web.kit.middleware import Place, staff_place


def money_place(request: HttpRequest) -> Place:
    """The place of a finance officer (or a supervisor or administrator); else 404."""
    return staff_place(request, Role.FINANCE_OFFICER)


def show_money(
    request: HttpRequest,
    place: Place,
    template: str,
    tab: str,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    waiting = open_lines(place.agency.id).count()
    labels = [
        ("home", _("Bank files"), None), ("lines", _("Lines to match"), waiting),
        ("remittances", _("Remittances"), None), ("refunds", _("Refunds"), None),
        ("debits", _("Direct debits"), None), ("under_way", _("Under way"), None),
        ("invoices", _("Our invoices"), None), ("accounts", _("Accounts"), None), ("books", _("Books"), None),
    ]  # fmt: skip
    tabs = [
        Tab(label, reverse(f"desk:money:{name}"), name == tab, count)
        for name, label, count in labels
    ]
    context |= {"tabs": tabs, "waiting": waiting}
    return show(request, place, f"desk/money/{template}.html", status=status, **context)
