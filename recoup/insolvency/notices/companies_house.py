"""Companies House: the delta of its insolvency register, the resource it makes of it, and what it answers.

Shapes: github.com/companieshouse/insolvency-delta-consumer and insolvency-data-api (MIT).
"""

import re
from typing import Any

from recoup.insolvency.notices.notice import Notice, Practitioner, Reading, day_in, kind_of
from recoup.insolvency.states import NoticeKind

SOURCE = "companies_house"
OPENING = (
    "wound-up-on", "instrumented-on", "administration-started-on", "administration_order_date", "wind_up_date",
    "admin_order_date", "instrument_date", "petitioned-on", "petition_date",
)  # fmt: skip
DATES = (
    "wind_up_date", "petition_date", "sworn_date", "dissolved_date", "dissolved_due_date",
    "wind_up_conclusion_date", "admin_order_date", "admin_start_date", "admin_end_date", "instrument_date",
    "completion_date", "voluntary_arrangement_start_date", "moratorium_start_date",
)  # fmt: skip


def is_ours(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    if isinstance(data.get("insolvency"), list):
        return True
    deleted = str(data.get("action", "")).upper() == "DELETE" and "company_number" in data
    return deleted or "external_data" in data or "companyInsolvency" in data


def read(data: dict[str, Any]) -> Reading:
    if isinstance(data.get("insolvency"), list):
        found = [n for entry in data["insolvency"] if isinstance(entry, dict) for n in delta(entry)]
        return Reading(SOURCE, tuple(found))
    if "external_data" in data or "companyInsolvency" in data:
        return Reading(SOURCE, tuple(resource(data)))
    number, at = str(data["company_number"]), data.get("delta_at")
    gone = Notice(SOURCE, f"{number}:deleted:{at}", NoticeKind.DELETED, "DELETE", number=number, country="GB",
                  published_on=day_in(at))  # fmt: skip
    return Reading(SOURCE, (gone,))


def delta(entry: dict[str, Any]) -> list[Notice]:
    """One company's entry with its cases; the number of the case tells them apart."""
    number = str(entry.get("company_number", ""))
    published = day_in(entry.get("delta_at"))
    found = []
    for case in entry.get("case_numbers") or []:
        case_type = str(case.get("case_type") or "").strip()
        dates = tuple((name, day) for name in DATES if (day := day_in(case.get(name))))
        found.append(
            Notice(
                SOURCE, f"{number}:{case.get('case_number', 1)}:{case.get('case_type_id', '')}",
                kind_of(case_type), case_type, number=number,
                country="GB", published_on=published, event_on=opening(dates), case_type=case_type, dates=dates,
                notice_id=str(case.get("case_number", "")), practitioners=tuple(
                    delta_practitioner(one) for one in case.get("appointments") or []
                ),
            )
        )  # fmt: skip
    return found


def delta_practitioner(one: dict[str, Any]) -> Practitioner:
    names = (one.get("forename"), one.get("middle_name"), one.get("surname"))
    return Practitioner(
        " ".join(str(n).strip() for n in names if n and str(n).strip()),
        address=address(one.get("practitioner_address")), appointed_on=day_in(one.get("appt_date")),
        ceased_on=day_in(one.get("ceased_to_act_appt")),
    )  # fmt: skip


def resource(data: dict[str, Any]) -> list[Notice]:
    """The resource as it is put into the register or answered by it."""
    body = data.get("external_data") or data.get("companyInsolvency") or {}
    internal = data.get("internal_data") or {}
    number = str(internal.get("company_number") or data.get("id") or "")
    published = day_in(internal.get("delta_at") or data.get("deltaAt"))
    found = []
    for case in body.get("cases") or []:
        linked = re.match(r"/company/(\w+)/", str((case.get("links") or {}).get("charge", "")))
        whose = number or (linked[1] if linked else "")
        dates = tuple(
            (str(one["type"]), day) for one in case.get("dates") or [] if (day := day_in(one.get("date")))
        )  # fmt: skip
        case_type = str(case.get("type") or "")
        found.append(
            Notice(
                SOURCE, f"{whose}:{case.get('number', 1)}:{case_type}", kind_of(case_type.replace("-", " ")), case_type,
                number=whose, country="GB", published_on=published, event_on=opening(dates), case_type=case_type,
                dates=dates, notice_id=str(case.get("number", "")),
                practitioners=tuple(practitioner(one) for one in case.get("practitioners") or []),
                text="; ".join(str(note) for note in case.get("notes") or []),
            )
        )  # fmt: skip
    return found


def practitioner(one: dict[str, Any]) -> Practitioner:
    return Practitioner(
        str(one.get("name") or ""), str(one.get("role") or ""), address(one.get("address")),
        day_in(one.get("appointed_on")), day_in(one.get("ceased_to_act_on")),
    )  # fmt: skip


def address(lines: Any) -> str:
    parts = ("address_line_1", "address_line_2", "locality", "region", "postal_code")
    return ", ".join(
        str(lines[p]).strip() for p in parts if isinstance(lines, dict) and lines.get(p)
    )


def opening(dates: tuple[tuple[str, Any], ...]) -> Any:
    """The day the proceedings opened: the order or resolution before the petition."""
    known = dict(dates)
    return next((known[name] for name in OPENING if name in known), None)
