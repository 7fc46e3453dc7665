import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("centers", "0001_initial"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Skill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=20, unique=True, verbose_name="名称")),
            ],
            options={
                "verbose_name": "特长",
                "verbose_name_plural": "特长",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Volunteer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("ACTIVE", "在册"), ("PAUSED", "暂停"), ("LEFT", "已退出")],
                        default="ACTIVE",
                        max_length=6,
                        verbose_name="状态",
                    ),
                ),
                (
                    "national_number",
                    models.CharField(blank=True, max_length=30, verbose_name="全国志愿者编号"),
                ),
                ("insured_until", models.DateField(blank=True, null=True, verbose_name="意外险到期日")),
                (
                    "honour_consent",
                    models.BooleanField(default=False, editable=False, verbose_name="同意上光荣榜"),
                ),
                ("joined_at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="volunteer",
                        to="people.person",
                        verbose_name="居民",
                    ),
                ),
                (
                    "skills",
                    models.ManyToManyField(
                        blank=True, related_name="volunteers", to="volunteers.skill", verbose_name="特长"
                    ),
                ),
            ],
            options={
                "verbose_name": "志愿者",
                "verbose_name_plural": "志愿者",
                "ordering": ("person__pinyin", "id"),
            },
        ),
        migrations.CreateModel(
            name="Team",
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
                        choices=[("TEAM", "志愿服务队"), ("CLUB", "群团组织"), ("PARTY_UNIT", "党组织")],
                        default="TEAM",
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("about", models.TextField(blank=True, verbose_name="介绍")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teams",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
                (
                    "leader",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="led",
                        to="volunteers.volunteer",
                        verbose_name="负责人",
                    ),
                ),
            ],
            options={
                "verbose_name": "队伍",
                "verbose_name_plural": "队伍",
                "ordering": ("name", "id"),
                "constraints": [models.UniqueConstraint(fields=("division", "name"), name="team_name_once")],
            },
        ),
        migrations.CreateModel(
            name="Activity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=40, verbose_name="名称")),
                ("about", models.TextField(blank=True, verbose_name="做什么")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="地点")),
                ("meeting_point", models.CharField(blank=True, max_length=100, verbose_name="集合地点")),
                ("dangerous", models.BooleanField(default=False, verbose_name="有危险（须有意外险）")),
                ("min_age", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最小年龄")),
                (
                    "repeats",
                    models.CharField(
                        choices=[("NONE", "只办一次"), ("WEEKLY", "每周"), ("LAST", "每月最后一个")],
                        default="NONE",
                        max_length=6,
                        verbose_name="频率",
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        choices=[
                            (1, "周一"),
                            (2, "周二"),
                            (3, "周三"),
                            (4, "周四"),
                            (5, "周五"),
                            (6, "周六"),
                            (7, "周日"),
                        ],
                        null=True,
                        verbose_name="星期",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="开始时间")),
                ("ends", models.TimeField(verbose_name="结束时间")),
                ("places", models.PositiveSmallIntegerField(verbose_name="每次人数")),
                ("waiting_limit", models.PositiveSmallIntegerField(default=20, verbose_name="候补上限")),
                ("starts_on", models.DateField(verbose_name="从哪天起")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="到哪天止")),
                (
                    "state",
                    models.CharField(
                        choices=[("DRAFT", "草稿"), ("PUBLISHED", "招募中"), ("ENDED", "已结束")],
                        default="DRAFT",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                (
                    "center",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="centers.center",
                        verbose_name="中心",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
                (
                    "skill",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="activities",
                        to="volunteers.skill",
                        verbose_name="需要的特长",
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="activities",
                        to="volunteers.team",
                        verbose_name="队伍",
                    ),
                ),
                (
                    "organiser",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="organises",
                        to="volunteers.volunteer",
                        verbose_name="组织者",
                    ),
                ),
            ],
            options={
                "verbose_name": "志愿活动",
                "verbose_name_plural": "志愿活动",
                "ordering": ("title", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends__gt", models.F("starts"))),
                        name="activity_ends_after_start",
                        violation_error_message="结束时间要晚于开始时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("repeats", "NONE"),
                            models.Q(("weekday__isnull", False), ("weekday__range", (1, 7))),
                            _connector="OR",
                        ),
                        name="activity_has_a_weekday",
                        violation_error_message="每周或每月办的活动，请选星期几。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                        ),
                        name="activity_ends_on_after_start",
                        violation_error_message="最后一天不能早于第一天。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("places__gte", 1)),
                        name="activity_has_places",
                        violation_error_message="每次至少要有 1 个人。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="activity_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('DRAFT'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'activity_begins_by_the_table', MESSAGE = 'no activity begins as ' || NEW.state;",
                            hash="ceccab1eeac9d13b08618bbb5345b4b20e372f3a",
                            operation="INSERT",
                            pgid="pgtrigger_activity_begins_by_the_table_fa57a",
                            table="volunteers_activity",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="activity_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('DRAFT', 'ENDED'), ('DRAFT', 'PUBLISHED'), ('PUBLISHED', 'ENDED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'activity_moves_by_the_table', MESSAGE = 'no activity goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="440b307c4283dc9b48defe8403deda2fb09771c5",
                            operation="UPDATE",
                            pgid="pgtrigger_activity_moves_by_the_table_5842c",
                            table="volunteers_activity",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Shift",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("planned_at", models.DateTimeField(editable=False, verbose_name="原定开始")),
                ("places", models.PositiveIntegerField(verbose_name="人数")),
                (
                    "places_taken",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="已报名"),
                ),
                ("waiting_limit", models.PositiveIntegerField(default=20, verbose_name="候补上限")),
                (
                    "waiting_taken",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="候补人数"),
                ),
                ("last_position", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("PLANNED", "待开展"), ("CANCELLED", "已取消"), ("CLOSED", "已完成")],
                        default="PLANNED",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("note", models.CharField(blank=True, max_length=60, verbose_name="提示")),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="关闭时间"),
                ),
                (
                    "activity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to="volunteers.activity",
                        verbose_name="志愿活动",
                    ),
                ),
            ],
            options={
                "verbose_name": "班次",
                "verbose_name_plural": "班次",
                "ordering": ("starts_at",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "PLANNED")), fields=["starts_at"], name="shift_coming"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("activity", "starts_at"), name="shift_once"),
                    models.UniqueConstraint(fields=("activity", "planned_at"), name="shift_planned_once"),
                    models.CheckConstraint(
                        condition=models.Q(("places_taken__lte", models.F("places"))),
                        name="shift_not_overfull",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="shift_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "CANCELLED"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="shift_off_has_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", False), ("state", "CLOSED")),
                            models.Q(models.Q(("state", "CLOSED"), _negated=True), ("closed_at", None)),
                            _connector="OR",
                        ),
                        name="shift_closed_at",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="shift_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('PLANNED'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_begins_by_the_table', MESSAGE = 'no shift begins as ' || NEW.state;",
                            hash="87215275dd63fff60eea82cf63a1c7bf1578ca92",
                            operation="INSERT",
                            pgid="pgtrigger_shift_begins_by_the_table_112aa",
                            table="volunteers_shift",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="shift_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('PLANNED', 'CANCELLED'), ('PLANNED', 'CLOSED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'shift_moves_by_the_table', MESSAGE = 'no shift goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="145738293d217a37a8223f55f1cad662b228d648",
                            operation="UPDATE",
                            pgid="pgtrigger_shift_moves_by_the_table_561ba",
                            table="volunteers_shift",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="signups_follow",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    UPDATE volunteers_shiftsignup SET during = tstzrange(NEW.starts_at, NEW.ends_at)\n    WHERE shift_id = NEW.id;\n    RETURN NULL;\n",
                            hash="3fbf454b65e2e358bd8c94134ca46daa861e1c4a",
                            operation='UPDATE OF "starts_at", "ends_at"',
                            pgid="pgtrigger_signups_follow_22514",
                            table="volunteers_shift",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftSignup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SIGNED", "已报名"),
                            ("WAITING", "候补中"),
                            ("WITHDRAWN", "已退出"),
                            ("REMOVED", "已移出"),
                            ("CAME", "已签到"),
                            ("MISSED", "没来"),
                        ],
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                (
                    "during",
                    django.contrib.postgres.fields.ranges.DateTimeRangeField(
                        editable=False, verbose_name="时间"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="报名时间")),
                ("changed_at", models.DateTimeField(verbose_name="变更时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                (
                    "check_in_kind",
                    models.CharField(
                        blank=True,
                        choices=[("QR", "扫码"), ("KIOSK", "一体机"), ("LIST", "名单")],
                        max_length=5,
                        verbose_name="签到方式",
                    ),
                ),
                ("checked_in_at", models.DateTimeField(blank=True, null=True, verbose_name="签到时间")),
                ("checked_out_at", models.DateTimeField(blank=True, null=True, verbose_name="签退时间")),
                ("listed_at", models.DateTimeField(blank=True, null=True, verbose_name="名单确认时间")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "listed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="名单确认人",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signups",
                        to="volunteers.shift",
                        verbose_name="班次",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signups",
                        to="volunteers.volunteer",
                        verbose_name="志愿者",
                    ),
                ),
            ],
            options={
                "verbose_name": "志愿报名",
                "verbose_name_plural": "志愿报名",
                "ordering": ("position",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "WAITING")),
                        fields=["shift", "position"],
                        name="signup_line",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("SIGNED", "WAITING", "CAME", "MISSED"))),
                        fields=("shift", "volunteer"),
                        name="signup_once_a_shift",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state__in", ("SIGNED", "CAME"))),
                        expressions=[("volunteer", "="), ("during", "&&"), ("shift", "<>")],
                        name="signup_in_one_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("checked_in_at__isnull", False),
                                ("state", "CAME"),
                                models.Q(("check_in_kind", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "CAME"), _negated=True),
                                ("checked_in_at", None),
                                ("checked_out_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="signup_came_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("checked_out_at", None),
                            ("checked_out_at__gte", models.F("checked_in_at")),
                            _connector="OR",
                        ),
                        name="signup_out_after_in",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="signup_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('SIGNED', 'WAITING'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'signup_begins_by_the_table', MESSAGE = 'no signup begins as ' || NEW.state;",
                            hash="618be0b8fb0315ee934d128291348ba5b06e0123",
                            operation="INSERT",
                            pgid="pgtrigger_signup_begins_by_the_table_9eef1",
                            table="volunteers_shiftsignup",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="signup_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('CAME', 'SIGNED'), ('MISSED', 'CAME'), ('SIGNED', 'CAME'), ('SIGNED', 'MISSED'), ('SIGNED', 'REMOVED'), ('SIGNED', 'WITHDRAWN'), ('WAITING', 'CAME'), ('WAITING', 'REMOVED'), ('WAITING', 'SIGNED'), ('WAITING', 'WITHDRAWN')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'signup_moves_by_the_table', MESSAGE = 'no signup goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="de8db43c8f8ce541b02097e9297acf13f85f03e8",
                            operation="UPDATE",
                            pgid="pgtrigger_signup_moves_by_the_table_25bf1",
                            table="volunteers_shiftsignup",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="copy_time",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    SELECT tstzrange(starts_at, ends_at) INTO NEW.during FROM volunteers_shift WHERE id = NEW.shift_id;\n    RETURN NEW;\n",
                            hash="a9db87af84988baa0626a451dd8c566b3214e3ba",
                            operation='INSERT OR UPDATE OF "shift_id"',
                            pgid="pgtrigger_copy_time_8ae1d",
                            table="volunteers_shiftsignup",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="count_places",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE seats int; line int;",
                            func="\n    IF TG_OP <> 'INSERT' THEN\n        seats := -(OLD.state IN ('SIGNED', 'CAME', 'MISSED'))::int;\n        line := -(OLD.state = 'WAITING')::int;\n        IF TG_OP = 'UPDATE' AND NEW.shift_id = OLD.shift_id THEN\n            seats := seats + (NEW.state IN ('SIGNED', 'CAME', 'MISSED'))::int;\n            line := line + (NEW.state = 'WAITING')::int;\n        END IF;\n        IF seats <> 0 OR line <> 0 THEN\n            UPDATE volunteers_shift SET places_taken = places_taken + seats,\n                waiting_taken = waiting_taken + line WHERE id = OLD.shift_id;\n        END IF;\n        IF TG_OP = 'DELETE' OR NEW.shift_id = OLD.shift_id THEN\n            RETURN NULL;\n        END IF;\n    END IF;\n    UPDATE volunteers_shift SET\n        places_taken = places_taken + (NEW.state IN ('SIGNED', 'CAME', 'MISSED'))::int,\n        waiting_taken = waiting_taken + (NEW.state = 'WAITING')::int,\n        last_position = greatest(last_position, NEW.position) WHERE id = NEW.shift_id;\n    RETURN NULL;\n",
                            hash="22e9369754a2710f82acdfdf1e2d76401f6c52af",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_count_places_3a0bd",
                            table="volunteers_shiftsignup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "volunteers_shiftsignupevent" ("by_id", "changed_at", "check_in_kind", "checked_in_at", "checked_out_at", "listed_at", "listed_by_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "shift_id", "state", "volunteer_id") VALUES (NEW."by_id", NEW."changed_at", NEW."check_in_kind", NEW."checked_in_at", NEW."checked_out_at", NEW."listed_at", NEW."listed_by_id", NOW(), \'insert\', NEW."id", NEW."reason", NEW."shift_id", NEW."state", NEW."volunteer_id"); RETURN NULL;',
                            hash="0228707f4b9381d033834efb378065ff898cc0da",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_05315",
                            table="volunteers_shiftsignup",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."check_in_kind" IS DISTINCT FROM (NEW."check_in_kind") OR OLD."checked_in_at" IS DISTINCT FROM (NEW."checked_in_at") OR OLD."checked_out_at" IS DISTINCT FROM (NEW."checked_out_at") OR OLD."listed_at" IS DISTINCT FROM (NEW."listed_at") OR OLD."listed_by_id" IS DISTINCT FROM (NEW."listed_by_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."shift_id" IS DISTINCT FROM (NEW."shift_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."volunteer_id" IS DISTINCT FROM (NEW."volunteer_id"))',
                            func='INSERT INTO "volunteers_shiftsignupevent" ("by_id", "changed_at", "check_in_kind", "checked_in_at", "checked_out_at", "listed_at", "listed_by_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "shift_id", "state", "volunteer_id") VALUES (NEW."by_id", NEW."changed_at", NEW."check_in_kind", NEW."checked_in_at", NEW."checked_out_at", NEW."listed_at", NEW."listed_by_id", NOW(), \'update\', NEW."id", NEW."reason", NEW."shift_id", NEW."state", NEW."volunteer_id"); RETURN NULL;',
                            hash="98875483d35d8af03bb31ba0335afe288c3221d7",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_66150",
                            table="volunteers_shiftsignup",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TeamMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(verbose_name="起")),
                ("until", models.DateField(blank=True, null=True, verbose_name="止")),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="volunteers.team",
                        verbose_name="队伍",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="teams",
                        to="volunteers.volunteer",
                        verbose_name="志愿者",
                    ),
                ),
            ],
            options={
                "verbose_name": "队员",
                "verbose_name_plural": "队员",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until", None)),
                        fields=("team", "volunteer"),
                        name="team_member_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="team_member_until_after_since",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftSignupEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("SIGNED", "已报名"),
                            ("WAITING", "候补中"),
                            ("WITHDRAWN", "已退出"),
                            ("REMOVED", "已移出"),
                            ("CAME", "已签到"),
                            ("MISSED", "没来"),
                        ],
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="变更时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                (
                    "check_in_kind",
                    models.CharField(
                        blank=True,
                        choices=[("QR", "扫码"), ("KIOSK", "一体机"), ("LIST", "名单")],
                        max_length=5,
                        verbose_name="签到方式",
                    ),
                ),
                ("checked_in_at", models.DateTimeField(blank=True, null=True, verbose_name="签到时间")),
                ("checked_out_at", models.DateTimeField(blank=True, null=True, verbose_name="签退时间")),
                ("listed_at", models.DateTimeField(blank=True, null=True, verbose_name="名单确认时间")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="操作人",
                    ),
                ),
                (
                    "listed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="名单确认人",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="shift_volunteer_state_by_changed_at_reason_check_in_kind_checked_in_at_checked_out_at_listed_by_listed_at_events",
                        to="volunteers.shiftsignup",
                    ),
                ),
                (
                    "shift",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="volunteers.shift",
                        verbose_name="班次",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="volunteers.volunteer",
                        verbose_name="志愿者",
                    ),
                ),
            ],
            options={
                "verbose_name": "志愿报名历史",
                "verbose_name_plural": "志愿报名历史",
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="cb760e93f1cec7b1cbfc3b6956ec2b760749ca2a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_db2ed",
                            table="volunteers_shiftsignupevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source_key", models.CharField(max_length=60, verbose_name="来源")),
                ("title", models.CharField(max_length=80, verbose_name="服务内容")),
                ("served_on", models.DateField(verbose_name="服务日期")),
                ("minutes", models.PositiveIntegerField(verbose_name="分钟")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("RECORDED", "待审核"),
                            ("APPROVED", "已认定"),
                            ("REFUSED", "未认定"),
                            ("REVERSED", "已撤销"),
                        ],
                        default="RECORDED",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                ("approved_at", models.DateTimeField(blank=True, null=True, verbose_name="审核时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                (
                    "approved_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="审核人",
                    ),
                ),
                (
                    "beneficiary",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="people.person",
                        verbose_name="服务对象",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_records",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="记录人",
                    ),
                ),
                (
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="records",
                        to="volunteers.volunteer",
                        verbose_name="志愿者",
                    ),
                ),
            ],
            options={
                "verbose_name": "服务记录",
                "verbose_name_plural": "服务记录",
                "ordering": ("-served_on", "-id"),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "RECORDED")),
                        fields=["division"],
                        name="record_to_approve",
                    ),
                    models.Index(fields=["volunteer", "-served_on"], name="record_of_volunteer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("volunteer", "source_key"), name="service_recorded_once"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__range", (1, 1440))), name="service_within_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(("approved_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="recorder_is_not_approver",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["RECORDED", "REFUSED"]),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="approved_record_has_approver",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="record_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('RECORDED'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_begins_by_the_table', MESSAGE = 'no record begins as ' || NEW.state;",
                            hash="3fbf82e6282ef19067a8fc7255edd3c3c29aba4c",
                            operation="INSERT",
                            pgid="pgtrigger_record_begins_by_the_table_0621f",
                            table="volunteers_servicerecord",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="record_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('APPROVED', 'REVERSED'), ('RECORDED', 'APPROVED'), ('RECORDED', 'REFUSED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_moves_by_the_table', MESSAGE = 'no record goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="049ba7207ee8d66be5ecd82d83987ce4a48260af",
                            operation="UPDATE",
                            pgid="pgtrigger_record_moves_by_the_table_af46e",
                            table="volunteers_servicerecord",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="guard_record",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="\n    IF TG_OP = 'UPDATE' AND (NEW.volunteer_id, NEW.source_key, NEW.minutes, NEW.recorded_by_id)\n       IS DISTINCT FROM (OLD.volunteer_id, OLD.source_key, OLD.minutes, OLD.recorded_by_id) THEN\n        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_is_not_rewritten',\n            MESSAGE = 'a service record is not rewritten: refuse it and record anew';\n    END IF;\n    IF NEW.state = 'APPROVED' AND (TG_OP = 'INSERT' OR OLD.state <> 'APPROVED') THEN\n        IF EXISTS (\n            SELECT 1 FROM volunteers_volunteer v JOIN people_person p ON p.id = v.person_id\n            WHERE v.id = NEW.volunteer_id AND p.user_id IN (NEW.recorded_by_id, NEW.approved_by_id)\n        ) THEN\n            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_by_others',\n                MESSAGE = 'nobody records or approves their own service';\n        END IF;\n        IF (SELECT count(DISTINCT kind) FROM volunteers_evidence WHERE record_id = NEW.id) < 2 THEN\n            RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'record_has_two_evidences',\n                MESSAGE = 'two kinds of evidence before a service is approved';\n        END IF;\n    END IF;\n    RETURN NEW;\n",
                            hash="ca1284590148147db597e039852f2de22c719eb1",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_guard_record_59507",
                            table="volunteers_servicerecord",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="keep_record",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                            hash="9215959736793ab65000dbafcd39052646eb2a65",
                            operation="DELETE",
                            pgid="pgtrigger_keep_record_67276",
                            table="volunteers_servicerecord",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerShop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                (
                    "trade",
                    models.CharField(
                        choices=[
                            ("FOOD", "餐饮食品"),
                            ("HAIR", "理发"),
                            ("REPAIR", "维修"),
                            ("HEALTH", "药店诊所"),
                            ("LAUNDRY", "洗衣缝补"),
                            ("GOODS", "日用百货"),
                            ("OTHER", "其他"),
                        ],
                        default="OTHER",
                        max_length=7,
                        verbose_name="行业",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=100, verbose_name="地址")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                ("about", models.TextField(blank=True, verbose_name="能做什么")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner_shops",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
                (
                    "keeper",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="partner_shops",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="店主账号",
                    ),
                ),
            ],
            options={
                "verbose_name": "爱心商户",
                "verbose_name_plural": "爱心商户",
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "name"), name="partner_shop_name_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PartnerUnit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                ("contact_name", models.CharField(blank=True, max_length=30, verbose_name="联系人")),
                ("contact_phone", models.CharField(blank=True, max_length=20, verbose_name="联系电话")),
                ("is_member", models.BooleanField(default=True, verbose_name="大工委成员")),
                ("about", models.TextField(blank=True, verbose_name="能提供什么")),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="partner_units",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="联络人账号",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="partner_units",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "共建单位",
                "verbose_name_plural": "共建单位",
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "name"), name="partner_unit_name_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
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
                            ("QR", "扫码签到"),
                            ("KIOSK", "一体机签到"),
                            ("LIST", "组织者名单"),
                            ("RECIPIENT", "受助人确认"),
                            ("CALLBACK", "电话回访"),
                            ("WITNESS", "证明人"),
                            ("PAPER", "纸质签名"),
                            ("SESSION", "课堂考勤"),
                            ("PHOTO", "照片"),
                            ("ORDER", "服务单"),
                        ],
                        max_length=9,
                        verbose_name="种类",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="说明")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提供人",
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="volunteers.servicerecord",
                        verbose_name="服务记录",
                    ),
                ),
            ],
            options={
                "verbose_name": "凭据",
                "verbose_name_plural": "凭据",
                "constraints": [
                    models.UniqueConstraint(fields=("record", "kind"), name="evidence_kind_once")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="keep_evidence",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="8936fe71e9a99f9d32a0640fc1bab19b55cb8c72",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_keep_evidence_86268",
                            table="volunteers_evidence",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
