from django.db import migrations

from recoup.tenancy.rls import append_only, isolate, same_agency

FOUR_EYES = """
CREATE FUNCTION payout_approved_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.approved AND NEW.by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM payments_payoutfile p WHERE p.id = NEW.payout_id AND p.by_id = NEW.by_id
    ) THEN
        RAISE EXCEPTION 'payout % is approved by who proposed it', NEW.payout_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER four_eyes BEFORE INSERT ON payments_payoutdecision
    FOR EACH ROW EXECUTE FUNCTION payout_approved_by_another();
"""
TABLES = ("payoutdecision", "payoutstatus", "accountchange", "matchrule", "payoutterms")


class Migration(migrations.Migration):
    dependencies = [("payments", "0007_books_close_and_money_is_released")]

    operations = [
        *(isolate(f"payments_{table}") for table in TABLES),
        append_only("payments_payoutdecision"),
        append_only("payments_payoutstatus"),
        same_agency("payments_payoutdecision", "payout_id", "payments_payoutfile"),
        same_agency("payments_payoutstatus", "payout_id", "payments_payoutfile"),
        same_agency("payments_accountchange", "client_id", "parties_client"),
        same_agency("payments_payoutterms", "client_id", "parties_client"),
        same_agency("payments_matchrule", "debtor_id", "parties_debtor"),
        same_agency("payments_matchrule", "line_id", "payments_bankline"),
        migrations.RunSQL(
            FOUR_EYES,
            "DROP TRIGGER four_eyes ON payments_payoutdecision; DROP FUNCTION payout_approved_by_another();",
        ),
    ]
