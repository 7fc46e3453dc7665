import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("centers", "0001_initial"),
        ("orders", "0001_initial"),
        ("people", "0001_initial"),
        ("volunteers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GrantCall",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=40, verbose_name="名称")),
                ("text", models.TextField(max_length=2000, verbose_name="征集什么")),
                ("opens_at", models.DateTimeField(verbose_name="开始征集")),
                ("closes_at", models.DateTimeField(verbose_name="截止")),
                (
                    "state",
                    models.CharField(
                        choices=[("OPEN", "征集中"), ("CLOSED", "已截止")],
                        default="OPEN",
                        max_length=6,
                        verbose_name="状态",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
                (
                    "experts",
                    models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="评审专家"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="发起人",
                    ),
                ),
            ],
            options={
                "verbose_name": "公益创投征集",
                "verbose_name_plural": "公益创投征集",
                "ordering": ("-closes_at", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("closes_at__gt", models.F("opens_at"))),
                        name="call_opens_before_close",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="call_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('OPEN'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'call_begins_by_the_table', MESSAGE = 'no call begins as ' || NEW.state;",
                            hash="cddc3e2efb478db47d3f8138fe89f712455f7dca",
                            operation="INSERT",
                            pgid="pgtrigger_call_begins_by_the_table_af38f",
                            table="grants_grantcall",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="call_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('OPEN', 'CLOSED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'call_moves_by_the_table', MESSAGE = 'no call goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="e672bbe45ac23a0fab4b03f124045f6be4d59850",
                            operation="UPDATE",
                            pgid="pgtrigger_call_moves_by_the_table_ef22e",
                            table="grants_grantcall",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pitch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=40, verbose_name="项目名称")),
                ("text", models.TextField(max_length=2000, verbose_name="做什么、给谁做、怎么做")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PITCHED", "已报项目"),
                            ("SURVEYED", "已问居民"),
                            ("SHORTLISTED", "已入围"),
                            ("REJECTED", "未入选"),
                            ("SCORED", "已评审"),
                            ("CONTRACTED", "已签约"),
                            ("RUNNING", "进行中"),
                            ("CLOSED", "已结项"),
                            ("WITHDRAWN", "已撤回"),
                        ],
                        default="PITCHED",
                        editable=False,
                        max_length=11,
                        verbose_name="状态",
                    ),
                ),
                ("pitched_at", models.DateTimeField(verbose_name="申报时间")),
                ("contract_no", models.CharField(blank=True, max_length=40, verbose_name="协议编号")),
                (
                    "call",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pitches",
                        to="grants.grantcall",
                        verbose_name="征集",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pitch",
                        to="orders.serviceorder",
                        verbose_name="服务单",
                    ),
                ),
                (
                    "pitched_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="申报人",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pitches",
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
                        related_name="pitches",
                        to="volunteers.partnerunit",
                        verbose_name="单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "创投项目",
                "verbose_name_plural": "创投项目",
                "ordering": ("pitched_at", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("team__isnull", False), ("unit", None)),
                            models.Q(("team", None), ("unit__isnull", False)),
                            _connector="OR",
                        ),
                        name="pitch_of_team_or_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("order__isnull", False), ("state__in", ["CONTRACTED", "RUNNING", "CLOSED"])
                            ),
                            models.Q(
                                models.Q(("state__in", ["CONTRACTED", "RUNNING", "CLOSED"]), _negated=True),
                                ("order", None),
                            ),
                            _connector="OR",
                        ),
                        name="pitch_order_by_state",
                    ),
                    models.UniqueConstraint(fields=("call", "title"), name="pitch_once"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="pitch_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('PITCHED'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'pitch_begins_by_the_table', MESSAGE = 'no pitch begins as ' || NEW.state;",
                            hash="0799abbf6fbb9bf2f0cc981c1c81811a0cb51168",
                            operation="INSERT",
                            pgid="pgtrigger_pitch_begins_by_the_table_9592f",
                            table="grants_pitch",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="pitch_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('CONTRACTED', 'RUNNING'), ('PITCHED', 'SURVEYED'), ('PITCHED', 'WITHDRAWN'), ('RUNNING', 'CLOSED'), ('SCORED', 'CONTRACTED'), ('SCORED', 'REJECTED'), ('SCORED', 'WITHDRAWN'), ('SHORTLISTED', 'SCORED'), ('SHORTLISTED', 'WITHDRAWN'), ('SURVEYED', 'REJECTED'), ('SURVEYED', 'SHORTLISTED'), ('SURVEYED', 'WITHDRAWN')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'pitch_moves_by_the_table', MESSAGE = 'no pitch goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="e42899542b0a3d68292bddd5a37c0807fd271d79",
                            operation="UPDATE",
                            pgid="pgtrigger_pitch_moves_by_the_table_cce5e",
                            table="grants_pitch",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="keep_pitch",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="4421c911704b22d930b8073e08512e5844f94498",
                            operation="DELETE",
                            pgid="pgtrigger_keep_pitch_31ba1",
                            table="grants_pitch",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExpertScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("need", models.PositiveSmallIntegerField(verbose_name="居民需要")),
                ("plan", models.PositiveSmallIntegerField(verbose_name="做法可行")),
                ("means", models.PositiveSmallIntegerField(verbose_name="人手和经验")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="意见")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="评审专家",
                    ),
                ),
                (
                    "pitch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scores",
                        to="grants.pitch",
                        verbose_name="创投项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "专家评分",
                "verbose_name_plural": "专家评分",
                "constraints": [
                    models.UniqueConstraint(fields=("pitch", "expert"), name="score_once"),
                    models.CheckConstraint(
                        condition=models.Q(("means__lte", 100), ("need__lte", 100), ("plan__lte", 100)),
                        name="score_within_100",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="guard_score",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    IF EXISTS (\n        SELECT 1 FROM grants_pitch p\n        LEFT JOIN volunteers_partnerunit u ON u.id = p.unit_id\n        LEFT JOIN volunteers_team t ON t.id = p.team_id\n        LEFT JOIN volunteers_volunteer v\n          ON v.id = t.leader_id OR v.id IN (SELECT m.volunteer_id FROM volunteers_teammember m\n                                            WHERE m.team_id = t.id AND m.until IS NULL)\n        LEFT JOIN people_person n ON n.id = v.person_id\n        WHERE p.id = NEW.pitch_id AND NEW.expert_id IN (u.contact_id, n.user_id, p.pitched_by_id)\n    ) THEN\n        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'expert_is_independent',\n            MESSAGE = 'an expert does not judge a pitch of their own';\n    END IF;\n    RETURN NEW;\n",
                            hash="12a45f7f18cd27d2c9e1dee9ea43f4dd35654358",
                            operation="INSERT",
                            pgid="pgtrigger_guard_score_19699",
                            table="grants_expertscore",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="keep_score",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="9b95a22055d26623ba476800db7a1a25dfd9fb06",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_keep_score_ce381",
                            table="grants_expertscore",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PitchEvent",
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
                            ("SURVEY", "结束征询"),
                            ("SHORTLIST", "入围"),
                            ("REJECT", "不入选"),
                            ("SCORE", "结束评审"),
                            ("CONTRACT", "签约"),
                            ("START", "启动"),
                            ("CLOSE", "结项"),
                            ("WITHDRAW", "撤回"),
                        ],
                        max_length=9,
                        verbose_name="动作",
                    ),
                ),
                (
                    "frm",
                    models.CharField(
                        choices=[
                            ("PITCHED", "已报项目"),
                            ("SURVEYED", "已问居民"),
                            ("SHORTLISTED", "已入围"),
                            ("REJECTED", "未入选"),
                            ("SCORED", "已评审"),
                            ("CONTRACTED", "已签约"),
                            ("RUNNING", "进行中"),
                            ("CLOSED", "已结项"),
                            ("WITHDRAWN", "已撤回"),
                        ],
                        max_length=11,
                        verbose_name="从",
                    ),
                ),
                (
                    "to",
                    models.CharField(
                        choices=[
                            ("PITCHED", "已报项目"),
                            ("SURVEYED", "已问居民"),
                            ("SHORTLISTED", "已入围"),
                            ("REJECTED", "未入选"),
                            ("SCORED", "已评审"),
                            ("CONTRACTED", "已签约"),
                            ("RUNNING", "进行中"),
                            ("CLOSED", "已结项"),
                            ("WITHDRAWN", "已撤回"),
                        ],
                        max_length=11,
                        verbose_name="到",
                    ),
                ),
                (
                    "party",
                    models.CharField(
                        choices=[("PITCHER", "申报方"), ("STAFF", "工作人员")],
                        max_length=7,
                        verbose_name="身份",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("at", models.DateTimeField(verbose_name="时间")),
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
                    "pitch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="grants.pitch",
                        verbose_name="创投项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "创投项目历史",
                "verbose_name_plural": "创投项目历史",
                "ordering": ("id",),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="keep_pitch_event",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="7724e75d5cc6db6f5cce8a549020dedcdababb50",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_keep_pitch_event_2391c",
                            table="grants_pitchevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PitchReport",
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
                        choices=[("MIDTERM", "中期报告"), ("CLOSING", "结项报告")],
                        max_length=7,
                        verbose_name="类别",
                    ),
                ),
                ("due_on", models.DateField(verbose_name="应交日期")),
                ("services", models.PositiveIntegerField(blank=True, null=True, verbose_name="服务场次")),
                ("attendances", models.PositiveIntegerField(blank=True, null=True, verbose_name="服务人次")),
                ("text", models.TextField(blank=True, max_length=2000, verbose_name="做了什么")),
                ("handed_in_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="通过时间")),
                ("excused_at", models.DateTimeField(blank=True, null=True, verbose_name="裁定时间")),
                ("excuse", models.CharField(blank=True, max_length=200, verbose_name="裁定理由")),
                (
                    "pitch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports",
                        to="grants.pitch",
                        verbose_name="创投项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "创投报告",
                "verbose_name_plural": "创投报告",
                "ordering": ("due_on", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("pitch", "kind"), name="report_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at", None), ("handed_in_at", None)),
                            models.Q(
                                ("attendances__isnull", False),
                                ("handed_in_at__isnull", False),
                                ("services__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="report_accepted_after_handed_in",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("excuse", ""), ("excused_at", None)),
                            models.Q(("excused_at__isnull", False), models.Q(("excuse", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="report_excused_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PitchVote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("needed", models.BooleanField(verbose_name="需要")),
                ("at", models.DateTimeField(verbose_name="时间")),
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
                    "pitch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="votes",
                        to="grants.pitch",
                        verbose_name="创投项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "居民征询",
                "verbose_name_plural": "居民征询",
                "constraints": [models.UniqueConstraint(fields=("pitch", "person"), name="vote_once")],
            },
        ),
        migrations.CreateModel(
            name="Tranche",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几期")),
                ("share", models.PositiveSmallIntegerField(verbose_name="占百分之几")),
                ("due_on", models.DateField(verbose_name="应付日期")),
                ("condition", models.CharField(blank=True, max_length=100, verbose_name="条件")),
                ("released_at", models.DateTimeField(blank=True, null=True, verbose_name="放行时间")),
                (
                    "pitch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tranches",
                        to="grants.pitch",
                        verbose_name="创投项目",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="放行人",
                    ),
                ),
            ],
            options={
                "verbose_name": "分期",
                "verbose_name_plural": "分期",
                "ordering": ("pitch", "number"),
                "constraints": [
                    models.UniqueConstraint(fields=("pitch", "number"), name="tranche_once"),
                    models.CheckConstraint(
                        condition=models.Q(("share__range", (1, 100))), name="tranche_share"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="tranches_whole",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            constraint="CONSTRAINT",
                            func="\n    IF (SELECT coalesce(sum(share), 0) FROM grants_tranche\n        WHERE pitch_id = coalesce(NEW.pitch_id, OLD.pitch_id)) NOT IN (0, 100) THEN\n        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'tranches_are_a_whole',\n            MESSAGE = 'the shares of a contract do not sum to a hundred';\n    END IF;\n    RETURN NULL;\n",
                            hash="3af957f7f75221e2cc5fa6f340ddfb109c3c3f4c",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_tranches_whole_bea39",
                            table="grants_tranche",
                            timing="DEFERRABLE INITIALLY DEFERRED",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="guard_tranche",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    IF NEW.released_at IS NULL OR OLD.released_at IS NOT NULL THEN\n        RETURN NEW;\n    END IF;\n    IF EXISTS (SELECT 1 FROM grants_tranche t WHERE t.pitch_id = NEW.pitch_id\n               AND t.number < NEW.number AND t.released_at IS NULL) THEN\n        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'tranches_in_order',\n            MESSAGE = 'an earlier tranche has not been released';\n    END IF;\n    IF NOT EXISTS (SELECT 1 FROM grants_tranche t WHERE t.pitch_id = NEW.pitch_id AND t.number > NEW.number)\n       AND NOT EXISTS (SELECT 1 FROM grants_pitchreport r WHERE r.pitch_id = NEW.pitch_id\n                       AND r.kind = 'CLOSING' AND r.accepted_at IS NOT NULL) THEN\n        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'last_tranche_after_report',\n            MESSAGE = 'the last tranche waits for the closing report';\n    END IF;\n    RETURN NEW;\n",
                            hash="5bf698ec4f967d4d79d73c5945f3231f362f6195",
                            operation="UPDATE",
                            pgid="pgtrigger_guard_tranche_038dc",
                            table="grants_tranche",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
    ]
