"""Events as sentences, in the reader's language. One table: kind → channel, sentence, detail.

The gaps of a sentence are keys of the event's data; amounts (with `currency`) and days are written
as the reader writes them. A kind without a row shows its name, never nothing.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from recoup.contact.outcomes import outcome_of
from recoup.disputes.states import OUTCOMES as OUTCOMES_OF_DISPUTES
from recoup.eventlog.models import Event
from recoup.eventlog.rules import is_erased
from recoup.kernel.money import PLAIN
from recoup.kernel.refusal import N_
from recoup.watch.states import KINDS
from recoup.web.kit.components import Entry, File, Why
from recoup.web.kit.formats import day_text, instant_text, money_text
from recoup.web.kit.words import WORDS, word

DISPUTE_ENDS = frozenset(OUTCOMES_OF_DISPUTES)
AMOUNTS = (
    "amount", "total", "gross", "net", "commission", "costs", "interest", "principal", "compensation",
    "overpaid", "vat", "due", "owed", "left",
)  # fmt: skip
MONEY = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})")  # as `str(Money)` writes it
DAY = re.compile(r"\d{4}-\d\d-\d\d")
GAP = re.compile(r"%\((\w+)\)s")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.*")
NAMED = (
    "step",
    "channel",
    "hold",
    "task",
    "cost",
    "code",
    "was",
    "now",
    "role",
    "method",
    "state",
    "threat",
    "option",
    "answer",
    "how",
    "approval_kind",
    "side",
    "route",
    "deadline",
    "measure",
    "award",
    "report",
)


@dataclass(frozen=True)
class Line:
    """`body` is a second sentence, shown when the event has its first gap."""

    channel: str
    what: str
    body: str = ""


LINES: dict[str, Line] = {
    "QuoteGiven": Line("document", N_("Quote given")),
    "QuoteTaken": Line("document", N_("Quote taken up")),
    "ClientRegistered": Line("agreement", N_("Company registered")),
    "AgreementPrepared": Line("agreement", N_("Agreement and power of attorney prepared")),
    "SignatoryNamed": Line("agreement", N_("%(name)s signs for the company")),
    "SignatoryAsked": Line("agreement", N_("Link to sign sent to %(name)s"), N_("%(email)s")),
    "AgreementSigned": Line("agreement", N_("Agreement and power of attorney signed")),
    "AgreementCountersigned": Line("agreement", N_("Agreement countersigned")),
    "CaseSubmitted": Line(
        "submitted", N_("Case submitted: %(amount)s against %(debtor)s"), N_("%(so_far)s")
    ),
    "CaseBackground": Line("note", N_("What the client says of it"), N_("%(words)s")),
    "ClaimAmended": Line("submitted", N_("Claim changed to %(amount)s")),
    "CaseAmended": Line("submitted", N_("The client corrected what it had said")),
    "CaseDivisionChanged": Line(
        "decision", N_("Division: %(before)s → %(after)s"), N_("%(because)s")
    ),
    "DivisionMade": Line("note", N_("Division made: %(name)s")),
    "DivisionChanged": Line("note", N_("Division changed: %(after)s"), N_("Before: %(name)s")),
    "DivisionClosed": Line("note", N_("Division closed: %(name)s")),
    "DivisionOpenedAgain": Line("note", N_("Division opened again: %(name)s")),
    "PersonLimited": Line("note", N_("%(name)s sees these divisions only"), N_("%(divisions)s")),
    "PlacementConfirmed": Line("submitted", N_("Placement %(number)s confirmed: %(rows)s rows")),
    "PlacementTaken": Line(
        "submitted",
        N_("Placement %(number)s: %(accepted)s of %(rows)s rows taken as %(cases)s cases"),
    ),
    "PlacementRefused": Line("denied", N_("File %(name)s cannot be taken"), N_("%(because)s")),
    "PlacementUndone": Line(
        "denied", N_("Placement %(number)s undone: %(cases)s cases taken back")
    ),
    "DebtorFoundAgain": Line(
        "decision", N_("The debtor is known already: %(found)s"), N_("%(was)s")
    ),
    "DebtorsRelated": Line("note", N_("%(one)s and %(other)s belong together")),
    "FileQuarantined": Line("denied", N_("File kept apart: %(name)s"), N_("%(found)s")),
    "FileReleased": Line("decision", N_("File released: %(name)s"), N_("%(because)s")),
    "QuestionAnswered": Line("reply", N_("The client has answered"), N_("%(words)s")),
    "ReviewRulesSet": Line(
        "document", N_("Rules for the review, version %(version)s"), N_("%(because)s")
    ),
    "CaseAccepted": Line("accepted", N_("Case accepted")),
    "CaseDeclined": Line("denied", N_("Case declined"), N_("%(because)s")),
    "CaseAssigned": Line("assigned", N_("Assigned to %(collector)s")),
    "CaseMoved": Line("decision", N_("Moved from %(was)s to %(now)s")),
    "CaseHeld": Line("hold", N_("Put on hold: %(hold)s"), N_("%(because)s")),
    "HoldLifted": Line("hold", N_("Hold lifted: %(hold)s"), N_("%(because)s")),
    "CaseClosed": Line("closed", N_("Case closed: %(code)s")),
    "ReportsSubscribed": Line("note", N_("Reports by e-mail: %(every)s")),
    "ReportsStopped": Line("note", N_("Reports by e-mail stopped")),
    "CasePreserved": Line(
        "hold", N_("Preserved: nothing of this case is erased"), N_("%(because)s")
    ),
    "PreservationLifted": Line("hold", N_("Preservation lifted")),
    "RetentionTermSet": Line(
        "note", N_("Kept for %(months)s months: %(record_class)s"), N_("%(ground)s")
    ),
    "PersonalDataErased": Line(
        "note", N_("Personal data erased: %(record_class)s, %(rows)s rows"), N_("%(ground)s")
    ),
    "RestoreNoticed": Line("hold", N_("The database was restored: nothing leaves")),
    "RestoreReleased": Line(
        "decision",
        N_("Compared and released: %(in_doubt)s messages are asked for first"),
        N_("%(note)s"),
    ),
    "SubjectInformed": Line("note", N_("A person was told what is held about them")),
    "DossierMade": Line("document", N_("Case file made")),
    "TaskAdded": Line("task", N_("Task: %(task)s")),
    "TaskFinished": Line("task", N_("Task done: %(task)s")),
    "CostTakenBack": Line("cost", N_("Cost taken back: %(cost)s, %(amount)s"), N_("%(because)s")),
    "CostCharged": Line("cost", N_("Cost charged: %(cost)s, %(amount)s"), N_("%(because)s")),
    "LetterWritten": Line("letter", N_("%(title)s: %(total)s to be paid by %(deadline_on)s")),
    "MessageSent": Line("email", N_("Sent by %(channel)s"), N_("To %(recipient)s")),
    "MessageFailed": Line("denied", N_("Could not be sent by %(channel)s"), N_("To %(recipient)s")),
    "MessageDenied": Line("denied", N_("Stopped before sending by %(channel)s")),
    "MessageUnclear": Line("denied", N_("May have been sent by %(channel)s; a person decides")),
    "ContactDenied": Line("denied", N_("Not contacted by %(channel)s")),
    "LetterPlanned": Line("letter", N_("Planned: %(step)s")),
    "VisitDue": Line("visit", N_("Visit to be planned until %(due_on)s")),
    "HouseRulesSet": Line("decision", N_("House rules version %(version)s set"), N_("%(because)s")),
    "AuthorityGiven": Line(
        "agreement", N_("Authorised by the client: %(threat)s"), N_("%(because)s")
    ),
    "AuthorityWithdrawn": Line("denied", N_("No longer authorised by the client: %(threat)s")),
    "PlanReleased": Line("decision", N_("Treatment plan %(plan)s released")),
    "TrialStarted": Line("decision", N_("Trial of plan %(plan)s started")),
    "TrialEnded": Line("decision", N_("Trial of plan %(plan)s ended")),
    "CaseSplit": Line("decision", N_("%(amount)s moved into case %(into)s"), N_("%(because)s")),
    "CaseSplitOff": Line(
        "submitted", N_("Split off from case %(out_of)s: %(amount)s"), N_("%(because)s")
    ),
    "CaseReferred": Line(
        "assigned", N_("Handed to the partner agency %(partner)s"), N_("%(because)s")
    ),
    "CaseRecalled": Line(
        "assigned", N_("Taken back from the partner agency %(partner)s"), N_("%(because)s")
    ),
    "AbsencePlanned": Line("task", N_("%(member)s is away from %(first_on)s to %(last_on)s")),
    "AbsenceEnded": Line("task", N_("The absence of %(member)s is ended")),
    "CallBackMoved": Line(
        "call",
        N_(
            "The clocks of %(zone)s have changed: the call agreed for %(on)s, %(there)s there is at another moment here"
        ),
    ),
    "CallBackAgreed": Line("call", N_("Call back agreed for %(on)s, %(there)s there")),
    "VisitPlanned": Line(
        "visit", N_("Visit planned for %(on)s, %(there)s there: %(place)s"), N_("%(purpose)s")
    ),
    "VisitCalledOff": Line("visit", N_("Visit called off"), N_("%(because)s")),
    "VisitMade": Line("visit", N_("Visited: %(outcome)s"), N_("%(met)s")),
    "CallPlaced": Line("call", N_("Call placed to %(phone)s")),
    "ContactChecked": Line(
        "note", N_("A contact of %(collector)s was looked at: %(points)s of %(of)s points")
    ),
    "TaskReopened": Line("task", N_("Open again: %(task)s")),
    "CallPostponed": Line("call", N_("Call postponed until %(until)s"), N_("%(because)s")),
    "CallPlanned": Line("call", N_("Call planned for %(due_on)s")),
    "CallMade": Line("call", N_("Called: %(outcome)s")),
    "DebtorLinkMade": Line("document", N_("Link for the debtor made")),
    "DebtorLinkRevoked": Line("document", N_("Link for the debtor revoked")),
    "DebtorAdded": Line("note", N_("Debtor added: %(name)s")),
    "ContactMarkedBad": Line("note", N_("Not the right contact: %(name)s"), N_("%(phone)s")),
    "NoteAdded": Line("note", N_("Note")),
    "PaymentReceived": Line("payment", N_("%(amount)s received on %(on)s")),
    "PaymentReversed": Line("denied", N_("Payment of %(amount)s undone")),
    "PaymentReturned": Line("denied", N_("Payment of %(amount)s returned by the bank")),
    "DirectPaymentReported": Line(
        "payment", N_("%(amount)s paid directly to the client on %(on)s")
    ),
    "AmountWaived": Line("decision", N_("%(amount)s waived"), N_("%(because)s")),
    "MandateSet": Line(
        "agreement",
        N_(
            "Mandate for plans and settlements set: %(months)s months, %(discount)s percent discount"
        ),
    ),
    "PlanAsked": Line(
        "plan", N_("The client is asked about a plan: %(total)s in %(instalments)s payments")
    ),
    "PlanOffered": Line(
        "plan", N_("Plan offered: %(total)s in %(instalments)s payments, until %(last_on)s")
    ),
    "PlanApproved": Line(
        "plan", N_("The client approved the plan; it can be signed until %(until)s")
    ),
    "PlanDeclined": Line("denied", N_("The plan is not approved"), N_("%(because)s")),
    "PlanAgreed": Line("plan", N_("Plan signed by %(signatory)s: %(total)s")),
    "DebtAcknowledged": Line(
        "agreement", N_("Debt of %(total)s acknowledged in writing by %(signatory)s")
    ),
    "ClaimCorrected": Line(
        "decision", N_("Invoice %(ref)s corrected by %(amount)s (%(note)s)"), N_("%(because)s")
    ),
    "ClaimRederived": Line(
        "decision",
        N_("All worked out anew: owed is %(owed)s now; a corrected statement is enclosed"),
    ),
    "PaymentsPartedAnew": Line("decision", N_("Payments parted anew after the correction")),
    "PlanKept": Line("payment", N_("Plan kept: all of it has been paid")),
    "PlanBroken": Line("denied", N_("Plan broken: instalment %(instalment)s, %(amount)s missing")),
    "PlanLapsed": Line("denied", N_("The offer of a plan has run out"), N_("%(because)s")),
    "PlanEnded": Line("denied", N_("Plan taken back"), N_("%(because)s")),
    "Remitted": Line("remittance", N_("%(amount)s on its way to the client")),
    "PayoutAccountChanged": Line("remittance", N_("New account for payouts: %(iban)s")),
    "PayoutAccountConfirmed": Line(
        "remittance", N_("Account for payouts confirmed"), N_("%(how)s")
    ),
    "PayoutsStopped": Line("remittance", N_("Payouts stopped"), N_("%(because)s")),
    "PayoutsResumed": Line("remittance", N_("Payouts go on"), N_("%(because)s")),
    "ApproverLimitSet": Line("remittance", N_("%(name)s may release up to %(most)s")),
    "PayoutTermsSet": Line("remittance", N_("Terms of payment changed")),
    "PayoutApproved": Line("remittance", N_("Payment file %(number)s approved")),
    "PayoutRejected": Line("denied", N_("Payment file %(number)s rejected"), N_("%(because)s")),
    "StatusReportTaken": Line("payment", N_("The bank's answers taken: %(name)s")),
    "MatchRuleLearned": Line("payment", N_("Learned: %(payer)s pays for %(debtor)s")),
    "MatchRuleRevoked": Line("payment", N_("No longer held: %(payer)s")),
    "BooksClosed": Line("payment", N_("Books closed up to %(up_to)s")),
    "PayoutConfirmed": Line("remittance", N_("%(amount)s has left for the client")),
    "PayoutReturned": Line("denied", N_("The payout of %(amount)s came back (%(reason)s)")),
    "PayoutRepeated": Line("remittance", N_("Payout %(number)s ordered again")),
    "BankFileTaken": Line("document", N_("Bank file %(name)s taken")),
    "BankFileHeld": Line("denied", N_("Bank file %(name)s held: it does not balance")),
    "OwnLineBooked": Line("payment", N_("%(amount)s booked as the agency's own")),
    "SuggestionDismissed": Line("note", N_("Suggested match dismissed")),
    "ProfileSet": Line("note", N_("Profile of %(member)s set")),
    "CaseWeighed": Line("decision", N_("Weighed: %(option)s is advised")),
    "WayDecided": Line("decision", N_("Decided: %(option)s"), N_("%(because)s")),
    "OpenItemsTaken": Line("submitted", N_("Open items taken: %(new)s new, %(gone)s paid")),
    "TradesTaken": Line("submitted", N_("Orders and credit limits taken: %(new)s new")),
    "ModelLearned": Line("decision", N_("Statistical model trained on %(rows)s cases")),
    "SignalRaised": Line("insolvency", N_("Danger signal at %(debtor)s: %(signal)s")),
    "SignalWithdrawn": Line("note", N_("Danger signal taken back: %(signal)s"), N_("%(because)s")),
    "DebtorWatched": Line("note", N_("%(debtor)s is watched")),
    "DebtorUnwatched": Line("note", N_("%(debtor)s is watched no more")),
    "DebtorAlert": Line("insolvency", N_("Danger signals of %(debtor)s: %(score)s of 100")),
    "AccountsEntered": Line(
        "document", N_("Accounts of %(debtor)s for %(year_end)s entered"), N_("%(source)s")
    ),
    "RateEntered": Line(
        "document", N_("%(value)s for %(series)s from %(first)s entered"), N_("%(source)s")
    ),
    "RateConfirmed": Line("document", N_("%(value)s for %(series)s from %(first)s confirmed")),
    "RateCardPublished": Line("document", N_("Rate card %(version)s published")),
    "PersonInvited": Line("note", N_("%(email)s invited as %(role)s")),
    "InvitationWithdrawn": Line("note", N_("Invitation of %(email)s withdrawn")),
    "PersonJoined": Line("note", N_("%(name)s joined as %(role)s")),
    "RoleChanged": Line("note", N_("%(name)s is now %(now)s, was %(was)s")),
    "PersonDeactivated": Line("note", N_("%(name)s may sign in no more")),
    "PersonReactivated": Line("note", N_("%(name)s may sign in again")),
    "ConsentGiven": Line("note", N_("%(address)s wants e-mails: %(purpose)s")),
    "ConsentTakenBack": Line("note", N_("%(address)s wants no more e-mails: %(purpose)s")),
    "EnquiryReceived": Line("reply", N_("Enquiry of %(name)s")),
    "EnquiryAnswered": Line("note", N_("Enquiry of %(name)s answered"), N_("%(because)s")),
    "ProceedingOpened": Line(
        "legal", N_("Proceeding %(proceeding)s opened: %(route)s"), N_("%(because)s")
    ),
    "ProceedingMoved": Line("legal", N_("%(proceeding)s: %(now)s on %(on)s"), N_("%(because)s")),
    "CourtNamed": Line("legal", N_("Court of %(proceeding)s: %(court)s"), N_("%(reference)s")),
    "LegalBudgetSet": Line("agreement", N_("Costs approved for %(proceeding)s: %(amount)s")),
    "DeadlineSet": Line("legal", N_("Deadline in %(proceeding)s: %(deadline)s by %(on)s")),
    "DeadlineMet": Line("legal", N_("Deadline met in %(proceeding)s: %(deadline)s")),
    "DeadlineMissed": Line("denied", N_("Deadline missed in %(proceeding)s: %(deadline)s, %(on)s")),
    "LegalCostAdvanced": Line("cost", N_("Cost of %(proceeding)s: %(cost)s, %(amount)s")),
    "SecurityReturned": Line("payment", N_("Security of %(amount)s returned")),
    "PartyAdded": Line("legal", N_("%(name)s takes part in %(proceeding)s")),
    "MeasureAsked": Line("legal", N_("Asked for in %(proceeding)s: %(measure)s")),
    "MeasureMoved": Line("legal", N_("%(measure)s in %(proceeding)s: %(now)s"), N_("%(found)s")),
    "AwardGranted": Line("judgment", N_("Granted: %(amount)s (%(award)s) on %(on)s")),
    "EvidenceReviewed": Line(
        "document", N_("Evidence of %(proceeding)s reviewed: %(gaps)s of %(of)s missing")
    ),
    "TitleTermSet": Line(
        "judgment", N_("The title of %(proceeding)s holds until %(until)s"), N_("%(source)s")
    ),
    "LawyerReported": Line(
        "legal", N_("The law firm reports on %(proceeding)s: %(report)s, %(on)s"), N_("%(text)s")
    ),
    "BundleMade": Line("document", N_("Bundle of documents for %(proceeding)s: %(pages)s pages")),
    "CourtFormMade": Line("document", N_("Form for %(proceeding)s filled: %(title)s")),
    "ProofDrafted": Line("legal", N_("Claim of %(claimed)s written for the insolvency %(estate)s")),
    "ProofFiled": Line(
        "legal", N_("Claim filed in the insolvency %(estate)s on %(on)s"), N_("%(how)s")
    ),
    "ProofAdmitted": Line("legal", N_("Claim admitted: %(amount)s"), N_("%(because)s")),
    "ProofContested": Line("denied", N_("Claim contested"), N_("%(because)s")),
    "DividendReceived": Line(
        "payment", N_("Dividend of %(percent)s percent: %(amount)s on %(on)s")
    ),
    "LossCertified": Line("document", N_("Loss certified for books and taxes")),
    "SanctionsListLoaded": Line("document", N_("Sanctions list loaded, version %(number)s")),
    "SanctionsHitFound": Line("denied", N_("%(party)s resembles %(listed)s on the sanctions list")),
    "SanctionsHitReviewed": Line(
        "decision", N_("Decided about %(party)s and %(listed)s"), N_("%(because)s")
    ),
    "ClientDecided": Line("decision", N_("Know your client: decided"), N_("%(because)s")),
    "InvoiceIssued": Line("document", N_("Our invoice %(number)s")),
    "CreditNoteIssued": Line("document", N_("Our credit note %(number)s")),
    "InvoicePaid": Line("payment", N_("Our invoice %(number)s is paid")),
    "InvoiceReminded": Line("letter", N_("Reminder of our invoice %(number)s: %(left)s open")),
    "InvoiceCollected": Line(
        "letter", N_("Our invoice %(number)s is collected in case %(collecting)s")
    ),
    "OwnClientMade": Line(
        "letter", N_("We are a client of our own: what is owed to us is collected here")
    ),
    "DebitMandateSigned": Line(
        "agreement", N_("Direct debit mandate %(number)s signed by %(signatory)s")
    ),
    "DebitMandateRevoked": Line(
        "denied", N_("Direct debit mandate %(number)s revoked"), N_("%(because)s")
    ),
    "DirectDebitProposed": Line("payment", N_("Direct debit of %(amount)s planned for %(on)s")),
    "DirectDebitOrdered": Line("payment", N_("Direct debit of %(amount)s for %(on)s ordered")),
    "DirectDebitEnded": Line(
        "denied", N_("Direct debit of %(amount)s is not collected"), N_("%(because)s")
    ),
    "CardPaymentBegun": Line("payment", N_("Payment of %(amount)s by card begun")),
    "CardPaymentPending": Line("payment", N_("Payment of %(amount)s by card is under way")),
    "CardPaymentFailed": Line("denied", N_("Payment of %(amount)s by card was not made")),
    "CardPayoutSettled": Line(
        "payment", N_("Payout of the card provider: %(amount)s, fee %(fee)s")
    ),
    "CaseReopened": Line("decision", N_("Case reopened"), N_("%(because)s")),
    "MoneyExchanged": Line(
        "payment", N_("%(sold)s exchanged for %(bought)s"), N_("difference %(difference)s")
    ),
    "OwnAccountSet": Line("note", N_("Our own account in %(currency)s is now %(iban)s")),
    "RefundProposed": Line(
        "payment", N_("Refund %(number)s to %(holder)s proposed"), N_("%(because)s")
    ),
    "RefundReleased": Line("decision", N_("Refund %(number)s to %(holder)s cleared")),
    "RefundEnded": Line("denied", N_("Refund %(number)s did not arrive"), N_("%(because)s")),
    "DocumentAdded": Line("document", N_("Document added: %(name)s")),
    "DebtorWrote": Line("reply", N_("Message from the debtor")),
    "MailReturned": Line("denied", N_("The e-mail to %(address)s came back"), N_("%(text)s")),
    "MailComplained": Line(
        "denied", N_("The receiver of %(address)s reported our e-mail as unwanted")
    ),
    "AutoReplied": Line("reply", N_("An automatic answer came: nobody has read the e-mail yet")),
    "MailAssigned": Line("reply", N_("E-mail of %(sender)s given to this case: %(subject)s")),
    "ContactOptedOut": Line("denied", N_("%(name)s asked not to be written to")),
    "DisputeRaised": Line("dispute", N_("Dispute raised"), N_("%(because)s")),
    "DisputeAnswered": Line("dispute", N_("Dispute %(dispute)s: said by %(side)s"), N_("%(text)s")),
    "EvidenceAsked": Line(
        "dispute",
        N_("Dispute %(dispute)s: %(side)s is asked to show something by %(due_on)s"),
        N_("%(text)s"),
    ),
    "EvidenceMissed": Line(
        "dispute",
        N_("Dispute %(dispute)s: %(side)s has not shown it by %(due_on)s; it is decided without"),
        N_("%(text)s"),
    ),
    "DisputeEnded": Line("dispute", N_("Dispute %(dispute)s: %(outcome)s"), N_("%(because)s")),
    "PaymentClaimed": Line("payment", N_("Says it paid %(amount)s on %(on)s"), N_("%(text)s")),
    "WrongPersonSaid": Line("reply", N_("Says that this reached the wrong one"), N_("%(text)s")),
    "InsolvencyNotified": Line("denied", N_("Notice of insolvency"), N_("%(court)s")),
    "DebtorCorrected": Line("note", N_("The debtor has corrected its own data")),
    "DebtorAnswered": Line("reply", N_("Answer to the debtor"), N_("%(text)s")),
    "PortalViewed": Line(
        "note", N_("Somebody of the agency looked at the portal"), N_("%(because)s")
    ),
    "ApiKeyMade": Line("agreement", N_("API key made: %(name)s (%(shown)s)")),
    "ApiKeyRevoked": Line("denied", N_("API key revoked: %(name)s (%(shown)s)")),
    "ApiKeyLeaked": Line(
        "denied", N_("API key %(name)s (%(shown)s) was sent in an address: make a new one")
    ),
    "WebhookAdded": Line("document", N_("Webhook added: %(url)s")),
    "WebhookDeleted": Line("denied", N_("Webhook deleted: %(url)s")),
    "WebhookOn": Line("document", N_("Webhook switched on: %(url)s")),
    "WebhookOff": Line("denied", N_("Webhook switched off: %(url)s"), N_("%(because)s")),
    "WebhookSecretRotated": Line("agreement", N_("New secret for the webhook %(url)s")),
    "SandboxAdvanced": Line("decision", N_("The sandbox lived %(days)s days, to %(on)s")),
    "PaymentPromised": Line("promise", N_("Payment promised for %(on)s")),
    "ClientWrote": Line("message", N_("Message from the client")),
    "HouseWrote": Line("message", N_("Message to the client")),
    "SurveyAnswered": Line("note", N_("The client gave us %(mark)s of 5"), N_("%(comment)s")),
    "NoticesChosen": Line("note", N_("%(name)s wants to be told: %(how)s")),
    "ApprovalAsked": Line("decision", N_("The client is asked to decide by %(until)s")),
    "ApprovalGiven": Line("accepted", N_("Approved by the client")),
    "ApprovalDeclined": Line("denied", N_("Not approved by the client")),
    "ApprovalDefaulted": Line("decision", N_("Nobody answered by %(until)s: %(answer)s")),
    "ApprovalDropped": Line("note", N_("The question to the client has fallen away")),
    "MandateGiven": Line(
        "agreement", N_("Mandate in advance: %(approval_kind)s, up to %(amount)s a case")
    ),
    "MandateWithdrawn": Line("denied", N_("Mandate taken back: %(approval_kind)s")),
    "PromiseKept": Line("promise", N_("The promise for %(on)s was kept")),
    "PromisePartKept": Line(
        "promise", N_("The promise for %(on)s was kept in part: %(paid)s came")
    ),
    "PromiseBroken": Line("denied", N_("The promise for %(on)s was not kept")),
    "PromiseOver": Line(
        "promise", N_("The promise for %(on)s no longer counts"), N_("%(because)s")
    ),
    "TemplateReleased": Line("document", N_("Words released: %(template)s")),
    "LetterReturned": Line(
        "denied", N_("The letter to %(recipient)s came back"), N_("%(because)s")
    ),
    "LetterRefused": Line(
        "denied", N_("The letter to %(recipient)s was not printed"), N_("%(because)s")
    ),
    "CallDialled": Line("call", N_("The dialler rang %(recipient)s")),
    "CallFailed": Line("denied", N_("The dialler could not ring %(recipient)s")),
    "CallPermitted": Line("call", N_("The gate permitted a call")),
    "OwnReminderWritten": Line("letter", N_("Reminder in the client's own name: %(total)s")),
    "OwnRemindersBegun": Line("note", N_("We send the client's own reminders from now on")),
    "OwnRemindersEnded": Line("note", N_("We send no reminders in the client's name any more")),
    "ItemRests": Line("note", N_("Invoice %(invoice)s is left alone")),
}


def timeline_entries(
    events: Iterable[Event], *, document_url: str = "", skip: Iterable[str] = ()
) -> list[Entry]:
    """The newest first. `document_url` is an address with `{}` for a document's id; without it no
    files are linked. Task events of the house stay with the house (they are internal)."""
    left_out = set(skip)
    return [
        entry(event, document_url)
        for event in sorted(events, key=lambda e: (e.at, e.id), reverse=True)
        if event.kind not in left_out
    ]


def told_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """An event's data; what was erased says so."""
    return {k: gettext("erased") if is_erased(v) else v for k, v in data.items()}


