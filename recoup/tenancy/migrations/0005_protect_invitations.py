from django.db import migrations

from recoup.tenancy.rls import isolate


class Migration(migrations.Migration):
    dependencies = [
        ("tenancy", "0004_invitations"),
    ]

    operations = [
        isolate("tenancy_invitation", client="client_id"),
        migrations.RunSQL(
            "REVOKE DELETE ON tenancy_invitation FROM recoup_app;", migrations.RunSQL.noop
        ),
    ]
