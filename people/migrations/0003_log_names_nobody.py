"""The back office's log called rows by their names, which outlived the closing of a record."""

from django.db import migrations

# In the messages the parts of a record stand as "object": a text in JSON, with whatever is escaped in it.
FORGET = r"""
    UPDATE django_admin_log SET
        object_repr = '#' || coalesce(object_id, ''),
        change_message = regexp_replace(change_message, '"object": "([^"\\]|\\.)*"', '"object": ""', 'g')
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_words"), ("admin", "0003_logentry_add_action_flag_choices")]

    operations = [migrations.RunSQL(FORGET, migrations.RunSQL.noop)]
