from pathlib import Path

from django.db import migrations

GUARD = (Path(__file__).parent / "earning.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0001_initial"),
        ("volunteers", "0002_evidence_is_independent"),
    ]

    operations = [migrations.RunSQL(GUARD, migrations.RunSQL.noop)]
