from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

CHAIN = (Path(__file__).parent / "chain.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("centers", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("SIGNED_IN", "登录"),
                            ("NOT_SIGNED_IN", "登录失败"),
                            ("FACTOR", "通过二次验证"),
                            ("NO_FACTOR", "二次验证失败"),
                            ("REFUSED", "没有权限"),
                            ("REVEALED", "查阅完整信息"),
                            ("EXPORTED", "导出文件"),
                        ],
                        max_length=20,
                        verbose_name="事项",
                    ),
                ),
                ("account", models.BigIntegerField(null=True, verbose_name="账号编号")),
                ("person", models.BigIntegerField(null=True, verbose_name="居民编号")),
                ("what", models.CharField(blank=True, default="", max_length=160, verbose_name="内容")),
                ("code", models.CharField(blank=True, default="", max_length=40, verbose_name="原因代码")),
                (
                    "number",
                    models.BigIntegerField(editable=False, null=True, unique=True, verbose_name="序号"),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=64, verbose_name="摘要"
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centers.division",
                        verbose_name="地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "日志",
                "verbose_name_plural": "日志",
                "ordering": ("-pk",),
            },
        ),
        migrations.RunSQL(CHAIN, migrations.RunSQL.noop),
    ]
