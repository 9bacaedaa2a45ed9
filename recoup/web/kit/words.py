"""Codes of the trade as words in the reader's language (stages, holds, steps, tasks, costs, roles)."""

from django.utils.translation import gettext

from recoup.kernel.refusal import N_

WORDS = {
    "submitted": N_("submitted"), "accepted": N_("accepted"), "contact": N_("in contact"),
    "evaluation": N_("evaluation"), "legal": N_("legal"), "closed": N_("closed"), "declined": N_("declined"),
    "disputed": N_("disputed"), "promise": N_("promise to pay"), "plan": N_("payment plan"),
    "client_asks": N_("the client asks for it"), "insolvency": N_("insolvency"),
    "represented": N_("a lawyer speaks for the debtor"), "visit": N_("visit"), "sms": N_("text message"),
    "court_order": N_("order for payment"), "insolvency_petition": N_("insolvency petition"),
    "first_demand": N_("first demand"), "call": N_("call"), "email": N_("e-mail"), "letter": N_("letter"),
    "review": N_("review"), "evaluate": N_("evaluation"), "close": N_("closing"), "ask": N_("question"),
    "undelivered": N_("undelivered message"), "match": N_("payment to match"),
    "overpayment": N_("overpayment"), "overpaid": N_("overpaid"), "dispute": N_("dispute"),
    "payment": N_("payment"), "unmatched": N_("unmatched payment"), "callback": N_("call back"),
    "match_lines": N_("payments to match"), "bank_file_held": N_("bank file held"),
    "remit_held": N_("remittance held"), "paper_failed": N_("document not written"),
    "payout_odd": N_("unexpected payout"), "payout_returned": N_("payout returned"),
    "returned_remitted": N_("payment returned after remittance"),
    "returned_closed": N_("payment returned after closing"),
    "reply": N_("reply"), "bank_file": N_("bank file"), "payout": N_("payout"),
    "reminder": N_("reminder"), "demand": N_("demand"), "instalment_plan": N_("instalment plan"),
    "court_fee": N_("court fee"), "lawyer": N_("lawyer"), "other": N_("other"),
    "paid": N_("paid in full"), "paid_and_rest_waived": N_("paid, the rest waived"),
    "settled": N_("settled"), "withdrawn": N_("withdrawn by the client"),
    "uncollectable": N_("cannot be collected"), "insolvent": N_("debtor insolvent"),
    "limitation": N_("time-barred"),
    "administrator": N_("administrator"), "supervisor": N_("supervisor"),
    "account_manager": N_("account manager"), "collector": N_("collector"),
    "legal_officer": N_("legal officer"), "finance_officer": N_("finance officer"),
    "field_agent": N_("field agent"), "client_administrator": N_("administrator"),
    "client_submitter": N_("submitter"), "client_approver": N_("approver"), "client_finance": N_("finance"),
    "registered": N_("registered"), "signed": N_("signed"), "active": N_("active"),
    "assign": N_("assignment"), "rest_elsewhere": N_("rest in another currency"), "by_hand": N_("by hand"),
    "send_copy": N_("invoice again"),
    "law": N_("law"), "experience": N_("experience"), "partner": N_("with a partner agency"),
    "disputes": N_("disputes"), "stands_in_for": N_("stands in for"), "returns_to": N_("goes back to"),
    "back": N_("back again"), "batch": N_("cases given away together"), "reason": N_("reason"),
    "country": N_("country"), "language": N_("language"), "load": N_("workload"), "total": N_("total"),
    "costs": N_("costs"), "interest": N_("interest"), "principal": N_("principal"),
    "compensation": N_("compensation"),
    "sanctions_hit": N_("likeness to a listed party"), "know_client": N_("know your client"),
    "enquiry": N_("enquiry"), "resign": N_("agreement to sign anew"), "cleared": N_("cleared"),
    "refused": N_("refused"), "signatory": N_("signatory"), "client": N_("client"), "debtor": N_("debtor"),
    "waiting": N_("waiting"), "attempting": N_("on its way"), "delivered": N_("delivered"),
    "expired": N_("given up after three days"),
    "instalments": N_("payment plan"), "settlement": N_("settlement"),
    "week": N_("week"), "fortnight": N_("two weeks"), "month": N_("month"),
    "plan_asked": N_("waits for the client"), "plan_offered": N_("offered"), "plan_agreed": N_("agreed"),
    "plan_kept": N_("kept"), "plan_broken": N_("broken"), "plan_declined": N_("not approved"),
    "plan_lapsed": N_("run out"), "plan_ended": N_("taken back"),
    "asked": N_("waits for the client"), "offered": N_("offered"), "agreed": N_("agreed"), "kept": N_("kept"),
    "broken": N_("broken"), "lapsed": N_("run out"), "ended": N_("taken back"),
    "instalment_paid": N_("paid"), "instalment_late": N_("paid late"), "instalment_part": N_("paid in part"),
    "instalment_open": N_("to come"), "instalment_missed": N_("missed"),
    "approve_plan": N_("plan to decide"), "plan_over": N_("plan is over"),
    "plan_offer": N_("offer of a plan"), "plan_reminder": N_("reminder of an instalment"),
    "legal_step": N_("legal step"), "write_off": N_("write-off"), "supply_stop": N_("supply stop"),
    "approve": N_("approved"), "decline": N_("not approved"), "approved": N_("approved"),
    "defaulted": N_("not answered in time"), "dropped": N_("fallen away"),
    "approved_step": N_("decision of the client"),
}  # fmt: skip


def word(code: str) -> str:
    """The word for a code; an unknown code without its underscores."""
    known = WORDS.get(code)
    return gettext(known) if known else code.replace("_", " ")
