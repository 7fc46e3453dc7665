import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import common.sealed
import courses.models.session


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("centers", "0001_initial"),
        ("people", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="名称")),
                ("subject", models.CharField(blank=True, max_length=40, verbose_name="科目")),
                (
                    "audience",
                    models.CharField(
                        choices=[("YOUNG", "青年"), ("ADULT", "成人"), ("ELDER", "长辈"), ("ALL", "不限")],
                        default="ALL",
                        max_length=5,
                        verbose_name="适合",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("COURSE", "课程"),
                            ("ACTIVITY", "活动"),
                            ("CONSULTATION", "咨询"),
                            ("PARTY_LESSON", "党课"),
                        ],
                        default="COURSE",
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("about", models.TextField(blank=True, verbose_name="学什么")),
            ],
            options={
                "verbose_name": "课程",
                "verbose_name_plural": "课程",
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Teacher",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about", models.CharField(blank=True, max_length=200, verbose_name="介绍")),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="teacher",
                        to="people.person",
                        verbose_name="居民",
                    ),
                ),
            ],
            options={
                "verbose_name": "教师",
                "verbose_name_plural": "教师",
            },
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("starts_on", models.DateField(verbose_name="开始")),
                ("ends_on", models.DateField(verbose_name="结束")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="terms",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "学期",
                "verbose_name_plural": "学期",
                "ordering": ("-starts_on", "id"),
                "constraints": [
                    models.UniqueConstraint(fields=("division", "name"), name="term_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="term_ends_after_start",
                        violation_error_message="学期的结束日期不能早于开始日期。",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClassGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("capacity", models.PositiveIntegerField(verbose_name="名额")),
                (
                    "seats_taken",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="已占名额"),
                ),
                ("waiting_limit", models.PositiveIntegerField(default=20, verbose_name="候补上限")),
                (
                    "waiting_taken",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="候补人数"),
                ),
                ("last_position", models.PositiveIntegerField(default=0, editable=False)),
                ("name", models.CharField(max_length=40, verbose_name="班级名称")),
                (
                    "enrol_by",
                    models.CharField(
                        choices=[("CLASS", "整班报名"), ("SESSION", "按次报名")],
                        default="CLASS",
                        max_length=7,
                        verbose_name="报名方式",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("FIRST_COME", "先到先得")],
                        default="FIRST_COME",
                        max_length=10,
                        verbose_name="名额怎么给",
                    ),
                ),
                (
                    "makeup",
                    models.CharField(
                        choices=[("SKIP", "调休上班日停课"), ("HOLD", "调休上班日照常上课")],
                        default="SKIP",
                        max_length=4,
                        verbose_name="调休上班日",
                    ),
                ),
                ("opens_at", models.DateTimeField(verbose_name="报名开始")),
                ("closes_at", models.DateTimeField(verbose_name="报名截止")),
                ("starts_on", models.DateField(verbose_name="开课日期")),
                ("ends_on", models.DateField(verbose_name="结课日期")),
                ("min_size", models.PositiveSmallIntegerField(default=0, verbose_name="最低开班人数")),
                ("min_age", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最小年龄")),
                ("max_age", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="最大年龄")),
                ("bring", models.CharField(blank=True, max_length=120, verbose_name="要带什么")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("DRAFT", "草稿"),
                            ("PUBLISHED", "招生"),
                            ("RUNNING", "开课"),
                            ("CANCELLED", "已取消"),
                            ("FINISHED", "已结课"),
                        ],
                        default="DRAFT",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                (
                    "state_reason",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="原因"),
                ),
                (
                    "center",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classes",
                        to="centers.center",
                        verbose_name="中心",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classes",
                        to="centers.room",
                        verbose_name="教室",
                    ),
                ),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classes",
                        to="courses.course",
                        verbose_name="课程",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classes",
                        to="courses.teacher",
                        verbose_name="教师",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="classes",
                        to="courses.term",
                        verbose_name="学期",
                    ),
                ),
            ],
            options={
                "verbose_name": "班级",
                "verbose_name_plural": "班级",
                "ordering": ("term", "course", "name"),
                "abstract": False,
                "indexes": [models.Index(fields=["state", "starts_on"], name="class_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seats_taken__lte", models.F("capacity"))),
                        name="classgroup_not_oversold",
                        violation_error_message="名额不能少于已经入班的人数。",
                    ),
                    models.UniqueConstraint(fields=("term", "name"), name="class_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes_at__gt", models.F("opens_at")), ("ends_on__gte", models.F("starts_on"))
                        ),
                        name="class_dates_in_order",
                        violation_error_message="结课不能早于开课，报名截止不能早于报名开始。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("min_age", None),
                            ("max_age", None),
                            ("max_age__gte", models.F("min_age")),
                            _connector="OR",
                        ),
                        name="class_ages_in_order",
                        violation_error_message="最大年龄不能小于最小年龄。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="class_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('DRAFT'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'class_begins_by_the_table', MESSAGE = 'no class begins as ' || NEW.state;",
                            hash="11614c68a0965055c25a8cc8083e2cf970b97ecb",
                            operation="INSERT",
                            pgid="pgtrigger_class_begins_by_the_table_63519",
                            table="courses_classgroup",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="class_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('DRAFT', 'CANCELLED'), ('DRAFT', 'PUBLISHED'), ('PUBLISHED', 'CANCELLED'), ('PUBLISHED', 'FINISHED'), ('PUBLISHED', 'RUNNING'), ('RUNNING', 'CANCELLED'), ('RUNNING', 'FINISHED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'class_moves_by_the_table', MESSAGE = 'no class goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="a19fa8989e1f811bc7209b0602eaf7d37044b978",
                            operation="UPDATE",
                            pgid="pgtrigger_class_moves_by_the_table_4795d",
                            table="courses_classgroup",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterImport",
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
                        choices=[("ROSTER", "花名册"), ("TIMETABLE", "课程表")],
                        max_length=9,
                        verbose_name="类型",
                    ),
                ),
                ("file_name", models.CharField(max_length=120, verbose_name="文件")),
                (
                    "state",
                    models.CharField(
                        choices=[("PREVIEW", "待确认"), ("CONFIRMED", "已导入"), ("UNDONE", "已撤销")],
                        default="PREVIEW",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="上传时间")),
                ("confirmed_at", models.DateTimeField(null=True, verbose_name="确认时间")),
                ("notes", models.JSONField(default=list, verbose_name="说明")),
                ("undone_at", models.DateTimeField(null=True, verbose_name="撤销时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上传人",
                    ),
                ),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="centers.division",
                        verbose_name="区划",
                    ),
                ),
                (
                    "term",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="courses.term",
                        verbose_name="学期",
                    ),
                ),
            ],
            options={
                "verbose_name": "名册导入",
                "verbose_name_plural": "名册导入",
                "ordering": ("-at",),
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="register_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('PREVIEW'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'register_begins_by_the_table', MESSAGE = 'no register begins as ' || NEW.state;",
                            hash="dc9bd91ffa23cac28f6547a92861c67a43d1f5d1",
                            operation="INSERT",
                            pgid="pgtrigger_register_begins_by_the_table_330d6",
                            table="courses_registerimport",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="register_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('CONFIRMED', 'UNDONE'), ('PREVIEW', 'CONFIRMED'), ('PREVIEW', 'UNDONE')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'register_moves_by_the_table', MESSAGE = 'no register goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="c3d1f940896e464d85b8b762153c97c813771d0c",
                            operation="UPDATE",
                            pgid="pgtrigger_register_moves_by_the_table_05554",
                            table="courses_registerimport",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="行")),
                ("label", models.CharField(blank=True, max_length=60, verbose_name="姓名或班级")),
                ("raw", common.sealed.SealedTextField(blank=True, default="", verbose_name="原文")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("GOOD", "导入"),
                            ("DOUBTFUL", "导入，有疑问"),
                            ("KNOWN", "已经在册"),
                            ("REFUSED", "不能导入"),
                            ("SKIPPED", "不是数据行"),
                        ],
                        max_length=8,
                        verbose_name="结果",
                    ),
                ),
                ("doubts", models.JSONField(default=list, verbose_name="疑问")),
                ("made", models.JSONField(default=dict)),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="courses.registerimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "导入行",
                "verbose_name_plural": "导入行",
                "ordering": ("line", "id"),
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "seats_taken",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="已占名额"),
                ),
                ("waiting_limit", models.PositiveIntegerField(default=20, verbose_name="候补上限")),
                (
                    "waiting_taken",
                    models.PositiveIntegerField(default=0, editable=False, verbose_name="候补人数"),
                ),
                ("last_position", models.PositiveIntegerField(default=0, editable=False)),
                ("number", models.PositiveSmallIntegerField(verbose_name="第几次")),
                ("starts_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PLANNED", "待上课"),
                            ("HELD", "已上课"),
                            ("CANCELLED", "已停课"),
                            ("MOVED", "已改期"),
                        ],
                        default="PLANNED",
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("capacity", models.PositiveIntegerField(default=0, verbose_name="名额")),
                (
                    "class_group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="courses.classgroup",
                        verbose_name="班级",
                    ),
                ),
                (
                    "moved_to",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moved_from",
                        to="courses.session",
                        verbose_name="改到",
                    ),
                ),
                (
                    "room",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="centers.room",
                        verbose_name="教室",
                    ),
                ),
                (
                    "teacher",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="courses.teacher",
                        verbose_name="教师",
                    ),
                ),
            ],
            options={
                "verbose_name": "课次",
                "verbose_name_plural": "课次",
                "ordering": ("starts_at",),
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "PLANNED")), fields=["starts_at"], name="session_coming"
                    ),
                    models.Index(fields=["class_group", "starts_at"], name="session_of_class"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("seats_taken__lte", models.F("capacity"))),
                        name="session_not_oversold",
                        violation_error_message="名额不能少于已经入班的人数。",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "MOVED"), _negated=True),
                        fields=("class_group", "number"),
                        name="session_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="session_ends_after_start",
                        violation_error_message="下课时间要晚于上课时间。",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("PLANNED", "HELD")),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="session_off_has_a_reason",
                        violation_error_message="停课或改期要写明原因。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state__in", ("PLANNED", "HELD")), ("room__isnull", False)),
                        expressions=[
                            (
                                courses.models.session.TsTzRange(
                                    "starts_at",
                                    "ends_at",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                            ("room", "="),
                        ],
                        name="session_room_free",
                        violation_error_message="这间教室这个时间已经有课。",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state__in", ("PLANNED", "HELD")), ("teacher__isnull", False)),
                        expressions=[
                            (
                                courses.models.session.TsTzRange(
                                    "starts_at",
                                    "ends_at",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(),
                                ),
                                "&&",
                            ),
                            ("teacher", "="),
                        ],
                        name="session_teacher_free",
                        violation_error_message="这位老师这个时间已经有课。",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="session_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('PLANNED'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'session_begins_by_the_table', MESSAGE = 'no session begins as ' || NEW.state;",
                            hash="26deaedff9b518228e7f86bedfe50f01b7565424",
                            operation="INSERT",
                            pgid="pgtrigger_session_begins_by_the_table_076b7",
                            table="courses_session",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="session_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('PLANNED', 'CANCELLED'), ('PLANNED', 'HELD'), ('PLANNED', 'MOVED')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'session_moves_by_the_table', MESSAGE = 'no session goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="2b8a72a054725b4df6abae8e05d4478ed1453e9f",
                            operation="UPDATE",
                            pgid="pgtrigger_session_moves_by_the_table_c7195",
                            table="courses_session",
                            when="BEFORE",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Enrolment",
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
                            ("APPLIED", "已申请"),
                            ("SEATED", "已入班"),
                            ("WAITING", "候补中"),
                            ("OFFERED", "待确认"),
                            ("NOT_DRAWN", "未抽中"),
                            ("LAPSED", "已过期"),
                            ("WITHDRAWN", "已退出"),
                            ("COMPLETED", "已结业"),
                            ("REMOVED", "已移出"),
                        ],
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("WEB", "网上"),
                            ("COUNTER", "服务台"),
                            ("PROXY", "代办"),
                            ("IMPORT", "导入"),
                            ("API", "接口"),
                        ],
                        default="WEB",
                        max_length=7,
                        verbose_name="渠道",
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="序号")),
                ("created_at", models.DateTimeField(verbose_name="报名时间")),
                ("changed_at", models.DateTimeField(verbose_name="变更时间")),
                ("offer_until", models.DateTimeField(blank=True, null=True, verbose_name="名额保留至")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("remark", common.sealed.SealedTextField(blank=True, default="", verbose_name="备注")),
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
                    "class_group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="courses.classgroup",
                        verbose_name="班级",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="people.person",
                        verbose_name="学员",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="courses.session",
                        verbose_name="课次",
                    ),
                ),
            ],
            options={
                "verbose_name": "报名",
                "verbose_name_plural": "报名",
                "ordering": ("position",),
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "WAITING")),
                        fields=["class_group", "session", "position"],
                        name="enrolment_line",
                    ),
                    models.Index(
                        condition=models.Q(("state", "OFFERED")),
                        fields=["offer_until"],
                        name="enrolment_offers",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("session", None), ("state__in", ("APPLIED", "SEATED", "WAITING", "OFFERED"))
                        ),
                        fields=("class_group", "person"),
                        name="one_live_enrolment_a_class",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("session__isnull", False),
                            ("state__in", ("APPLIED", "SEATED", "WAITING", "OFFERED")),
                        ),
                        fields=("session", "person"),
                        name="one_live_enrolment_a_session",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("offer_until__isnull", False), ("state", "OFFERED")),
                            models.Q(models.Q(("state", "OFFERED"), _negated=True), ("offer_until", None)),
                            _connector="OR",
                        ),
                        name="offer_has_an_end",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="enrolment_begins_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (NEW.state NOT IN ('APPLIED', 'SEATED', 'WAITING'))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'enrolment_begins_by_the_table', MESSAGE = 'no enrolment begins as ' || NEW.state;",
                            hash="cbb56d5f9def52469f3d71ed77f742c665c9ca91",
                            operation="INSERT",
                            pgid="pgtrigger_enrolment_begins_by_the_table_7ca26",
                            table="courses_enrolment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="enrolment_moves_by_the_table",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.state IS DISTINCT FROM NEW.state AND (OLD.state, NEW.state) NOT IN (('APPLIED', 'LAPSED'), ('APPLIED', 'REMOVED'), ('APPLIED', 'WITHDRAWN'), ('OFFERED', 'LAPSED'), ('OFFERED', 'REMOVED'), ('OFFERED', 'SEATED'), ('OFFERED', 'WITHDRAWN'), ('SEATED', 'COMPLETED'), ('SEATED', 'REMOVED'), ('SEATED', 'WITHDRAWN'), ('WAITING', 'LAPSED'), ('WAITING', 'OFFERED'), ('WAITING', 'REMOVED'), ('WAITING', 'WITHDRAWN')))",
                            func="RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = 'enrolment_moves_by_the_table', MESSAGE = 'no enrolment goes from ' || OLD.state || ' to ' || NEW.state;",
                            hash="f782e7b632343a228094df6cda0ec2f5c86db20f",
                            operation="UPDATE",
                            pgid="pgtrigger_enrolment_moves_by_the_table_b96c5",
                            table="courses_enrolment",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="count_seats",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE seats int; line int;",
                            func="\n    IF TG_OP <> 'INSERT' THEN\n        seats := -(OLD.state IN ('SEATED', 'OFFERED'))::int;\n        line := -(OLD.state = 'WAITING')::int;\n        IF TG_OP = 'UPDATE' AND NEW.class_group_id = OLD.class_group_id\n           AND NEW.session_id IS NOT DISTINCT FROM OLD.session_id THEN\n            seats := seats + (NEW.state IN ('SEATED', 'OFFERED'))::int;\n            line := line + (NEW.state = 'WAITING')::int;\n        END IF;\n        IF seats <> 0 OR line <> 0 THEN\n            IF OLD.session_id IS NULL THEN\n                UPDATE courses_classgroup SET seats_taken = seats_taken + seats,\n                    waiting_taken = waiting_taken + line WHERE id = OLD.class_group_id;\n            ELSE\n                UPDATE courses_session SET seats_taken = seats_taken + seats,\n                    waiting_taken = waiting_taken + line WHERE id = OLD.session_id;\n            END IF;\n        END IF;\n        IF TG_OP = 'DELETE' OR (NEW.class_group_id = OLD.class_group_id\n           AND NEW.session_id IS NOT DISTINCT FROM OLD.session_id) THEN\n            RETURN NULL;\n        END IF;\n    END IF;\n    seats := (NEW.state IN ('SEATED', 'OFFERED'))::int;\n    line := (NEW.state = 'WAITING')::int;\n    IF NEW.session_id IS NULL THEN\n        UPDATE courses_classgroup SET seats_taken = seats_taken + seats,\n            waiting_taken = waiting_taken + line,\n            last_position = greatest(last_position, NEW.position) WHERE id = NEW.class_group_id;\n    ELSE\n        UPDATE courses_session SET seats_taken = seats_taken + seats,\n            waiting_taken = waiting_taken + line,\n            last_position = greatest(last_position, NEW.position) WHERE id = NEW.session_id;\n    END IF;\n    RETURN NULL;\n",
                            hash="1c3212e9b8b5d44c6b880478767b98248773ac5d",
                            operation="INSERT OR UPDATE OR DELETE",
                            pgid="pgtrigger_count_seats_aeab2",
                            table="courses_enrolment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "courses_enrolmentevent" ("by_id", "changed_at", "channel", "class_group_id", "offer_until", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "session_id", "state") VALUES (NEW."by_id", NEW."changed_at", NEW."channel", NEW."class_group_id", NEW."offer_until", NEW."person_id", NOW(), \'insert\', NEW."id", NEW."reason", NEW."session_id", NEW."state"); RETURN NULL;',
                            hash="9f65b8e7ab8d66ea9f1079bed539a318c44df53c",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d8e99",
                            table="courses_enrolment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."channel" IS DISTINCT FROM (NEW."channel") OR OLD."class_group_id" IS DISTINCT FROM (NEW."class_group_id") OR OLD."offer_until" IS DISTINCT FROM (NEW."offer_until") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."session_id" IS DISTINCT FROM (NEW."session_id") OR OLD."state" IS DISTINCT FROM (NEW."state"))',
                            func='INSERT INTO "courses_enrolmentevent" ("by_id", "changed_at", "channel", "class_group_id", "offer_until", "person_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "session_id", "state") VALUES (NEW."by_id", NEW."changed_at", NEW."channel", NEW."class_group_id", NEW."offer_until", NEW."person_id", NOW(), \'update\', NEW."id", NEW."reason", NEW."session_id", NEW."state"); RETURN NULL;',
                            hash="d3272209ecd92d23011d5770e5e1f7562b2c67df",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_6b90f",
                            table="courses_enrolment",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "mark",
                    models.CharField(
                        choices=[
                            ("PRESENT", "到"),
                            ("LATE", "迟到"),
                            ("EXCUSED", "请假"),
                            ("ABSENT", "缺席"),
                        ],
                        max_length=7,
                        verbose_name="考勤",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="courses.enrolment",
                        verbose_name="报名",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="courses.session",
                        verbose_name="课次",
                    ),
                ),
            ],
            options={
                "verbose_name": "考勤",
                "verbose_name_plural": "考勤",
                "constraints": [
                    models.UniqueConstraint(fields=("session", "enrolment"), name="attendance_once")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."at" IS DISTINCT FROM (NEW."at") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."mark" IS DISTINCT FROM (NEW."mark"))',
                            func='INSERT INTO "courses_attendanceevent" ("at", "by_id", "mark", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."at", OLD."by_id", OLD."mark", NOW(), \'update\', OLD."id"); RETURN NULL;',
                            hash="aed22b052a85988cf2439b4c52285d26eeb7f333",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_8c631",
                            table="courses_attendance",
                            when="AFTER",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AttendanceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "mark",
                    models.CharField(
                        choices=[
                            ("PRESENT", "到"),
                            ("LATE", "迟到"),
                            ("EXCUSED", "请假"),
                            ("ABSENT", "缺席"),
                        ],
                        max_length=7,
                        verbose_name="考勤",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="登记时间")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="登记人",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="mark_by_at_events",
                        to="courses.attendance",
                    ),
                ),
            ],
            options={
                "verbose_name": "考勤更正",
                "verbose_name_plural": "考勤更正",
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="5ca04e9e3094b50a7f9ecd079ce21f59e0155f5a",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5123a",
                            table="courses_attendanceevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("APPLIED", "已申请"),
                            ("SEATED", "已入班"),
                            ("WAITING", "候补中"),
                            ("OFFERED", "待确认"),
                            ("NOT_DRAWN", "未抽中"),
                            ("LAPSED", "已过期"),
                            ("WITHDRAWN", "已退出"),
                            ("COMPLETED", "已结业"),
                            ("REMOVED", "已移出"),
                        ],
                        max_length=9,
                        verbose_name="状态",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("WEB", "网上"),
                            ("COUNTER", "服务台"),
                            ("PROXY", "代办"),
                            ("IMPORT", "导入"),
                            ("API", "接口"),
                        ],
                        default="WEB",
                        max_length=7,
                        verbose_name="渠道",
                    ),
                ),
                ("changed_at", models.DateTimeField(verbose_name="变更时间")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="原因")),
                ("offer_until", models.DateTimeField(blank=True, null=True, verbose_name="名额保留至")),
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
                    "class_group",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courses.classgroup",
                        verbose_name="班级",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="people.person",
                        verbose_name="学员",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="class_group_session_person_state_channel_by_changed_at_reason_offer_until_events",
                        to="courses.enrolment",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="courses.session",
                        verbose_name="课次",
                    ),
                ),
            ],
            options={
                "verbose_name": "报名历史",
                "verbose_name_plural": "报名历史",
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="1f725056a7ac94dd18f8f8fbba082ef53c9d67d5",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_07ce3",
                            table="courses_enrolmentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SkippedDate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="日期")),
                ("reason", models.CharField(max_length=60, verbose_name="原因")),
                (
                    "class_group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="skipped_dates",
                        to="courses.classgroup",
                        verbose_name="班级",
                    ),
                ),
            ],
            options={
                "verbose_name": "停课日",
                "verbose_name_plural": "停课日",
                "ordering": ("day",),
                "constraints": [
                    models.UniqueConstraint(fields=("class_group", "day"), name="skipped_date_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="WeeklySlot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "周一"),
                            (2, "周二"),
                            (3, "周三"),
                            (4, "周四"),
                            (5, "周五"),
                            (6, "周六"),
                            (7, "周日"),
                        ],
                        verbose_name="星期",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="开始")),
                ("ends", models.TimeField(verbose_name="结束")),
                (
                    "class_group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="slots",
                        to="courses.classgroup",
                        verbose_name="班级",
                    ),
                ),
            ],
            options={
                "verbose_name": "上课时间",
                "verbose_name_plural": "上课时间",
                "ordering": ("weekday", "starts"),
                "constraints": [
                    models.UniqueConstraint(fields=("class_group", "weekday", "starts"), name="slot_once"),
                    models.CheckConstraint(
                        condition=models.Q(("starts__lt", models.F("ends")), ("weekday__range", (1, 7))),
                        name="slot_ends_after_start",
                        violation_error_message="下课时间要晚于上课时间。",
                    ),
                ],
            },
        ),
    ]
