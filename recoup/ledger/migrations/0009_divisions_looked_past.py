"""The ledger's own checks look past the divisions a writer is limited to, as past its client and case."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ledger", "0008_protect_closed_periods")]

    operations = [
        migrations.RunSQL(
            """
            CREATE OR REPLACE FUNCTION ledger_look_at(context text[]) RETURNS text[] LANGUAGE plpgsql AS $$
            DECLARE was text[] := ARRAY[current_setting('app.agency_id', true),
                current_setting('app.client_id', true), current_setting('app.case_id', true),
                current_setting('app.divisions', true)];
            BEGIN
                PERFORM set_config('app.agency_id', coalesce(context[1], ''), true),
                    set_config('app.client_id', coalesce(context[2], ''), true),
                    set_config('app.case_id', coalesce(context[3], ''), true),
                    set_config('app.divisions', coalesce(context[4], ''), true);
                RETURN was;
            END $$;
            """,
            migrations.RunSQL.noop,
        ),
    ]
