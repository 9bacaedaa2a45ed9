"""For tables into which very many rows go at once and which have no other row of the agency to point at: their
agency is asked for once a statement, where a foreign key asks for each row. (No role that serves may
remove an agency, so nothing need be locked.)"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION tenancy_agency_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT agency_id FROM fresh) f
        WHERE NOT EXISTS (SELECT FROM tenancy_agency a WHERE a.id = f.agency_id)
    ) THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('%s: there is no such agency', TG_TABLE_NAME), TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_divisions")]

    operations = [migrations.RunSQL(FUNCTION, "DROP FUNCTION tenancy_agency_known();")]
