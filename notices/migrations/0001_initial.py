import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="类型")),
                ("key", models.CharField(max_length=120, unique=True)),
                ("about_type", models.CharField(max_length=40)),
                ("about_id", models.BigIntegerField()),
                ("due_at", models.DateTimeField(verbose_name="应送达时间")),
                ("quiet", models.BooleanField(default=True)),
                ("body_data", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(verbose_name="产生时间")),
                ("dispatched_at", models.DateTimeField(blank=True, null=True, verbose_name="送出时间")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="已读时间")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to="people.person",
                        verbose_name="收件人",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知",
                "verbose_name_plural": "通知",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("dispatched_at", None), ("withdrawn_at", None)),
                        fields=["due_at"],
                        name="notice_outbox",
                    ),
                    models.Index(fields=["about_type", "about_id"], name="notice_about"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("INBOX", "站内"), ("CALL_LIST", "电话名单")],
                        max_length=10,
                        verbose_name="渠道",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "待打电话"), ("SENT", "已送达")], max_length=5, verbose_name="状态"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="notices.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "送达",
                "verbose_name_plural": "送达",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "OPEN")), fields=["channel", "at"], name="delivery_open"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("notice", "channel"), name="delivery_once")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="delivery_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('OPEN', 'SENT'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_begins_by_the_table', MESSAGE = 'no delivery begins as ' || NEW.state;",
                            hash="5ea0ef53b67295bef7e7de9c121fa7f0b2b12c2c",
                            operation="INSERT",
                            pgid="pgtrigger_delivery_begins_by_the_table_bdf73",
                            table="notices_delivery",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delivery_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('OPEN', 'SENT')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'delivery_moves_by_the_table', MESSAGE = 'no delivery goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="8f669e284c4fdd37619c7e79c3aa1bfb0fb16ee4",
                            operation="UPDATE",
                            pgid="pgtrigger_delivery_moves_by_the_table_506a2",
                            table="notices_delivery",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
