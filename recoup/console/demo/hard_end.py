"""What contact could not bring, in the demo: a payment order in Sweden, a statutory demand in Hong Kong, an
insolvency in England with its claim filed, a likeness that waits for a person, danger signals, a case that is
weighed, and receivables that are only watched."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from recoup.cases.models import Case
from recoup.console.demo.people import DEBTORS, Company
from recoup.insolvency.models import Estate
from recoup.journeys import approve
from recoup.journeys.evaluate import weigh_now
from recoup.journeys.insolvency import claim as estates
from recoup.journeys.insolvency.take import take_notices
from recoup.journeys.legal import bundle, course, papers
from recoup.journeys.signals import compute_signals, level_now, observe
from recoup.journeys.watch_items import load_file
from recoup.kernel.actor import SYSTEM, Actor
from recoup.kernel.ids import new_id
from recoup.kernel.money import Money
from recoup.legal.models import Proceeding
from recoup.legal.states import AdvancedBy, OutlayKind, Stage
from recoup.parties.models import Client, Debtor
from recoup.tenancy.context import scope
from recoup.tenancy.models import Agency
from recoup.watch.operations import watch_debtor
from recoup.watch.states import Band

HEAD = "company;number;country;kind;published_on;event_on;court;reference\n"


@dataclass(frozen=True)
class Scene:
    """Where something of the hard end happens: the agency, its legal officer, the day."""

    agency: Agency
    officer: Actor
    on: date
    at: datetime


def loaded(case: Case) -> Case:
    found = Case.objects.select_related(
        "client__account_manager__user",
        "debtor",
        "collector__user",
        "agency",
        "agreement__rate_card",
    )
    return found.get(id=case.id)


def to_law(scene: Scene, case: Case, route: str) -> None:
    """The legal officer opens a proceeding and asks the client for its costs; the client agrees."""
    case = loaded(case)
    one = course.go_to_law(
        agency=scene.agency, case=case, route=route, lawyer=None, by=scene.officer, at=scene.at,
        because="Three demands and two calls without an answer; the invoice is not disputed.",
    )  # fmt: skip
    fee = course.expected_fee(one, scene.on)
    cost = Money((fee[0].amount if fee else Decimal(0)) + Decimal(1500), case.currency)
    asked = course.ask_budget(
        agency=scene.agency, proceeding=one, cost=cost, odds=70, days=90, by=scene.officer, at=scene.at
    )  # fmt: skip
    if asked.is_open:
        client = Actor.user(case.client_id, case.client.signatory)
        approve.answer(agency=scene.agency, approval=asked, yes=True, by=client, at=scene.at)
    papers.review(
        proceeding=one, by=scene.officer, at=scene.at,
        ticked={"delivery": "Consignment note signed by the debtor's warehouse", "contract": "Order confirmation by e-mail, in the file"},
    )  # fmt: skip
    for form in papers.form_names(one)[:1]:
        papers.make_form(
            agency=scene.agency, proceeding=one, form=form, by=scene.officer, at=scene.at
        )


def at_court(scene: Scene, case: Case, stage: str) -> None:
    """What happened at court; the fee is paid when it is filed, and the bundle made."""
    one = Proceeding.objects.select_related(
        "case__client__account_manager__user", "case__debtor", "case__agency", "case__collector__user",
        "case__agreement__rate_card", "approval",
    ).get(case=case)  # fmt: skip
    fee = course.expected_fee(one, scene.on)
    if stage == Stage.FILED:
        bundle.make_bundle(agency=scene.agency, proceeding=one, by=scene.officer, at=scene.at)
    if stage == Stage.FILED and fee is not None:
        course.advance(
            proceeding=one, kind=OutlayKind.COURT_FEE, amount=fee[0], on=scene.on, advanced_by=AdvancedBy.AGENCY,
            recoverable=True, because="Application fee", key=f"demo-fee:{one.id}", by=scene.officer, at=scene.at,
        )  # fmt: skip
    course.move(proceeding=one, now=stage, on=scene.on, by=scene.officer, at=scene.at)


def insolvent(scene: Scene, debtor: Company) -> None:
    """The register's notice stops all contact; the claim is written and filed."""
    notice = f"{debtor.name};{debtor.number};{debtor.country};Creditors Voluntary Liquidation;{scene.on};{scene.on - timedelta(days=2)};;{scene.on.year}-0417\n"
    taken = take_notices(
        agency=scene.agency, content=(HEAD + notice).encode(), name=f"notices-{scene.on}.csv", by=SYSTEM, at=scene.at
    )  # fmt: skip
    for estate in taken.stayed:
        file_claims(scene, estate)


