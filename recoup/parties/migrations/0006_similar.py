"""Debtors with similar names, and who is related to whom.

The similarity of trigrams is not leakproof, so under row security its index may not be used: as for the search, one
function of the tables' owner keeps to the agency in the context, answers staff only, and returns nothing but keys.
"""

import django.db.models.deletion
from django.db import migrations, models

import recoup.kernel.ids
from recoup.tenancy.rls import isolate, same_agency

# The first call loads the extension's library: before that its parameter is anybody's word, which only a
# superuser may write into a function (an upgrade, where no index of trigrams was made in this session).
SIMILAR = """
SELECT similarity('a', 'b');
CREATE FUNCTION similar_debtors(folded text, most int) RETURNS TABLE (subject uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET pg_trgm.similarity_threshold = 0.3 AS $$
DECLARE
    house uuid := nullif(current_setting('app.agency_id', true), '')::uuid;
    pairs text[] := han_pairs(folded);
BEGIN
    IF house IS NULL OR folded = '' OR nullif(current_setting('app.client_id', true), '') IS NOT NULL
        OR nullif(current_setting('app.case_id', true), '') IS NOT NULL THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT d.id FROM parties_debtor d WHERE d.agency_id = house AND d.match_name % folded LIMIT most;
    IF pairs <> '{}' THEN
        RETURN QUERY SELECT d.id FROM parties_debtor d
            WHERE d.agency_id = house AND d.match_name ~ '[㐀-鿿豈-﫿]' AND han_pairs(d.match_name) && pairs LIMIT most;
    END IF;
END $$;
REVOKE ALL ON FUNCTION similar_debtors(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION similar_debtors(text, int) TO recoup_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0005_partners_isolated"), ("cases", "0010_search"), ("tenancy", "0005_protect_invitations"),
    ]
    operations = [
        migrations.CreateModel(
            name='Relation',
            fields=[
                ('id', models.UUIDField(default=recoup.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('group', 'Group'), ('address', 'Address'), ('person', 'Person')], max_length=10)),
                ('because', models.CharField(blank=True, max_length=300)),
                ('by_name', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.agency')),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.debtor')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='parties.debtor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('one', 'other', 'kind'), name='relation_once'), models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='relation_of_two')],
            },
        ),
        isolate("parties_relation"),
        same_agency("parties_relation", "one_id", "parties_debtor"),
        same_agency("parties_relation", "other_id", "parties_debtor"),
        migrations.RunSQL(SIMILAR, "DROP FUNCTION similar_debtors(text, int);"),
    ]
