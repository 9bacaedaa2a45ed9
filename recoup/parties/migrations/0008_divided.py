from django.db import migrations

from recoup.tenancy.rls import DIVISIONS, divide, isolate, same_agency


class Migration(migrations.Migration):
    dependencies = [("parties", "0007_divisions"), ("tenancy", "0008_divisions")]

    operations = [
        isolate("parties_division", client="client_id"),
        divide("parties_division", f"id = ANY ({DIVISIONS}::uuid[])"),
        same_agency("parties_division", "client_id", "parties_client"),
        migrations.RunSQL(
            """
            REVOKE DELETE ON parties_division FROM recoup_app;
            CREATE FUNCTION parties_divisions_of_client() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF EXISTS (SELECT FROM unnest(NEW.divisions) AS one WHERE NOT EXISTS
                    (SELECT FROM parties_division d WHERE d.id = one AND d.agency_id = NEW.agency_id AND d.client_id = NEW.client_id)) THEN
                    RAISE EXCEPTION 'a division of another client' USING ERRCODE = 'foreign_key_violation';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER divisions_of_client BEFORE INSERT OR UPDATE OF divisions, client_id ON tenancy_member
                FOR EACH ROW WHEN (NEW.divisions <> '{}') EXECUTE FUNCTION parties_divisions_of_client();
            CREATE TRIGGER divisions_of_client BEFORE INSERT OR UPDATE OF divisions, client_id ON tenancy_invitation
                FOR EACH ROW WHEN (NEW.divisions <> '{}') EXECUTE FUNCTION parties_divisions_of_client();
            """,
            """
            DROP TRIGGER divisions_of_client ON tenancy_member; DROP TRIGGER divisions_of_client ON tenancy_invitation;
            DROP FUNCTION parties_divisions_of_client();
            """,
        ),
    ]
