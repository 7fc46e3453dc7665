from pathlib import Path

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

GUARDS = (Path(__file__).parent / "ledger.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("centers", "0001_initial"),
        ("people", "0001_initial"),
        ("volunteers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DayHash",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="日期")),
                ("previous", models.CharField(blank=True, max_length=64, verbose_name="上一日摘要")),
                ("postings", models.PositiveIntegerField(verbose_name="笔数")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("closed_at", models.DateTimeField(verbose_name="结账时间")),
            ],
            options={
                "verbose_name": "日结",
                "verbose_name_plural": "日结",
                "ordering": ("-day",),
            },
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("closed_on", models.DateField(blank=True, null=True, verbose_name="停用日期")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "积分预算",
                "verbose_name_plural": "积分预算",
                "ordering": ("name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("HOURS", "时长"), ("POINTS", "积分")], max_length=6, verbose_name="单位"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("PERSON", "个人"),
                            ("DEBT", "待还"),
                            ("BUDGET", "预算"),
                            ("SERVICE", "服务"),
                            ("SHOP", "商户"),
                            ("DONATION", "捐赠"),
                            ("REDEEMED", "已兑换"),
                            ("EXPIRED", "已过期"),
                        ],
                        max_length=8,
                        verbose_name="种类",
                    ),
                ),
                ("posted", models.BigIntegerField(default=0, editable=False, verbose_name="余额")),
                ("held", models.BigIntegerField(default=0, editable=False, verbose_name="已预留")),
                (
                    "division",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centers.division",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="people.person",
                        verbose_name="居民",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="volunteers.partnershop",
                    ),
                ),
                (
                    "budget",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.budget",
                    ),
                ),
            ],
            options={
                "verbose_name": "账户",
                "verbose_name_plural": "账户",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("person__isnull", False)),
                        fields=("unit", "kind", "person"),
                        name="account_of_person",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("budget__isnull", False)),
                        fields=("budget",),
                        name="account_of_budget",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("shop__isnull", False)), fields=("shop",), name="account_of_shop"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("division__isnull", False)),
                        fields=("division",),
                        name="account_of_division",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["SERVICE", "REDEEMED", "EXPIRED"])),
                        fields=("unit", "kind"),
                        name="account_of_nobody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("budget", None),
                                ("division", None),
                                ("kind", "PERSON"),
                                ("person__isnull", False),
                                ("shop", None),
                            ),
                            models.Q(
                                ("budget", None),
                                ("division", None),
                                ("kind", "DEBT"),
                                ("person__isnull", False),
                                ("shop", None),
                                ("unit", "POINTS"),
                            ),
                            models.Q(
                                ("budget__isnull", False),
                                ("division", None),
                                ("kind", "BUDGET"),
                                ("person", None),
                                ("shop", None),
                                ("unit", "POINTS"),
                            ),
                            models.Q(
                                ("budget", None),
                                ("division", None),
                                ("kind", "SHOP"),
                                ("person", None),
                                ("shop__isnull", False),
                                ("unit", "POINTS"),
                            ),
                            models.Q(
                                ("budget", None),
                                ("division__isnull", False),
                                ("kind", "DONATION"),
                                ("person", None),
                                ("shop", None),
                                ("unit", "POINTS"),
                            ),
                            models.Q(
                                ("budget", None),
                                ("division", None),
                                ("kind", "SERVICE"),
                                ("person", None),
                                ("shop", None),
                                ("unit", "HOURS"),
                            ),
                            models.Q(
                                ("budget", None),
                                ("division", None),
                                ("kind__in", ["REDEEMED", "EXPIRED"]),
                                ("person", None),
                                ("shop", None),
                                ("unit", "POINTS"),
                            ),
                            _connector="OR",
                        ),
                        name="account_has_its_owner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("held__gte", 0),
                                ("kind__in", ["PERSON", "DONATION"]),
                                ("posted__gte", models.F("held")),
                            ),
                            models.Q(("held", 0), ("kind", "DEBT"), ("posted__lte", 0)),
                            models.Q(("held", 0), ("posted", 0)),
                            _connector="OR",
                        ),
                        name="account_not_overdrawn",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BudgetPot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("funded", models.BigIntegerField(default=0, verbose_name="注入")),
                ("issued", models.BigIntegerField(default=0, verbose_name="已发")),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pots",
                        to="points.budget",
                        verbose_name="积分预算",
                    ),
                ),
            ],
            options={
                "verbose_name": "预算分仓",
                "verbose_name_plural": "预算分仓",
                "constraints": [
                    models.UniqueConstraint(fields=("budget", "number"), name="budget_pot_once"),
                    models.CheckConstraint(
                        condition=models.Q(("issued__gte", 0), ("issued__lte", models.F("funded"))),
                        name="issued_within_budget",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=24, unique=True, verbose_name="证明编号")),
                ("since", models.DateField(verbose_name="起")),
                ("until", models.DateField(verbose_name="止")),
                ("minutes", models.PositiveIntegerField(verbose_name="分钟")),
                ("services", models.JSONField(default=list, verbose_name="服务内容")),
                ("issuer", models.CharField(max_length=60, verbose_name="开具单位")),
                ("in_charge", models.CharField(max_length=30, verbose_name="负责人")),
                ("handler", models.CharField(max_length=30, verbose_name="经办人")),
                ("contact", models.CharField(max_length=30, verbose_name="联系电话")),
                ("noticed_from", models.DateField(verbose_name="公示开始")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="备注")),
                ("issued_at", models.DateTimeField(verbose_name="开具时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="撤销时间")),
                ("revoke_reason", models.CharField(blank=True, max_length=200, verbose_name="撤销原因")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centers.division",
                        verbose_name="开具单位区划",
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="开具人",
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="撤销人",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="certificates",
                        to="volunteers.volunteer",
                        verbose_name="志愿者",
                    ),
                ),
            ],
            options={
                "verbose_name": "志愿服务证明",
                "verbose_name_plural": "志愿服务证明",
                "ordering": ("-issued_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="certificate_until_after_since",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoke_reason", ""), ("revoked_at", None), ("revoked_by", None)),
                            models.Q(
                                ("revoked_at__isnull", False),
                                ("revoked_by__isnull", False),
                                models.Q(("revoke_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="certificate_revoked_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Funding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "points",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="积分"
                    ),
                ),
                (
                    "source",
                    models.CharField(help_text="文件、捐赠协议或采购单", max_length=200, verbose_name="依据"),
                ),
                ("key", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fundings",
                        to="points.budget",
                        verbose_name="积分预算",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
            ],
            options={
                "verbose_name": "注入",
                "verbose_name_plural": "注入",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="funding_is_positive"),
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("key",),
                        name="funding_key_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Gift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("about", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "points",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="所需积分"
                    ),
                ),
                ("on_offer", models.BooleanField(default=True, verbose_name="可兑换")),
                ("stock", models.IntegerField(default=0, editable=False, verbose_name="入库")),
                ("reserved", models.IntegerField(default=0, editable=False, verbose_name="待取")),
                ("handed", models.IntegerField(default=0, editable=False, verbose_name="已取")),
                (
                    "center",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gifts",
                        to="centers.center",
                        verbose_name="领取中心",
                    ),
                ),
            ],
            options={
                "verbose_name": "礼品",
                "verbose_name_plural": "礼品",
                "ordering": ("points", "name", "id"),
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("points__gt", 0)), name="gift_costs_points"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handed__gte", 0),
                            ("reserved__gte", 0),
                            (
                                "stock__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("reserved"), "+", models.F("handed")
                                ),
                            ),
                        ),
                        name="gift_not_given_twice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="生效日期")),
                ("points_per_hour", models.PositiveSmallIntegerField(default=1, verbose_name="每小时积分")),
                (
                    "daily_cap",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="每天积分上限"),
                ),
                (
                    "total_cap",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="累计积分上限"),
                ),
                (
                    "pair_minutes_cap",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="同一对象每月计分分钟上限"
                    ),
                ),
                (
                    "expires_after_days",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="不填：长期有效",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="积分有效天数",
                    ),
                ),
                (
                    "spend_from_age",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="满多少岁可以兑换"),
                ),
                ("source", models.CharField(help_text="文件名称和文号", max_length=200, verbose_name="依据")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="录入人",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centers.division",
                        verbose_name="适用区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "积分办法",
                "verbose_name_plural": "积分办法",
                "ordering": ("-valid_from", "-id"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "valid_from"), name="policy_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, verbose_name="业务号")),
                ("request_hash", models.CharField(editable=False, max_length=64)),
                ("amount", models.BigIntegerField(verbose_name="积分")),
                ("until", models.DateTimeField(blank=True, null=True, verbose_name="保留至")),
                ("principal", models.BigIntegerField(blank=True, null=True, verbose_name="代谁办理")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="points.account",
                        verbose_name="账户",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="points.gift",
                        verbose_name="礼品",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.policy",
                    ),
                ),
            ],
            options={
                "verbose_name": "预留",
                "verbose_name_plural": "预留",
                "ordering": ("-id",),
                "indexes": [models.Index(fields=["until"], name="hold_until")],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="hold_key_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="hold_is_positive"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=120, verbose_name="业务号")),
                ("request_hash", models.CharField(editable=False, max_length=64)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("EARN", "服务所得"),
                            ("OPENING", "旧账转入"),
                            ("REDEEM", "兑换"),
                            ("DONATE", "捐出"),
                            ("AWARD", "受赠"),
                            ("TRANSFER", "转给家人"),
                            ("INHERIT", "继承"),
                            ("EXPIRE", "到期"),
                            ("REVERSAL", "冲正"),
                        ],
                        max_length=8,
                        verbose_name="种类",
                    ),
                ),
                ("memo", models.CharField(blank=True, max_length=80, verbose_name="摘要")),
                ("principal", models.BigIntegerField(blank=True, null=True, verbose_name="代谁办理")),
                ("evidence", models.JSONField(blank=True, default=dict, verbose_name="凭据")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("txid", models.BigIntegerField(default=0, editable=False)),
                ("sealed_at", models.DateTimeField(editable=False, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.policy",
                        verbose_name="积分办法",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="volunteers.servicerecord",
                        verbose_name="服务记录",
                    ),
                ),
                (
                    "reverses",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversal",
                        to="points.posting",
                        verbose_name="冲正的是",
                    ),
                ),
            ],
            options={
                "verbose_name": "记账",
                "verbose_name_plural": "记账",
                "ordering": ("-id",),
                "indexes": [
                    django.contrib.postgres.indexes.BrinIndex(fields=["sealed_at"], name="posting_days")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("key",), name="posting_key_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "EARN")), fields=("record",), name="record_earns_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "EARN"), _negated=True),
                            ("record__isnull", False),
                            _connector="OR",
                        ),
                        name="earning_has_a_record",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "REVERSAL"), ("reverses__isnull", False)),
                            models.Q(models.Q(("kind", "REVERSAL"), _negated=True), ("reverses", None)),
                            _connector="OR",
                        ),
                        name="reversal_reverses",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "OPENING"), _negated=True),
                            models.Q(("evidence", {}), _negated=True),
                            _connector="OR",
                        ),
                        name="opening_has_evidence",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldEnd",
            fields=[
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="end",
                        serialize=False,
                        to="points.hold",
                        verbose_name="预留",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("COMMITTED", "已兑换"), ("RELEASED", "已取消"), ("EXPIRED", "超时未取")],
                        max_length=9,
                        verbose_name="结果",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hold_end",
                        to="points.posting",
                        verbose_name="记账",
                    ),
                ),
            ],
            options={
                "verbose_name": "预留结果",
                "verbose_name_plural": "预留结果",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "COMMITTED"), ("posting__isnull", False)),
                            models.Q(models.Q(("outcome", "COMMITTED"), _negated=True), ("posting", None)),
                            _connector="OR",
                        ),
                        name="committed_hold_is_posted",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Leg",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="数额")),
                ("balance", models.BigIntegerField(editable=False, null=True, verbose_name="余额")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="有效至")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="points.account",
                        verbose_name="账户",
                    ),
                ),
                (
                    "posting",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="legs",
                        to="points.posting",
                        verbose_name="记账",
                    ),
                ),
            ],
            options={
                "verbose_name": "分录",
                "verbose_name_plural": "分录",
                "indexes": [models.Index(fields=["account", "-id"], name="leg_passbook")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount", 0), _negated=True), name="leg_is_not_nothing"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="积分")),
                ("left", models.BigIntegerField(verbose_name="剩余")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="有效至")),
                (
                    "account",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="points.account",
                        verbose_name="账户",
                    ),
                ),
                (
                    "leg",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lot",
                        to="points.leg",
                        verbose_name="分录",
                    ),
                ),
            ],
            options={
                "verbose_name": "积分批次",
                "verbose_name_plural": "积分批次",
                "indexes": [
                    models.Index(
                        models.F("account"),
                        models.OrderBy(models.F("expires_on"), nulls_last=True),
                        models.F("id"),
                        condition=models.Q(("left__gt", 0)),
                        name="lot_order",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("left__gte", 0), ("left__lte", models.F("amount"))),
                        name="lot_within_itself",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HoldLot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", models.BigIntegerField(verbose_name="积分")),
                (
                    "hold",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="points.hold",
                        verbose_name="预留",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="points.lot",
                        verbose_name="积分批次",
                    ),
                ),
            ],
            options={
                "verbose_name": "预留批次",
                "verbose_name_plural": "预留批次",
            },
        ),
        migrations.CreateModel(
            name="Redemption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_hash", models.CharField(editable=False, max_length=64)),
                ("code_version", models.PositiveSmallIntegerField(default=1, editable=False)),
                (
                    "wrong_codes",
                    models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="输错次数"),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="points.gift",
                        verbose_name="礼品",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemption",
                        to="points.hold",
                        verbose_name="预留",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redemptions",
                        to="people.person",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "兑换",
                "verbose_name_plural": "兑换",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="StockIntake",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("units", models.IntegerField(verbose_name="件数")),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="说明")),
                ("key", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intakes",
                        to="points.budget",
                        verbose_name="积分预算",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "gift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="intakes",
                        to="points.gift",
                        verbose_name="礼品",
                    ),
                ),
            ],
            options={
                "verbose_name": "入库",
                "verbose_name_plural": "入库",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("units", 0), _negated=True), name="intake_is_not_nothing"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True),
                        fields=("key",),
                        name="intake_key_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("FAMILY", "转给家人"), ("INHERIT", "继承")],
                        max_length=7,
                        verbose_name="种类",
                    ),
                ),
                ("points", models.PositiveIntegerField(verbose_name="积分")),
                ("relation", models.CharField(max_length=100, verbose_name="关系与证明")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ASKED", "待初审"),
                            ("SECONDED", "待复审"),
                            ("DONE", "已转"),
                            ("REFUSED", "不予办理"),
                        ],
                        default="ASKED",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="申请时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申请人",
                    ),
                ),
                (
                    "first_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="初审人",
                    ),
                ),
                (
                    "giver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="转出人",
                    ),
                ),
                (
                    "posting",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.posting",
                        verbose_name="记账",
                    ),
                ),
                (
                    "second_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="复审人",
                    ),
                ),
                (
                    "taker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="转入人",
                    ),
                ),
            ],
            options={
                "verbose_name": "转赠",
                "verbose_name_plural": "转赠",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("points__gt", 0)), name="transfer_is_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("giver", models.F("taker")), _negated=True),
                        name="transfer_to_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("first_by", None),
                                models.Q(("first_by", models.F("asked_by")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("second_by", None),
                                models.Q(
                                    models.Q(("second_by", models.F("asked_by")), _negated=True),
                                    models.Q(("second_by", models.F("first_by")), _negated=True),
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="transfer_has_three_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "DONE"), _negated=True),
                            models.Q(
                                ("first_by__isnull", False),
                                ("posting__isnull", False),
                                ("second_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_done_after_two",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="transfer_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('ASKED'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_begins_by_the_table', MESSAGE = 'no transfer begins as ' || NEW.state;",
                            hash="446454f2ad8632e06be5ea5db8abd60e6007a87c",
                            operation="INSERT",
                            pgid="pgtrigger_transfer_begins_by_the_table_50e60",
                            table="points_transfer",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="transfer_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('ASKED', 'REFUSED'), ('ASKED', 'SECONDED'), ('SECONDED', 'DONE'), ('SECONDED', 'REFUSED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'transfer_moves_by_the_table', MESSAGE = 'no transfer goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="a419de52acdc6a3448b93615ab3619b9f3afad3a",
                            operation="UPDATE",
                            pgid="pgtrigger_transfer_moves_by_the_table_5ea62",
                            table="points_transfer",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
