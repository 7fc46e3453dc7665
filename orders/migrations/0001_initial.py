import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import common.sealed


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("centers", "0001_initial"),
        ("people", "0001_initial"),
        ("points", "0001_initial"),
        ("volunteers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MarketDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=40, verbose_name="名称")),
                ("place", models.CharField(max_length=60, verbose_name="地点")),
                ("opens_at", models.DateTimeField(verbose_name="开始")),
                ("closes_at", models.DateTimeField(verbose_name="结束")),
                (
                    "state",
                    models.CharField(
                        choices=[("ANNOUNCED", "已公布"), ("CANCELLED", "已取消")],
                        default="ANNOUNCED",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="markets",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "爱心市集",
                "verbose_name_plural": "爱心市集",
                "ordering": ("-opens_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="market_opens_before_close",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="market_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('ANNOUNCED'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'market_begins_by_the_table', MESSAGE = 'no market begins as ' || NEW.state;",
                            hash="9f447a3c07c1ad9de1791b367b5a979dcbebe20c",
                            operation="INSERT",
                            pgid="pgtrigger_market_begins_by_the_table_b7bec",
                            table="orders_marketday",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="market_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('ANNOUNCED', 'CANCELLED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'market_moves_by_the_table', MESSAGE = 'no market goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="c63490e29daedd3668b69a1ff54b905e2e2a9474",
                            operation="UPDATE",
                            pgid="pgtrigger_market_moves_by_the_table_1fea9",
                            table="orders_marketday",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceCard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=10, unique=True, verbose_name="卡号")),
                (
                    "trades",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("FOOD", "餐饮食品"),
                                ("HAIR", "理发"),
                                ("REPAIR", "维修"),
                                ("HEALTH", "药店诊所"),
                                ("LAUNDRY", "洗衣缝补"),
                                ("GOODS", "日用百货"),
                                ("OTHER", "其他"),
                            ],
                            max_length=7,
                        ),
                        size=None,
                        verbose_name="可用的行业",
                    ),
                ),
                ("issued_at", models.DateTimeField(verbose_name="发卡时间")),
                ("valid_until", models.DateField(verbose_name="有效期至")),
                ("uses_left", models.PositiveSmallIntegerField(verbose_name="还能用几次")),
                ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="停用时间")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发卡人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_cards",
                        to="people.person",
                        verbose_name="持卡人",
                    ),
                ),
            ],
            options={
                "verbose_name": "爱心服务卡",
                "verbose_name_plural": "爱心服务卡",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("trades__len__gte", 1)), name="card_names_a_trade"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="keep_card",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="ea192b40adf6dd43f6fc9963e13c845532af8d25",
                            operation="DELETE",
                            pgid="pgtrigger_keep_card_54b52",
                            table="orders_servicecard",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=30, verbose_name="名称")),
                ("about", models.TextField(blank=True, verbose_name="做什么、不做什么")),
                (
                    "dangerous",
                    models.BooleanField(
                        default=False,
                        help_text="登高、用电、搬重物等，接单人在那天要有意外险。",
                        verbose_name="有危险（要保险）",
                    ),
                ),
                ("minutes", models.PositiveSmallIntegerField(default=60, verbose_name="大约多少分钟")),
                (
                    "points",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="0：不用积分。用积分换的，下单时先留出积分，确认做好才扣，取消就退。",
                        verbose_name="要用多少积分",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="在菜单上")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_items",
                        to="centers.division",
                        verbose_name="哪里的居民可以点",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_items",
                        to="volunteers.skill",
                        verbose_name="需要的特长",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务项目",
                "verbose_name_plural": "服务项目",
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "name"), name="service_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (1, 1440))), name="service_item_minutes"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points__lte", 10000)), name="service_item_points"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceOrder",
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
                        choices=[
                            ("SERVICE", "点单"),
                            ("WISH", "微心愿"),
                            ("ERRAND", "帮办代办"),
                            ("PROJECT", "认领项目"),
                            ("SHOP_CARD", "爱心服务卡"),
                            ("GRANT", "公益创投"),
                        ],
                        max_length=9,
                        verbose_name="类别",
                    ),
                ),
                ("title", models.CharField(max_length=40, verbose_name="要办什么")),
                ("text", common.sealed.SealedTextField(blank=True, default="", verbose_name="说明")),
                ("place", common.sealed.SealedTextField(blank=True, default="", verbose_name="地点")),
                ("public_text", models.CharField(blank=True, max_length=200, verbose_name="公开的说法")),
                ("wanted_on", models.DateField(blank=True, null=True, verbose_name="希望哪天")),
                ("wanted_words", models.CharField(blank=True, max_length=60, verbose_name="什么时间方便")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "待答复"),
                            ("REFUSED", "不能办"),
                            ("ACCEPTED_FOR_DISPATCH", "待派单"),
                            ("OFFERED", "待接单"),
                            ("TAKEN", "已接单"),
                            ("DONE", "待确认"),
                            ("CONFIRMED", "已完成"),
                            ("DISPUTED", "没有做好"),
                            ("CANCELLED", "已取消"),
                        ],
                        default="REQUESTED",
                        editable=False,
                        max_length=21,
                        verbose_name="状态",
                    ),
                ),
                ("points", models.PositiveIntegerField(default=0, editable=False, verbose_name="积分")),
                ("key", models.CharField(blank=True, default="", editable=False, max_length=64)),
                ("requested_at", models.DateTimeField(verbose_name="下单时间")),
                ("answer_due_at", models.DateTimeField(verbose_name="最晚答复")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("escalated_at", models.DateTimeField(blank=True, null=True, verbose_name="上报时间")),
                ("agreement_no", models.CharField(blank=True, max_length=40, verbose_name="协议编号")),
                ("agreement_until", models.DateField(blank=True, null=True, verbose_name="协议到期")),
                ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="接单时间")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="做完时间")),
                (
                    "done_minutes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="用时（分钟）"),
                ),
                ("done_note", models.CharField(blank=True, max_length=200, verbose_name="做得怎样")),
                ("done_evidence", models.JSONField(blank=True, default=list, verbose_name="凭据种类")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="确认时间")),
                (
                    "confirmed_by_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RECIPIENT", "本人"),
                            ("HELPER", "代办人"),
                            ("CALLBACK", "电话回访"),
                            ("REPORT", "结项报告"),
                        ],
                        max_length=9,
                        verbose_name="谁确认的",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记做完的人",
                    ),
                ),
                (
                    "for_person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="people.person",
                        verbose_name="服务对象",
                    ),
                ),
                (
                    "hold",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order",
                        to="points.hold",
                        verbose_name="预留",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="orders.serviceitem",
                        verbose_name="服务项目",
                    ),
                ),
                (
                    "requester",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="下单人",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="volunteers.partnershop",
                        verbose_name="爱心商户",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="volunteers.team",
                        verbose_name="队伍",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="volunteers.partnerunit",
                        verbose_name="共建单位",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="volunteers.volunteer",
                        verbose_name="志愿者",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务单",
                "verbose_name_plural": "服务单",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "REQUESTED")),
                        fields=["answer_due_at"],
                        name="order_to_answer",
                    ),
                    models.Index(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "REQUESTED",
                                    "ACCEPTED_FOR_DISPATCH",
                                    "OFFERED",
                                    "TAKEN",
                                    "DONE",
                                    "DISPUTED",
                                ),
                            )
                        ),
                        fields=["division", "state"],
                        name="order_board",
                    ),
                    models.Index(
                        condition=models.Q(("done_at__isnull", False)), fields=["done_at"], name="order_done"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("TAKEN", "DONE", "CONFIRMED", "DISPUTED")),
                                models.Q(
                                    ("pk__in", []),
                                    models.Q(
                                        ("shop__isnull", True),
                                        ("team__isnull", True),
                                        ("unit__isnull", True),
                                        ("volunteer__isnull", False),
                                    ),
                                    models.Q(
                                        ("shop__isnull", True),
                                        ("team__isnull", False),
                                        ("unit__isnull", True),
                                        ("volunteer__isnull", True),
                                    ),
                                    models.Q(
                                        ("shop__isnull", True),
                                        ("team__isnull", True),
                                        ("unit__isnull", False),
                                        ("volunteer__isnull", True),
                                    ),
                                    models.Q(
                                        ("shop__isnull", False),
                                        ("team__isnull", True),
                                        ("unit__isnull", True),
                                        ("volunteer__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                ("state", "CANCELLED"),
                                models.Q(
                                    ("pk__in", []),
                                    models.Q(
                                        ("shop__isnull", True),
                                        ("team__isnull", True),
                                        ("unit__isnull", True),
                                        ("volunteer__isnull", False),
                                    ),
                                    models.Q(
                                        ("shop__isnull", True),
                                        ("team__isnull", False),
                                        ("unit__isnull", True),
                                        ("volunteer__isnull", True),
                                    ),
                                    models.Q(
                                        ("shop__isnull", True),
                                        ("team__isnull", True),
                                        ("unit__isnull", False),
                                        ("volunteer__isnull", True),
                                    ),
                                    models.Q(
                                        ("shop__isnull", False),
                                        ("team__isnull", True),
                                        ("unit__isnull", True),
                                        ("volunteer__isnull", True),
                                    ),
                                    models.Q(
                                        ("shop__isnull", True),
                                        ("team__isnull", True),
                                        ("unit__isnull", True),
                                        ("volunteer__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["TAKEN", "DONE", "CONFIRMED", "DISPUTED", "CANCELLED"]),
                                    _negated=True,
                                ),
                                ("shop__isnull", True),
                                ("team__isnull", True),
                                ("unit__isnull", True),
                                ("volunteer__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="order_taker_by_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_at__isnull", False),
                                ("state__in", ("DONE", "CONFIRMED", "DISPUTED")),
                                models.Q(("done_minutes__isnull", False), ("kind", "GRANT"), _connector="OR"),
                            ),
                            models.Q(
                                models.Q(("state__in", ("DONE", "CONFIRMED", "DISPUTED")), _negated=True),
                                ("done_at", None),
                                ("done_minutes", None),
                            ),
                            _connector="OR",
                        ),
                        name="order_done_by_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("state", "CONFIRMED"),
                                models.Q(("confirmed_by_kind", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "CONFIRMED"), _negated=True),
                                ("confirmed_at", None),
                                ("confirmed_by_kind", ""),
                            ),
                            _connector="OR",
                        ),
                        name="order_confirmed_by_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("PROJECT", "GRANT")),
                            models.Q(("for_person__isnull", False), ("requester__isnull", False)),
                            _connector="OR",
                        ),
                        name="order_for_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "SERVICE"), _negated=True),
                            ("item__isnull", False),
                            _connector="OR",
                        ),
                        name="order_service_has_item",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("hold", None), ("points", 0)),
                            models.Q(("kind", "SERVICE"), ("points__gt", 0)),
                            _connector="OR",
                        ),
                        name="order_points_for_service",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("done_minutes", None),
                            models.Q(("done_minutes__gte", 1), ("volunteer", None)),
                            models.Q(("done_minutes__range", (1, 1440)), ("volunteer__isnull", False)),
                            _connector="OR",
                        ),
                        name="order_minutes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer_due_at__gte", models.F("requested_at"))),
                        name="order_answered_after_asked",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("key", ""), _negated=True), fields=("key",), name="order_key_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("kind", "SERVICE"),
                            (
                                "state__in",
                                (
                                    "REQUESTED",
                                    "ACCEPTED_FOR_DISPATCH",
                                    "OFFERED",
                                    "TAKEN",
                                    "DONE",
                                    "DISPUTED",
                                ),
                            ),
                        ),
                        fields=("item", "for_person", "wanted_on"),
                        name="order_once_a_day",
                        nulls_distinct=False,
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="order_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('ACCEPTED_FOR_DISPATCH', 'REQUESTED', 'TAKEN'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'order_begins_by_the_table', MESSAGE = 'no order begins as ' || NEW.state;",
                            hash="5a8690c27f25f9427ed25f12ec0e7d0837e71b11",
                            operation="INSERT",
                            pgid="pgtrigger_order_begins_by_the_table_1df77",
                            table="orders_serviceorder",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="order_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('ACCEPTED_FOR_DISPATCH', 'CANCELLED'), ('ACCEPTED_FOR_DISPATCH', 'OFFERED'), ('ACCEPTED_FOR_DISPATCH', 'TAKEN'), ('DISPUTED', 'ACCEPTED_FOR_DISPATCH'), ('DISPUTED', 'CANCELLED'), ('DISPUTED', 'CONFIRMED'), ('DISPUTED', 'TAKEN'), ('DONE', 'CONFIRMED'), ('DONE', 'DISPUTED'), ('OFFERED', 'ACCEPTED_FOR_DISPATCH'), ('OFFERED', 'CANCELLED'), ('OFFERED', 'TAKEN'), ('REQUESTED', 'ACCEPTED_FOR_DISPATCH'), ('REQUESTED', 'CANCELLED'), ('REQUESTED', 'OFFERED'), ('REQUESTED', 'REFUSED'), ('TAKEN', 'ACCEPTED_FOR_DISPATCH'), ('TAKEN', 'CANCELLED'), ('TAKEN', 'DONE')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'order_moves_by_the_table', MESSAGE = 'no order goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="6d4141274c93ee7f0a67cd8e66ad792c6a33e066",
                            operation="UPDATE",
                            pgid="pgtrigger_order_moves_by_the_table_a696e",
                            table="orders_serviceorder",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="guard_order",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    IF TG_OP = 'UPDATE' THEN\n        IF (NEW.kind, NEW.item_id, NEW.division_id, NEW.points) IS DISTINCT FROM\n           (OLD.kind, OLD.item_id, OLD.division_id, OLD.points)\n           OR (OLD.hold_id IS NOT NULL AND NEW.hold_id IS DISTINCT FROM OLD.hold_id) THEN\n            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'order_is_not_rewritten',\n                MESSAGE = 'what was ordered is not rewritten: cancel it and order anew';\n        END IF;\n    END IF;\n    IF NEW.volunteer_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.volunteer_id IS DISTINCT FROM OLD.volunteer_id)\n       AND EXISTS (SELECT 1 FROM volunteers_volunteer v WHERE v.id = NEW.volunteer_id\n                   AND v.person_id IN (NEW.requester_id, NEW.for_person_id)) THEN\n        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'order_is_not_ones_own',\n            MESSAGE = 'nobody takes their own order';\n    END IF;\n    RETURN NEW;\n",
                            hash="490a8d18829c926eaf0be6cdbce0c1e476b7ccc5",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_guard_order_63cd5",
                            table="orders_serviceorder",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="paid_order",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (NEW."points" > 0)',
                            constraint="CONSTRAINT",
                            func="\n    IF EXISTS (\n        SELECT 1 FROM orders_serviceorder o\n        LEFT JOIN points_hold h ON h.id = o.hold_id\n        LEFT JOIN points_holdend e ON e.hold_id = h.id\n        WHERE o.id = NEW.id AND (\n            h.amount IS DISTINCT FROM o.points OR e.outcome IS DISTINCT FROM CASE\n                WHEN o.state = 'CONFIRMED' THEN 'COMMITTED'\n                WHEN o.state IN ('REFUSED', 'CANCELLED') THEN 'RELEASED' END)\n    ) THEN\n        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'order_points_stand_as_it_does',\n            MESSAGE = 'the points of an order are held, spent and given back with it';\n    END IF;\n    RETURN NULL;\n",
                            hash="7974d93c734150cb5ff2b0a27941f4a857b77aa8",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_paid_order_233dd",
                            table="orders_serviceorder",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="keep_order",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="7aa4779b10d5a84b475f2c6818948be8ced477ff",
                            operation="DELETE",
                            pgid="pgtrigger_keep_order_8b273",
                            table="orders_serviceorder",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderOffer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="派单时间")),
                ("until", models.DateTimeField(verbose_name="等到")),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("PENDING", "等回音"),
                            ("TAKEN", "接了"),
                            ("DECLINED", "没有接"),
                            ("EXPIRED", "没有回音"),
                            ("WITHDRAWN", "已收回"),
                        ],
                        default="PENDING",
                        max_length=9,
                        verbose_name="回音",
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="回音时间")),
                (
                    "offered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="派单人",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="volunteers.partnershop",
                        verbose_name="爱心商户",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="volunteers.team",
                        verbose_name="队伍",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="volunteers.partnerunit",
                        verbose_name="共建单位",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="volunteers.volunteer",
                        verbose_name="志愿者",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="orders.serviceorder",
                        verbose_name="服务单",
                    ),
                ),
            ],
            options={
                "verbose_name": "派单",
                "verbose_name_plural": "派单",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("answer", "PENDING")), fields=["until"], name="offer_to_expire"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answer", "PENDING")), fields=("order",), name="one_pending_offer"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pk__in", []),
                            models.Q(
                                ("shop__isnull", True),
                                ("team__isnull", True),
                                ("unit__isnull", True),
                                ("volunteer__isnull", False),
                            ),
                            models.Q(
                                ("shop__isnull", True),
                                ("team__isnull", False),
                                ("unit__isnull", True),
                                ("volunteer__isnull", True),
                            ),
                            models.Q(
                                ("shop__isnull", True),
                                ("team__isnull", True),
                                ("unit__isnull", False),
                                ("volunteer__isnull", True),
                            ),
                            models.Q(
                                ("shop__isnull", False),
                                ("team__isnull", True),
                                ("unit__isnull", True),
                                ("volunteer__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="offer_has_one_taker",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "PENDING"), ("answered_at", None)),
                            models.Q(
                                models.Q(("answer", "PENDING"), _negated=True), ("answered_at__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="offer_answered_by_answer",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="keep_offer",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="50ca24714cd5fa205e0038099fb31d9cd5ac9c2d",
                            operation="DELETE",
                            pgid="pgtrigger_keep_offer_5f801",
                            table="orders_orderoffer",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("REQUEST", "下单"),
                            ("ACCEPT", "受理"),
                            ("REFUSE", "不受理"),
                            ("OFFER", "派单"),
                            ("WITHDRAW", "收回派单"),
                            ("EXPIRE", "派单超时"),
                            ("DECLINE", "不接"),
                            ("TAKE", "接单"),
                            ("RELEASE", "退回"),
                            ("FINISH", "做完"),
                            ("CONFIRM", "确认"),
                            ("DISPUTE", "提出没有做好"),
                            ("REDO", "返工"),
                            ("REDISPATCH", "换人重做"),
                            ("UPHOLD", "回访认定做好"),
                            ("CANCEL", "取消"),
                        ],
                        max_length=10,
                        verbose_name="动作",
                    ),
                ),
                (
                    "frm",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("REQUESTED", "待答复"),
                            ("REFUSED", "不能办"),
                            ("ACCEPTED_FOR_DISPATCH", "待派单"),
                            ("OFFERED", "待接单"),
                            ("TAKEN", "已接单"),
                            ("DONE", "待确认"),
                            ("CONFIRMED", "已完成"),
                            ("DISPUTED", "没有做好"),
                            ("CANCELLED", "已取消"),
                        ],
                        max_length=21,
                        verbose_name="从",
                    ),
                ),
                (
                    "to",
                    models.CharField(
                        choices=[
                            ("REQUESTED", "待答复"),
                            ("REFUSED", "不能办"),
                            ("ACCEPTED_FOR_DISPATCH", "待派单"),
                            ("OFFERED", "待接单"),
                            ("TAKEN", "已接单"),
                            ("DONE", "待确认"),
                            ("CONFIRMED", "已完成"),
                            ("DISPUTED", "没有做好"),
                            ("CANCELLED", "已取消"),
                        ],
                        max_length=21,
                        verbose_name="到",
                    ),
                ),
                (
                    "party",
                    models.CharField(
                        choices=[
                            ("REQUESTER", "本人或代办人"),
                            ("TAKER", "接单人"),
                            ("STAFF", "工作人员"),
                            ("SYSTEM", "系统"),
                        ],
                        max_length=9,
                        verbose_name="身份",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="orders.serviceorder",
                        verbose_name="服务单",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务单历史",
                "verbose_name_plural": "服务单历史",
                "ordering": ("id",),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="keep_order_event",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="75faea78b1480b0e212ec44c29c812259c479566",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_keep_order_event_e2750",
                            table="orders_orderevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CallBack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[("DRAWN", "抽中回访"), ("SILENT", "七天没有确认")],
                        max_length=6,
                        verbose_name="为什么回访",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="列入时间")),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("GOOD", "说做好了"), ("BAD", "说没有做好"), ("UNREACHED", "没有联系上")],
                        max_length=9,
                        verbose_name="结果",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="回访时间")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="回访人",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="callbacks",
                        to="orders.serviceorder",
                        verbose_name="服务单",
                    ),
                ),
            ],
            options={
                "verbose_name": "回访",
                "verbose_name_plural": "回访",
                "ordering": ("-id",),
                "indexes": [
                    models.Index(condition=models.Q(("answer", "")), fields=["at"], name="callback_to_make")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("order", "why"), name="callback_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at", None), ("by", None)),
                            models.Q(
                                models.Q(("answer", ""), _negated=True),
                                ("answered_at__isnull", False),
                                ("by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="callback_answered_by_somebody",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="keep_callback",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="7b5801d8f3b6c8e422d0f66a3e7aed7e4d56f30c",
                            operation="DELETE",
                            pgid="pgtrigger_keep_callback_77fd9",
                            table="orders_callback",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Stall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("offers", models.CharField(max_length=40, verbose_name="提供什么")),
                ("slots", models.PositiveSmallIntegerField(default=1, verbose_name="同时几位")),
                ("slot_minutes", models.PositiveSmallIntegerField(default=20, verbose_name="每位几分钟")),
                (
                    "called_off_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="取消时间"),
                ),
                (
                    "market",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stalls",
                        to="orders.marketday",
                        verbose_name="市集",
                    ),
                ),
                (
                    "shop",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stalls",
                        to="volunteers.partnershop",
                        verbose_name="商户",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stalls",
                        to="volunteers.team",
                        verbose_name="队伍",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stalls",
                        to="volunteers.partnerunit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "摊位",
                "verbose_name_plural": "摊位",
                "ordering": ("market", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("market", "offers"), name="stall_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("shop__isnull", False), ("team", None), ("unit", None)),
                            models.Q(("shop", None), ("team__isnull", False), ("unit", None)),
                            models.Q(("shop", None), ("team", None), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="stall_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slot_minutes__range", (5, 240)), ("slots__range", (1, 50))),
                        name="stall_slots",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StallBooking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="几点")),
                ("during", django.contrib.postgres.fields.ranges.DateTimeRangeField(editable=False)),
                ("place", models.PositiveSmallIntegerField(verbose_name="第几个位置")),
                (
                    "state",
                    models.CharField(
                        choices=[("BOOKED", "已约"), ("CANCELLED", "已取消")],
                        default="BOOKED",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="预约时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                        verbose_name="居民",
                    ),
                ),
                (
                    "stall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="orders.stall",
                        verbose_name="摊位",
                    ),
                ),
            ],
            options={
                "verbose_name": "市集预约",
                "verbose_name_plural": "市集预约",
                "ordering": ("starts_at", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "BOOKED")),
                        fields=("stall", "starts_at", "place"),
                        name="one_booking_a_place",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "BOOKED")),
                        fields=("stall", "person"),
                        name="one_live_booking_a_stall",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state", "BOOKED")),
                        expressions=[("person", "="), ("during", "&&"), ("stall", "<>")],
                        name="booking_in_one_place",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="booking_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('BOOKED'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_begins_by_the_table', MESSAGE = 'no booking begins as ' || NEW.state;",
                            hash="6e36311b1c962eb68e761c09ba864cea79193943",
                            operation="INSERT",
                            pgid="pgtrigger_booking_begins_by_the_table_6afdf",
                            table="orders_stallbooking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="booking_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('BOOKED', 'CANCELLED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_moves_by_the_table', MESSAGE = 'no booking goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="9c75ecbced9797f44461163a047febb8e6d2ba8d",
                            operation="UPDATE",
                            pgid="pgtrigger_booking_moves_by_the_table_c0bcf",
                            table="orders_stallbooking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="guard_booking",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE found record;",
                            func="\n    SELECT s.slots, s.slot_minutes, s.called_off_at, m.opens_at, m.closes_at INTO found\n    FROM orders_stall s JOIN orders_marketday m ON m.id = s.market_id WHERE s.id = NEW.stall_id;\n    NEW.during := tstzrange(NEW.starts_at, NEW.starts_at + make_interval(mins => found.slot_minutes));\n    IF NEW.state = 'BOOKED' AND (\n        found.called_off_at IS NOT NULL OR NEW.place < 1 OR NEW.place > found.slots\n        OR NEW.starts_at < found.opens_at\n        OR NEW.starts_at + make_interval(mins => found.slot_minutes) > found.closes_at\n        OR mod(extract(epoch FROM NEW.starts_at - found.opens_at)::int, found.slot_minutes * 60) <> 0\n    ) THEN\n        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'booking_within_stall',\n            MESSAGE = 'the stall has no such place at that time';\n    END IF;\n    RETURN NEW;\n",
                            hash="af9887bf25e3535bd847386aaf16865dfd41175a",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_guard_booking_2835b",
                            table="orders_stallbooking",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="keep_booking",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="c1dc83868dab1ee61557e38f1a561ab278da04d3",
                            operation="DELETE",
                            pgid="pgtrigger_keep_booking_093e0",
                            table="orders_stallbooking",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
