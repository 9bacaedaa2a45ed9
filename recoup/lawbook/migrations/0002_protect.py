from django.db import migrations

from recoup.tenancy.rls import AGENCY, CASE, CLIENT, append_only, policy, same_agency

TABLES = ("lawbook_publishedrate", "lawbook_confirmation")


def isolated(table: str) -> migrations.RunSQL:
    """Everybody of the agency reads the law; only its staff write it."""
    mine = f"agency_id = {AGENCY}"
    return policy(table, mine, f"{mine} AND {CLIENT} IS NULL AND {CASE} IS NULL")


class Migration(migrations.Migration):
    dependencies = [
        ("lawbook", "0001_rates"),
        ("tenancy", "0002_protect"),
    ]

    operations = [
        *[isolated(table) for table in TABLES],
        *[append_only(table) for table in TABLES],
        same_agency("lawbook_confirmation", "rate_id", "lawbook_publishedrate"),
        same_agency("lawbook_publishedrate", "supersedes_id", "lawbook_publishedrate"),
        migrations.RunSQL(
            """
            CREATE FUNCTION lawbook_two_people() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT 1 FROM lawbook_publishedrate r WHERE r.id = NEW.rate_id AND r.entered_by = NEW.confirmed_by) THEN
                    RAISE EXCEPTION 'a rate is confirmed by somebody else' USING ERRCODE = 'restrict_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER two_people BEFORE INSERT ON lawbook_confirmation
                FOR EACH ROW EXECUTE FUNCTION lawbook_two_people();
            """,
            "DROP TRIGGER two_people ON lawbook_confirmation; DROP FUNCTION lawbook_two_people();",
        ),
    ]