UNANSWERED = Line("task", N_("Not answered in time: %(task)s"))


def with_params(sentence: str, data: Mapping[str, Any]) -> str:
    """A sentence with the event's own gaps; erased where they are."""
    params = data.get("params", {})
    return filled(sentence, readable(params)) if isinstance(params, dict) else str(params)


def entry(event: Event, document_url: str = "") -> Entry:
    event.data = told_of(event.data)
    line = LINES.get(event.kind) or Line("note", spaced(event.kind))
    if event.kind == "TaskFinished" and event.data.get("outcome") == "no answer":
        line = UNANSWERED  # its day has passed: nobody has done it
    data = readable(event.data)
    channel = line.channel
    if (
        event.kind.startswith("Message")
        and event.data.get("channel") == "letter"
        and channel == "email"
    ):
        channel = "letter"
    return Entry(
        at=event.at, channel=channel, what=filled(line.what, data), who=who(event),
        body=body_of(event, line, data), internal=event.audience == "internal", why=why_of(event, data),
        files=files_of(event.data, document_url), id=f"event-{event.id}",
    )  # fmt: skip


def who(event: Event) -> str:
    names = {
        "system": gettext("Recoup"),
        "debtor": gettext("the debtor"),
        "visitor": gettext("a visitor"),
    }
    return names.get(event.by_kind, event.by_name)


