"""Checks of money, cases and sends, each within its own room."""

from recoup.cases.states import OPEN
from recoup.journeys.prove.query import Query
from recoup.ledger.accounts import TRUST_LIABILITIES, ClientAccount

OPEN_STAGES = ", ".join(f"'{s}'" for s in OPEN)
LIABILITIES = ", ".join(f"'{a}'" for a in TRUST_LIABILITIES)


CHECKS = (
    Query(
        "ledger balanced",
        "SELECT count(*) FROM ledger_entry",
        """SELECT format('entry %s is off by %s %s', entry_id, sum(amount), currency)
           FROM ledger_posting GROUP BY entry_id, currency HAVING sum(amount) <> 0""",
    ),
    Query(
        "every entry has postings",
        "SELECT count(*) FROM ledger_entry",
        """SELECT format('entry %s has none', e.id) FROM ledger_entry e
           WHERE NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.entry_id = e.id)""",
    ),
    Query(
        "trust bank = client balances",
        "SELECT count(DISTINCT currency) FROM ledger_posting WHERE account = 'trust_bank'",
        f"""SELECT format('%s: the bank has %s, owed to others %s', currency,
                sum(amount) FILTER (WHERE account = 'trust_bank'),
                -sum(amount) FILTER (WHERE account IN ({LIABILITIES})))
            FROM ledger_posting p JOIN ledger_book b ON b.id = p.book_id AND b.kind <> 'case'
            WHERE account = 'trust_bank' OR account IN ({LIABILITIES})
            GROUP BY currency HAVING sum(amount) <> 0""",
    ),
    Query(
        "no client is paid from another's money",
        "SELECT count(*) FROM ledger_book WHERE kind = 'client'",
        f"""SELECT format('%s is overdrawn by %s %s', b.name, sum(p.amount), p.currency)
            FROM ledger_posting p JOIN ledger_book b ON b.id = p.book_id AND b.kind = 'client'
            WHERE p.account = '{ClientAccount.TRUST}' GROUP BY b.name, p.book_id, p.currency HAVING sum(p.amount) > 0""",
    ),
    Query(
        "bank lines taken once",
        "SELECT count(*) FROM payments_bankline",
        """SELECT format('line %s of %s is booked as %s', l.id, l.amount, p.amount)
           FROM payments_bankline l
           LEFT JOIN ledger_posting p ON p.entry_id = l.entry_id AND p.account = 'trust_bank'
           WHERE p.amount IS DISTINCT FROM l.amount""",
    ),
    Query(
        "no line gives more than it has",
        "SELECT count(*) FROM payments_allocation",
        """SELECT format('line %s of %s is allocated %s', l.id, l.amount, sum(CASE WHEN a.reverses_id IS NULL THEN a.amount ELSE -abs(a.amount) END))
           FROM payments_bankline l JOIN payments_allocation a ON a.line_id = l.id WHERE l.amount > 0
           GROUP BY l.id, l.amount
           HAVING sum(CASE WHEN a.reverses_id IS NULL THEN a.amount ELSE -abs(a.amount) END) > l.amount""",
    ),
    Query(
        "allocations are in the ledger",
        "SELECT count(*) FROM payments_allocation",
        """SELECT format('allocation %s of %s has no entry of its own', a.id, a.amount) FROM payments_allocation a
           WHERE NOT EXISTS (SELECT 1 FROM ledger_posting p WHERE p.entry_id = a.entry_id)""",
    ),
    Query(
        "remittances add up",
        "SELECT count(*) FROM payments_remittance",
        """SELECT format('%s: gross %s - commission %s - tax %s is not %s', r.number, r.gross, r.commission, r.vat, r.net)
           FROM payments_remittance r
           WHERE r.gross - CASE r.method WHEN 'gross' THEN 0 ELSE r.commission + r.vat END <> r.net""",
    ),
    Query(
        "payment files are approved by another person, as they were seen",
        "SELECT count(*) FROM payments_payoutdecision",
        """SELECT format('%s', f.message_id) FROM payments_payoutdecision d
           JOIN payments_payoutfile f ON f.id = d.payout_id LEFT JOIN files_document c ON c.id = f.document_id
           WHERE d.approved AND (d.by_id = f.by_id OR c.sha256 IS DISTINCT FROM d.sha256)""",
    ),
    Query(
        "nothing is booked into a closed period",
        "SELECT count(*) FROM ledger_periodclose",
        """SELECT format('entry %s for %s was booked at %s, closed up to %s', e.id, e.value_on, e.booked_at, p.up_to)
           FROM ledger_entry e JOIN ledger_periodclose p ON p.agency_id = e.agency_id
           WHERE e.value_on <= p.up_to AND e.booked_at > p.at""",
    ),
    Query(
        "no case without a next step or an owner with a deadline",
        f"SELECT count(*) FROM cases_case WHERE stage IN ({OPEN_STAGES})",
        f"""SELECT format('%s (%s)', c.number, c.stage) FROM cases_case c
            LEFT JOIN cases_look k ON k.case_id = c.id
            WHERE c.stage IN ({OPEN_STAGES}) AND k.day IS NULL
              AND NOT EXISTS (SELECT 1 FROM cases_task t WHERE t.case_id = c.id AND t.done_at IS NULL)""",
    ),
    Query(
        "open cases have their look, under their client and collector, and others none",
        "SELECT count(*) FROM cases_case",
        f"""SELECT format('%s (%s)', c.number, c.stage) FROM cases_case c LEFT JOIN cases_look k ON k.case_id = c.id
            WHERE (c.stage IN ({OPEN_STAGES})) <> (k.case_id IS NOT NULL)
                OR (c.agency_id, c.client_id) <> (k.agency_id, k.client_id) OR c.collector_id IS DISTINCT FROM k.collector_id AND k.case_id IS NOT NULL""",
    ),
    Query(
        "stages follow the table of moves",
        "SELECT count(*) FROM cases_move",
        """SELECT format('%s moved from %s to %s', m.case_id, m.was, m.now) FROM cases_move m
           WHERE NOT EXISTS (SELECT 1 FROM cases_allowed_move a WHERE a.was = m.was AND a.now = m.now)""",
    ),
    Query(
        "a case stands where its last move left it",
        "SELECT count(*) FROM cases_case",
        """SELECT format('%s stands in %s, moved last to %s', c.number, c.stage, m.now) FROM cases_case c
           JOIN LATERAL (SELECT now FROM cases_move WHERE case_id = c.id ORDER BY at DESC, id DESC LIMIT 1) m ON true
           WHERE m.now <> c.stage""",
    ),
    Query(
        "sends accounted for",
        "SELECT count(*) FROM outbox_message",
        """SELECT format('message %s to %s is %s since %s', id, channel, state, due_at) FROM outbox_message
           WHERE (state = 'attempting' AND lease_until < :now - interval '30 minutes')
              OR (state = 'ready' AND due_at < :now - interval '1 day')""",
    ),
    Query(
        "written contacts have a message, and a document when they leave",
        "SELECT count(*) FROM contact_contactattempt WHERE channel IN ('email', 'letter')",
        """SELECT format('attempt %s', a.id) FROM contact_contactattempt a
           LEFT JOIN outbox_message m ON m.id = a.message_id
           WHERE a.channel IN ('email', 'letter')
             AND (m.id IS NULL OR (m.state = 'sent' AND a.document_id IS NULL))""",
    ),
    Query(
        "no message to a debtor without a permit",
        "SELECT count(*) FROM outbox_message WHERE gated AND state = 'sent'",
        """SELECT format('message %s (%s)', m.id, m.channel) FROM outbox_message m
           WHERE m.gated AND m.state = 'sent' AND NOT EXISTS (
               SELECT 1 FROM contact_permit p WHERE p.message_id = m.id AND p.at <= m.settled_at)""",
    ),
    Query(
        "one paper per debtor and day leaves by each channel once",
        "SELECT count(*) FROM outbox_message WHERE gated AND state = 'sent'",
        """SELECT format('case %s, step %s, %s on %s: %s times', a.case_id, a.step, a.channel, m.settled_at::date, count(*))
           FROM outbox_message m JOIN contact_contactattempt a ON a.message_id = m.id
           WHERE m.gated AND m.state = 'sent'
           GROUP BY a.case_id, a.step, a.channel, m.settled_at::date HAVING count(*) > 1""",
    ),
)
