"""Whoever is limited to divisions of a client sees its cases there, and what belongs to these."""

from django.db import migrations

from recoup.tenancy.rls import DIVISIONS, OF_A_SEEN_CASE, STAMPED, divide, stamp

OF_A_CASE = (
    "claimline", "charge", "chargereversal", "hold", "closure", "move", "assignment", "promise", "referral",
)  # fmt: skip
# What a page is told of an event says in which division its case is, so that a stream can be narrowed.
TOLD_WITH_DIVISION = """
CREATE OR REPLACE FUNCTION eventlog_await_seal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE many bigint;
BEGIN
    INSERT INTO eventlog_unsealed (id, agency_id, event_id) SELECT id, agency_id, id FROM fresh ORDER BY id;
    GET DIAGNOSTICS many = ROW_COUNT;
    IF many <= 50 THEN
        PERFORM pg_notify('timeline', json_build_object(
            'event', f.id, 'kind', f.kind, 'agency', f.agency_id, 'client', f.client_id,
            'case', f.case_id, 'audience', f.audience, 'division', c.division_id)::text)
        FROM fresh f LEFT JOIN cases_case c ON c.id = f.case_id ORDER BY f.id;
    ELSE
        PERFORM pg_notify('timeline', json_build_object(
            'kind', 'Many', 'agency', agency_id, 'client', NULL, 'case', NULL, 'audience', 'internal')::text)
        FROM (SELECT DISTINCT agency_id FROM fresh) f;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_divisions"),
        ("parties", "0008_divided"),
        ("tenancy", "0008_divisions"),
        ("ledger", "0009_divisions_looked_past"),
        ("eventlog", "0005_by_statement"),
        ("outbox", "0006_written_once"),
        ("files", "0004_quarantine"),
        ("agreements", "0005_protect_signing_links"),
    ]

    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE cases_case ADD CONSTRAINT cases_case_division_of_client FOREIGN KEY (agency_id, client_id, division_id)
                REFERENCES parties_division (agency_id, client_id, id);
            """,
            "ALTER TABLE cases_case DROP CONSTRAINT cases_case_division_of_client;",
        ),
        divide("cases_case", f"division_id = ANY ({DIVISIONS}::uuid[])"),
        *[divide(f"cases_{table}") for table in OF_A_CASE],
        # A client's act may cause a task of the house, which its people do not see.
        divide("cases_task", written="true"),
        # The rooms below, which know no cases.
        divide(
            "ledger_book",
            "(kind = 'case' AND EXISTS (SELECT 1 FROM cases_case seen WHERE seen.id = ledger_book.subject_id))",
        ),
        divide(
            "ledger_posting",
            "EXISTS (SELECT 1 FROM ledger_book b WHERE b.id = ledger_posting.book_id)",
        ),
        divide(
            "ledger_entry",
            "EXISTS (SELECT 1 FROM ledger_posting p WHERE p.agency_id = ledger_entry.agency_id AND p.entry_id = ledger_entry.id)",
        ),
        divide("eventlog_event", written="true"),
        divide("outbox_message", written="true"),
        # Files and quotes that belong to no case are seen by those who were limited alike when they were made.
        stamp("files_document"),
        divide(
            "files_document",
            f"CASE WHEN case_id IS NULL THEN {STAMPED} ELSE {OF_A_SEEN_CASE.format('files_document', 'case_id')} END",
        ),
        stamp("agreements_quote"),
        divide(
            "agreements_quote",
            f"(client_id IS NULL OR {STAMPED} OR EXISTS (SELECT 1 FROM cases_case seen WHERE seen.quote_id = agreements_quote.id))",
        ),
        divide("tenancy_invitation", "false"),
        migrations.RunSQL(TOLD_WITH_DIVISION, migrations.RunSQL.noop),
    ]