def body_of(event: Event, line: Line, data: Mapping[str, Any]) -> str:
    sentence = event.data.get("sentence")
    if isinstance(sentence, str):  # a task's own words, translated with its gaps
        return with_params(sentence, event.data)
    if event.kind == "ContactDenied":
        params = event.data.get("params", {})
        because = str(event.data.get("because", ""))
        return filled(because, denied(params)) if isinstance(params, dict) else str(params)
    if event.kind in ("NoteAdded", "DebtorWrote", "ClientWrote", "HouseWrote"):
        unread = event.data.get("unread")
        said = gettext("Kept, and not looked into: %(names)s") % {"names": unread} if unread else ""
        return "\n\n".join(filter(None, (str(event.data.get("text", "")), said)))
    gap = GAP.search(line.body)
    if gap is not None and data.get(gap[1]) in (None, ""):
        return ""
    if gap is not None and data[gap[1]] == gettext("erased"):
        return gettext("erased")  # not “to erased”: nothing else stands in these lines
    return filled(line.body, data) if line.body else ""


def denied(params: Mapping[str, Any]) -> dict[str, Any]:
    """The gate's gaps: its rule and where that stands are sentences of their own."""
    known = readable(params)
    if reasons := params.get("reasons"):
        known["rule"] = " ".join(filled(text, readable(given)) for text, given in reasons).rstrip(".。")  # fmt: skip
    elif isinstance(rule := params.get("rule"), str) and rule:
        said = gettext(rule).rstrip(".。")
        known["rule"] = said[:1].lower() + said[1:]
    if isinstance(source := params.get("source"), str) and source:
        known["source"] = word(source) if source in WORDS else gettext(source)
    return known


