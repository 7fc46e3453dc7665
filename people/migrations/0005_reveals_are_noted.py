from pathlib import Path

from django.db import migrations

NOTED = (Path(__file__).parent / "reveals.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [("people", "0004_codes_and_passwords"), ("journal", "0001_initial")]

    operations = [migrations.RunSQL(NOTED, migrations.RunSQL.noop)]
