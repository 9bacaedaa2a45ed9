from django.db import migrations

from recoup.insolvency.states import MOVES
from recoup.tenancy.rls import CLIENT, append_only, isolate, same_agency

# Which of a house's debtors resemble a notice is the house's own; a client sees the proceedings in which
# a claim of its own is filed.
OWN_CLAIM = f"""EXISTS (SELECT 1 FROM insolvency_proofofclaim p
    WHERE p.estate_id = insolvency_estate.id AND p.client_id = {CLIENT})"""


class Migration(migrations.Migration):
    dependencies = [("insolvency", "0001_initial"), ("cases", "0003_protect"), ("tenancy", "0002_protect")]

    operations = [
        *[isolate(f"insolvency_{t}") for t in ("noticefile", "publishednotice", "match", "meeting")],
        isolate("insolvency_estate", client=OWN_CLAIM),
        isolate("insolvency_proofofclaim", client="client_id"),
        isolate("insolvency_dividend", client="client_id"),
        append_only("insolvency_publishednotice"),
        append_only("insolvency_dividend"),
        same_agency("insolvency_publishednotice", "file_id", "insolvency_noticefile"),
        same_agency("insolvency_match", "notice_id", "insolvency_publishednotice"),
        same_agency("insolvency_match", "debtor_id", "parties_debtor"),
        same_agency("insolvency_estate", "debtor_id", "parties_debtor"),
        same_agency("insolvency_meeting", "estate_id", "insolvency_estate"),
        same_agency("insolvency_proofofclaim", "estate_id", "insolvency_estate"),
        same_agency("insolvency_proofofclaim", "case_id", "cases_case"),
        same_agency("insolvency_dividend", "proof_id", "insolvency_proofofclaim"),
        migrations.RunSQL(
            """
            REVOKE DELETE ON insolvency_estate, insolvency_proofofclaim, insolvency_match FROM recoup_app;
            CREATE FUNCTION insolvency_guard_claim() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({pairs}) THEN
                    RAISE EXCEPTION 'a proof of claim cannot move from % to %', OLD.state, NEW.state USING ERRCODE = 'check_violation';
                END IF;
                IF OLD.state <> 'drafted' AND (NEW.claimed, NEW.figures, NEW.document_id)
                    IS DISTINCT FROM (OLD.claimed, OLD.figures, OLD.document_id) THEN
                    RAISE EXCEPTION 'a filed proof of claim is not changed' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard_claim BEFORE UPDATE ON insolvency_proofofclaim
                FOR EACH ROW EXECUTE FUNCTION insolvency_guard_claim();
            CREATE FUNCTION insolvency_guard_match() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF OLD.state <> 'to_confirm' THEN
                    RAISE EXCEPTION 'a decided likeness is not changed' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER guard_match BEFORE UPDATE ON insolvency_match
                FOR EACH ROW EXECUTE FUNCTION insolvency_guard_match();
            """.replace("{pairs}", ", ".join(f"('{was}', '{now}')" for was, to in MOVES.items() for now in to)),
            """
            DROP TRIGGER guard_claim ON insolvency_proofofclaim; DROP FUNCTION insolvency_guard_claim();
            DROP TRIGGER guard_match ON insolvency_match; DROP FUNCTION insolvency_guard_match();
            """,
        ),
    ]