def file_claims(scene: Scene, estate: Estate) -> None:
    estates.last_day(
        estate=estate, on=scene.on + timedelta(days=28), by=scene.officer, at=scene.at,
        source="The liquidator's letter to creditors",
    )  # fmt: skip
    for case in Case.objects.filter(debtor=estate.debtor, lines__isnull=False).distinct():
        case = loaded(case)
        if case.stage not in ("legal", "contact"):
            continue
        proof = estates.write_proof(
            agency=scene.agency, estate=estate, case=case, by=scene.officer, at=scene.at
        )
        estates.filed(
            proof=proof, on=scene.on, how="By e-mail to the liquidator", by=scene.officer, at=scene.at
        )  # fmt: skip
    estates.plan_meeting(
        agency=scene.agency, estate=estate, on=scene.on + timedelta(days=21), what="Virtual meeting of creditors",
        place="By video, link in the notice", by=scene.officer, at=scene.at,
    )  # fmt: skip


def resembles(scene: Scene, debtor: Company) -> None:
    """A notice without a number: contact rests until somebody has looked."""
    name = debtor.name.replace("SAS", "S.A.R.L.").upper()
    notice = f"{name};;{debtor.country};Redressement judiciaire;{scene.on};{scene.on};Tribunal de commerce de Lyon;RJ-118\n"
    take_notices(
        agency=scene.agency, content=(HEAD + notice).encode(), name=f"avis-{scene.on}.csv", by=SYSTEM, at=scene.at
    )  # fmt: skip


def weighed(scene: Scene, case: Case) -> None:
    weigh_now(
        agency=scene.agency, case=loaded(case), because="The debtor answers neither letters nor calls.", by=scene.officer, at=scene.at
    )  # fmt: skip


# Before there is a case ------------------------------------------------------------------------------


def watch(scene: Scene, clients: list[Client]) -> None:
    """What clients watch and people have seen, and what the books say of it all."""
    observed = (
        ("kalmar", "evasive", 6, "The finance director was “in a meeting” nine times in two weeks; the assistant asked us to stop asking."),
        ("kalmar", "staff_leaving", 20, "The head of accounts and two bookkeepers have left since September (their own web page)."),
        ("kowloon", "sued", 9, "Cause list of the District Court: two suppliers claim against the company."),
        ("kiel", "moved_down", 15, "The office on the quay is given up; post goes to a container yard."),
    )  # fmt: skip
    for name, kind, days, note in observed:
        debtor = Debtor.objects.filter(name=DEBTORS[name].name).first()
        if debtor is not None:
            observe(
                agency=scene.agency, debtor=debtor, kind=kind, on=scene.on - timedelta(days=days), note=note, key=new_id(),
                by=scene.officer, at=scene.at,
            )  # fmt: skip
            now = level_now(debtor.id, None, scene.on)
            watch_debtor(
                debtor=debtor, client=None, band=Band.WARNING, now=now, by=scene.officer, at=scene.at
            )  # fmt: skip
    receivables(scene, clients[0])


def receivables(scene: Scene, client: Client) -> None:
    """A client's list of open items, with an invoice for one of them in the file."""
    rows = (
        ("kiel", "VM-2071", 64, -21, "5840.00", "EUR"), ("kiel", "VM-2088", 40, 5, "2310.50", "EUR"),
        ("ulm", "VM-2064", 75, -12, "12480.00", "EUR"), ("leipzig", "VM-2090", 28, 2, "960.00", "EUR"),
        ("malmo", "VM-2051", 95, -48, "31200.00", "SEK"), ("malmo", "VM-2092", 20, 12, "18750.00", "SEK"),
    )  # fmt: skip
    lines = [
        "customer;country;vat number;address;postcode;city;e-mail;invoice number;invoice date;due date;open amount;currency"
    ]
    for name, ref, issued, due, amount, currency in rows:
        who = DEBTORS[name]
        lines.append(";".join((
            who.name, who.country, who.vat, who.address[0], who.postcode, who.city, who.email, ref,
            str(scene.on - timedelta(days=issued)), str(scene.on + timedelta(days=due)), amount, currency,
        )))  # fmt: skip
    by = Actor.user(client.id, client.signatory)
    load_file(
        agency=scene.agency, client=client, content="\n".join(lines).encode(), file="open-items.csv", whole=True, by=by, at=scene.at
    )  # fmt: skip


def look_around(
    agency: Agency, officer: Actor, clients: list[Client], on: date, at: datetime
) -> None:
    """The last evening: what is watched, and what the books say of every debtor."""
    with scope(agency.id):
        watch(Scene(agency, officer, on, at), clients)
    compute_signals(agency=agency, on=on, by=SYSTEM, at=at)
