"""A debtor of the agency itself is told the agency's own account, as any debtor is told the trust account."""

from django.db import migrations

from recoup.tenancy.rls import isolate


class Migration(migrations.Migration):
    dependencies = [("payments", "0018_divided")]
    operations = [isolate("payments_ownaccount", shared=True)]
