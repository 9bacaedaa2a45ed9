"""Checks that two rooms, or a row and the log, say the same."""

from recoup.cases.states import OPEN
from recoup.journeys.prove.query import Query

OPEN_STAGES = ", ".join(f"'{s}'" for s in OPEN)
STANDING_PLANS = "'agreed', 'offered', 'asked'"

# What one leg of an entry says of one account, nothing when it has none.
LEGS = """SELECT e.source, coalesce(sum(p.amount) FILTER (WHERE p.account = '{account}'), 0) AS amount
          FROM ledger_entry e JOIN ledger_posting p ON p.agency_id = e.agency_id AND p.entry_id = e.id
          WHERE e.kind = '{kind}' GROUP BY e.source"""

KEPT = ", ".join((
    "client_id", "division_id", "currency", "place", "submitted_at", "placed_on", "due_on", "claimed", "paid", "recovered",
    "in30", "in90", "collected", "found_by",
))  # fmt: skip
RECORDS = (
    Query(
        "each case's kept standing is what claims, holds and payments say",
        "SELECT count(*) FROM reports_standing",
        f"""SELECT format('case %s is kept as %s with %s claimed and %s paid; it is %s with %s and %s', case_id,
                  kept.place, kept.claimed, kept.paid, said.place, said.claimed, said.paid)
            FROM (SELECT case_id, place, claimed, paid, ROW({KEPT}) AS whole FROM reports_standing_as_said) said
            FULL JOIN (SELECT case_id, place, claimed, paid, ROW({KEPT}) AS whole FROM reports_standing) kept USING (case_id)
            WHERE kept.whole IS DISTINCT FROM said.whole""",
    ),
    Query(
        "claims are in the ledger, and nothing else is claimed",
        "SELECT count(*) FROM cases_claimline",
        f"""SELECT format('claim line %s of %s is %s in the ledger', coalesce(l.ref, x.source), l.amount, x.amount)
            FROM (SELECT 'claim:' || id AS source, ref, CASE kind WHEN 'invoice' THEN amount ELSE -amount END AS amount
                  FROM cases_claimline) l
            FULL JOIN ({LEGS.format(account="principal", kind="claim")}) x ON x.source = l.source
            WHERE x.amount IS DISTINCT FROM l.amount""",
    ),
    Query(
        "costs are in the ledger, and nothing else is charged",
        "SELECT count(*) FROM cases_charge",
        f"""SELECT format('cost %s of %s is %s in the ledger', coalesce(l.source, x.source), l.amount, x.amount)
            FROM (SELECT 'charge:' || case_id || ':' || key AS source, amount FROM cases_charge) l
            FULL JOIN ({LEGS.format(account="costs", kind="cost")}) x ON x.source = l.source
            WHERE x.amount IS DISTINCT FROM l.amount""",
    ),
    Query(
        "payments are parted in the ledger as in the allocation",
        "SELECT count(*) FROM payments_allocation",
        """SELECT format('allocation %s: %s of principal, in the ledger %s; %s settled, in the ledger %s',
                  a.id, a.principal, p.principal, a.amount - a.overpaid, p.settled)
           FROM payments_allocation a JOIN LATERAL (
               SELECT coalesce(-sum(amount) FILTER (WHERE account = 'principal'), 0) AS principal,
                      coalesce(sum(amount) FILTER (WHERE account IN ('paid', 'waived')), 0) AS settled
               FROM ledger_posting WHERE agency_id = a.agency_id AND entry_id = a.entry_id) p ON true
           WHERE p.principal <> a.principal OR p.settled <> a.amount - a.overpaid""",
    ),
    Query(
        "remittances hold exactly the payments they list",
        "SELECT count(*) FROM payments_remittance",
        """SELECT format('%s lists %s payments with %s commission and holds %s with %s',
                  r.number, jsonb_array_length(r.lines), r.commission, x.count, x.commission)
           FROM payments_remittance r JOIN LATERAL (
               SELECT count(*) AS count, coalesce(sum(commission), 0) AS commission
               FROM payments_remittedallocation WHERE remittance_id = r.id) x ON true
           WHERE x.count <> jsonb_array_length(r.lines) OR x.commission <> r.commission""",
    ),
    Query(
        "commission invoices add up",
        "SELECT count(*) FROM payments_invoice",
        """SELECT format('%s: %s + %s is not %s', number, net, vat, total)
           FROM payments_invoice WHERE net + vat <> total""",
    ),
    Query(
        "a plan's instalments are what was offered",
        "SELECT count(*) FROM plans_plan WHERE signed_at IS NOT NULL",
        """SELECT format('plan %s: its instalments come to %s, offered was %s', p.number, x.total, p.figures ->> 'to_pay')
           FROM plans_plan p JOIN LATERAL (
               SELECT sum(amount) AS total FROM plans_instalment WHERE plan_id = p.id) x ON true
           WHERE p.signed_at IS NOT NULL AND x.total IS DISTINCT FROM (p.figures ->> 'to_pay')::numeric""",
    ),
    Query(
        "open tasks are somebody's who is still here",
        "SELECT count(*) FROM cases_task WHERE done_at IS NULL",
        """SELECT format('task %s, due on %s', t.key, t.due_on) FROM cases_task t
           LEFT JOIN tenancy_member m ON m.id = t.owner_id
           WHERE t.done_at IS NULL AND ((t.owner_id IS NULL AND t.role = '') OR (t.owner_id IS NOT NULL AND NOT m.active))""",
    ),
    Query(
        "a closed case has its closure and nothing goes on in it",
        "SELECT count(*) FROM cases_case WHERE stage = 'closed'",
        f"""SELECT format('%s: %s', c.number, concat_ws(', ',
                CASE WHEN o.id IS NULL THEN 'no closure' END, CASE WHEN t.count > 0 THEN t.count || ' open tasks' END,
                CASE WHEN p.count > 0 THEN 'a plan stands' END, CASE WHEN k.case_id IS NOT NULL THEN 'a next look is planned' END))
            FROM cases_case c LEFT JOIN cases_look k ON k.case_id = c.id
            LEFT JOIN LATERAL (SELECT * FROM cases_closure WHERE case_id = c.id ORDER BY at DESC, id DESC LIMIT 1) o ON true
            JOIN LATERAL (SELECT count(*) FROM cases_task WHERE case_id = c.id AND done_at IS NULL AND made_at < o.at) t ON true
            JOIN LATERAL (SELECT count(*) FROM plans_plan WHERE case_id = c.id AND state IN ({STANDING_PLANS})) p ON true
            WHERE c.stage = 'closed' AND (o.id IS NULL OR p.count > 0 OR k.case_id IS NOT NULL OR t.count > 0)""",
    ),
    Query(
        "what changed has its event",
        "SELECT (SELECT count(*) FROM cases_move) + (SELECT count(*) FROM payments_allocation) + (SELECT count(*) FROM cases_closure)",
        """SELECT format('%s of case %s at %s has no event', x.what, x.case_id, x.at) FROM (
               SELECT 'a move' AS what, case_id, at, '^Case' AS kind FROM cases_move
               UNION ALL SELECT 'an allocation', case_id, at, '^(Payment|AmountWaived|DirectPayment)' FROM payments_allocation
               UNION ALL SELECT 'a closure', case_id, at, '^CaseClosed$' FROM cases_closure) x
           WHERE NOT EXISTS (SELECT 1 FROM eventlog_event e WHERE e.case_id = x.case_id AND e.at = x.at AND e.kind ~ x.kind)""",
    ),
    Query(
        "every permit is for one of the case's own messages",
        "SELECT count(*) FROM contact_permit WHERE message_id IS NOT NULL",
        """SELECT format('permit %s of case %s is for a message of %s', p.id, p.case_id, m.case_id) FROM contact_permit p
           LEFT JOIN outbox_message m ON m.id = p.message_id
           WHERE p.message_id IS NOT NULL AND m.case_id IS DISTINCT FROM p.case_id""",
    ),
    Query(
        "every case has a book of its own client's",
        "SELECT count(*) FROM cases_case",
        """SELECT format('%s: its book is of client %s', c.number, b.client_id) FROM cases_case c
           LEFT JOIN ledger_book b ON b.kind = 'case' AND b.subject_id = c.id
           WHERE b.client_id IS DISTINCT FROM c.client_id""",
    ),
)  # fmt: skip
