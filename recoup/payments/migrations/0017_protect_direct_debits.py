from django.db import migrations

from recoup.tenancy.rls import isolate, same_agency

# What was signed is not changed; a mandate only ends, once.
GUARD = """
CREATE FUNCTION payments_guard_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - 'revoked_at' - 'revoked_because') <> (to_jsonb(OLD) - 'revoked_at' - 'revoked_because')
        OR OLD.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'a signed mandate is not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER guard_mandate BEFORE UPDATE ON payments_debitmandate
    FOR EACH ROW EXECUTE FUNCTION payments_guard_mandate();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0016_direct_debits")]

    operations = [
        isolate("payments_debitmandate", client="client_id", case="case_id"),
        isolate("payments_directdebit", client="client_id", case="case_id"),
        same_agency("payments_debitmandate", "case_id", "cases_case"),
        same_agency("payments_debitmandate", "account_id", "payments_trustaccount"),
        same_agency("payments_directdebit", "mandate_id", "payments_debitmandate"),
        same_agency("payments_directdebit", "case_id", "cases_case"),
        same_agency("payments_directdebit", "payout_id", "payments_payoutfile"),
        same_agency("payments_directdebit", "message_id", "outbox_message"),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON payments_debitmandate, payments_directdebit FROM recoup_app",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            GUARD, "DROP TRIGGER guard_mandate ON payments_debitmandate; DROP FUNCTION payments_guard_mandate();"
        ),
    ]