def why_of(event: Event, data: Mapping[str, Any]) -> Why | None:
    """Opens where the event carries its reasons: parts of a score, of a payment, of a decision."""
    because = event.data.get("because")
    if isinstance(because, dict) and because:
        rows = [
            (word(str(k)), shown(k, v))
            for k, v in because.items()
            if not isinstance(v, list | dict)
        ]
        steps = [
            str(s) for v in because.values() if isinstance(v, list) for s in v if isinstance(s, str)
        ]
        parts = because.get("parts")
        if isinstance(parts, dict):
            rows += [(word(str(k)), shown(k, v)) for k, v in parts.items()]
        return Why(title=gettext("Why?"), rows=rows, steps=steps)
    if event.kind == "CallPlanned" and isinstance(because, str):
        return Why(title=gettext("Why?"), steps=[with_params(because, event.data)])
    if isinstance(event.data.get("why"), list):
        return Why(title=gettext("Why?"), steps=[str(s) for s in event.data["why"]])
    return None


def shown(key: str, value: Any) -> str:
    return str(readable({key: value})[key])


def files_of(data: Mapping[str, Any], document_url: str) -> list[File]:
    document = data.get("document")
    if not document_url or not document:
        return []
    return [File(str(data.get("title") or gettext("Document")), document_url.format(document))]


