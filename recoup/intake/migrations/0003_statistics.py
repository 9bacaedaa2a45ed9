from django.db import migrations

TABLES = (
    "parties_debtor, parties_contact, cases_case, cases_claimline, cases_task, ledger_book, ledger_entry, "
    "ledger_posting, eventlog_event, intake_placedrow"
)


class Migration(migrations.Migration):
    """A bulk import into a young database: without statistics the guards of references read an agency's
    whole ledger for each posting. The serving role may ask for fresh ones; it owns no tables."""

    dependencies = [("intake", "0002_protect"), ("eventlog", "0003_protect"), ("ledger", "0006_postings_by_agency_and_entry")]

    operations = [
        migrations.RunSQL(
            f"""
            CREATE FUNCTION intake_fresh_statistics() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
                SET search_path = public, pg_temp AS $$ BEGIN ANALYZE {TABLES}; END $$;
            REVOKE ALL ON FUNCTION intake_fresh_statistics() FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION intake_fresh_statistics() TO recoup_app;
            """,
            "DROP FUNCTION intake_fresh_statistics();",
        ),
    ]
