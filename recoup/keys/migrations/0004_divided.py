from django.db import migrations

from recoup.tenancy.rls import DIVISIONS, divide


class Migration(migrations.Migration):
    dependencies = [("keys", "0003_divisions"), ("parties", "0008_divided")]

    operations = [
        # A key of some divisions sees those of the same; it counts its uses as any.
        divide("keys_apikey", f"(divisions <> '{{}}' AND divisions <@ {DIVISIONS})"),
        migrations.RunSQL(
            """
            CREATE TRIGGER divisions_of_client BEFORE INSERT OR UPDATE OF divisions, client_id ON keys_apikey
                FOR EACH ROW WHEN (NEW.divisions <> '{}') EXECUTE FUNCTION parties_divisions_of_client();
            """,
            "DROP TRIGGER divisions_of_client ON keys_apikey;",
        ),
    ]
