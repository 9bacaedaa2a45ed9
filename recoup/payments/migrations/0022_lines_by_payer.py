from django.db import migrations, models


class Migration(migrations.Migration):
    """Who paid from an account before is found by it: a bank file asks for all of its payers at once."""

    dependencies = [("payments", "0021_composite_keys_alone")]

    operations = [
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(("counterparty_account", ""), _negated=True),
                fields=["agency", "counterparty_account"], name="bank_line_by_payer",
            ),
        ),
    ]  # fmt: skip
