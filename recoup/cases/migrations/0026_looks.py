"""The next look stands beside its case: made, taken away and kept with its collector by the database itself.

A look at a case changes the day, and a changed row writes all indexes of its table anew: fourteen of a case, each on a
page of its own.
"""

import django.db.models.deletion
from django.db import migrations, models

from recoup.tenancy.rls import divide, isolate, same_agency

OPEN = "('submitted', 'accepted', 'contact', 'evaluation', 'legal')"
KEPT = f"""
CREATE FUNCTION cases_look_of_fresh() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO cases_look (case_id, agency_id, client_id, collector_id)
    SELECT id, agency_id, client_id, collector_id FROM fresh WHERE stage IN {OPEN};
    RETURN NULL;
END $$;
CREATE FUNCTION cases_look_of_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.stage NOT IN {OPEN} THEN
        DELETE FROM cases_look WHERE case_id = NEW.id;
    ELSE
        INSERT INTO cases_look AS kept (case_id, agency_id, client_id, collector_id)
        VALUES (NEW.id, NEW.agency_id, NEW.client_id, NEW.collector_id)
        ON CONFLICT (case_id) DO UPDATE SET collector_id = EXCLUDED.collector_id
        WHERE kept.collector_id IS DISTINCT FROM EXCLUDED.collector_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER look_made AFTER INSERT ON cases_case REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION cases_look_of_fresh();
CREATE TRIGGER look_kept AFTER UPDATE OF stage, collector_id ON cases_case FOR EACH ROW
    WHEN ((OLD.stage, OLD.collector_id) IS DISTINCT FROM (NEW.stage, NEW.collector_id))
    EXECUTE FUNCTION cases_look_of_moved();
-- Those that are there already, agency by agency.
DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT id FROM tenancy_agency LOOP
        PERFORM set_config('app.agency_id', one.id::text, true);
        INSERT INTO cases_look (case_id, agency_id, client_id, collector_id, day)
        SELECT id, agency_id, client_id, collector_id, next_action_on FROM cases_case WHERE stage IN {OPEN};
    END LOOP;
    PERFORM set_config('app.agency_id', '', true);
END $$;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""  # noqa: S608 - nothing but our own words
BACK = """
DROP TRIGGER look_made ON cases_case;
DROP TRIGGER look_kept ON cases_case;
DROP FUNCTION cases_look_of_fresh();
DROP FUNCTION cases_look_of_moved();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0025_invoiced"), ("tenancy", "0010_fresh_statistics")]

    operations = [
        migrations.CreateModel(
            name="Look",
            fields=[
                ("case", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name="look", serialize=False, to="cases.case")),
                ("client_id", models.UUIDField()),
                ("collector_id", models.UUIDField(null=True)),
                ("day", models.DateField(null=True)),
                ("agency", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.agency")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["agency", "day"], name="look_due"),
                    models.Index(fields=["agency", "collector_id", "day"], name="look_work"),
                ],
            },
        ),
        isolate("cases_look", client="client_id", case="case_id"),
        divide("cases_look"),
        same_agency("cases_look", "case_id", "cases_case"),
        migrations.RunSQL(KEPT, BACK),
    ]  # fmt: skip