def readable(data: Mapping[str, Any]) -> dict[str, Any]:
    """Data as they stand in a sentence of the reader's language."""
    return {key: value_of(key, value, data) for key, value in data.items()}


def value_of(key: str, value: Any, data: Mapping[str, Any]) -> Any:
    if not isinstance(value, str):
        return value
    currency = data.get("currency")
    if currency and key in AMOUNTS and PLAIN.fullmatch(value):
        return money_text(Decimal(value), str(currency))
    if money := MONEY.fullmatch(value):
        return money_text(Decimal(money[1]), money[2])
    if DAY.fullmatch(value):
        return day_text(date.fromisoformat(value))
    if INSTANT.fullmatch(value):
        return instant_text(datetime.fromisoformat(value))
    if key in ("suggestion", "because") and value:
        return gettext(value)
    if key == "outcome" and (outcome := outcome_of(str(value))):
        return gettext(outcome.label)
    if key == "signal" and value in KINDS:
        return gettext(KINDS[value].label)
    if key == "outcome" and value in DISPUTE_ENDS:
        return word(f"dispute_{value}")
    return word(value) if key in NAMED else value


class Gaps(dict[str, Any]):
    """A missing value shows as a dash instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return "–"


def filled(sentence: str, data: Mapping[str, Any]) -> str:
    if not sentence:
        return ""
    return gettext(sentence) % Gaps(data)


def spaced(kind: str) -> str:
    """`CaseAccepted` → `Case accepted`."""
    words = re.sub(r"(?<!^)(?=[A-Z])", " ", kind)
    return words[:1] + words[1:].lower()
