import datetime

import chinese_calendar
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

# The State Council's holidays and make-up working days as chinesecalendar has them. Later years are
# loaded by `manage.py load_calendar` or typed in once they are published.
YEARS = range(2020, 2027)


def load_calendar(apps, schema_editor):
    CalendarDay = apps.get_model("centers", "CalendarDay")
    rows = []
    for kind, days in (("HOLIDAY", chinese_calendar.holidays), ("MAKEUP_WORKDAY", chinese_calendar.workdays)):
        for day, holiday in days.items():
            if day.year in YEARS:
                rows.append(CalendarDay(day=day, kind=kind, name=chinese_calendar.Holiday(holiday).chinese))
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="日期")),
                (
                    "kind",
                    models.CharField(
                        choices=[("HOLIDAY", "放假"), ("MAKEUP_WORKDAY", "调休上班")],
                        max_length=14,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=20, verbose_name="名称")),
            ],
            options={
                "verbose_name": "日历",
                "verbose_name_plural": "日历",
                "ordering": ("day",),
            },
        ),
        migrations.CreateModel(
            name="Division",
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
                            ("CITY", "市"),
                            ("DISTRICT", "区县"),
                            ("STREET", "街道"),
                            ("COMMUNITY", "社区"),
                            ("GRID", "网格"),
                        ],
                        max_length=10,
                        verbose_name="级别",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="名称")),
                (
                    "official_code",
                    models.CharField(
                        blank=True, max_length=17, null=True, unique=True, verbose_name="区划代码"
                    ),
                ),
                ("path", models.CharField(default="", editable=False, max_length=200)),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="centers.division",
                        verbose_name="上级",
                    ),
                ),
            ],
            options={
                "verbose_name": "区划",
                "verbose_name_plural": "区划",
                "ordering": ("path",),
                "indexes": [
                    models.Index(fields=["path"], name="division_path", opclasses=["text_pattern_ops"])
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("parent", "name"), name="division_name_once")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="path",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            declare="DECLARE up record; kinds text[] := ARRAY['CITY','DISTRICT','STREET','COMMUNITY','GRID'];",
                            func="\n    IF NEW.parent_id IS NULL THEN\n        NEW.path := NEW.id || '/';\n        RETURN NEW;\n    END IF;\n    SELECT path, kind INTO up FROM centers_division WHERE id = NEW.parent_id;\n    IF position('/' || NEW.id || '/' in '/' || up.path) > 0 THEN\n        RAISE EXCEPTION 'division % cannot lie under itself', NEW.id USING ERRCODE = 'check_violation';\n    END IF;\n    IF array_position(kinds, up.kind::text) >= array_position(kinds, NEW.kind::text) THEN\n        RAISE EXCEPTION 'a % cannot lie under a %', NEW.kind, up.kind USING ERRCODE = 'check_violation';\n    END IF;\n    NEW.path := up.path || NEW.id || '/';\n    RETURN NEW;\n",
                            hash="b4919a07fe52e79ff1f11a5335adf601e347fd1d",
                            operation="INSERT OR UPDATE",
                            pgid="pgtrigger_path_4e399",
                            table="centers_division",
                            when="BEFORE",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="path_children",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition='WHEN (OLD."path" IS DISTINCT FROM (NEW."path"))',
                            func="UPDATE centers_division SET path = '' WHERE parent_id = NEW.id; RETURN NULL;",
                            hash="d7a5121027df5c85294212050e3374f08b22598e",
                            operation="UPDATE",
                            pgid="pgtrigger_path_children_340ea",
                            table="centers_division",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Center",
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
                        choices=[("PARTY_MASS", "党群服务中心"), ("NEIGHBORHOOD", "邻里中心")],
                        default="PARTY_MASS",
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True, verbose_name="名称")),
                ("address", models.CharField(blank=True, max_length=120, verbose_name="地址")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="电话")),
                ("lat", models.FloatField(blank=True, null=True, verbose_name="纬度（WGS-84）")),
                ("lng", models.FloatField(blank=True, null=True, verbose_name="经度（WGS-84）")),
                (
                    "division",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="centers",
                        to="centers.division",
                        verbose_name="所属区划",
                    ),
                ),
            ],
            options={
                "verbose_name": "中心",
                "verbose_name_plural": "中心",
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lat__isnull", True), ("lng__isnull", True)),
                            models.Q(
                                ("lat__isnull", False),
                                ("lat__range", (-90, 90)),
                                ("lng__isnull", False),
                                ("lng__range", (-180, 180)),
                            ),
                            _connector="OR",
                        ),
                        name="center_point_is_on_earth",
                        violation_error_message="经纬度要一起填，纬度 -90 到 90，经度 -180 到 180。",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningHours",
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
                ("opens", models.TimeField(default=datetime.time(8, 30), verbose_name="开门")),
                ("closes", models.TimeField(default=datetime.time(21, 0), verbose_name="关门")),
                (
                    "center",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="centers.center",
                        verbose_name="中心",
                    ),
                ),
            ],
            options={
                "verbose_name": "开放时间",
                "verbose_name_plural": "开放时间",
                "ordering": ("center", "weekday", "opens"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("opens__lt", models.F("closes")), ("weekday__range", (1, 7))),
                        name="hours_open_before_close",
                        violation_error_message="开门时间要早于关门时间。",
                    ),
                    models.UniqueConstraint(fields=("center", "weekday", "opens"), name="hours_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Room",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("capacity", models.PositiveSmallIntegerField(default=30, verbose_name="容纳人数")),
                ("step_free", models.BooleanField(default=False, verbose_name="无台阶可达")),
                (
                    "center",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rooms",
                        to="centers.center",
                        verbose_name="中心",
                    ),
                ),
            ],
            options={
                "verbose_name": "教室",
                "verbose_name_plural": "教室",
                "ordering": ("center", "name"),
                "constraints": [models.UniqueConstraint(fields=("center", "name"), name="room_name_once")],
            },
        ),
        migrations.CreateModel(
            name="Station",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("red", "红"),
                            ("orange", "橙"),
                            ("yellow", "黄"),
                            ("green", "绿"),
                            ("cyan", "青"),
                            ("blue", "蓝"),
                            ("purple", "紫"),
                        ],
                        max_length=6,
                        verbose_name="颜色",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="做什么")),
                ("all_day", models.BooleanField(default=False, verbose_name="24 小时开放")),
                (
                    "center",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stations",
                        to="centers.center",
                        verbose_name="中心",
                    ),
                ),
            ],
            options={
                "verbose_name": "驿站",
                "verbose_name_plural": "驿站",
                "ordering": ("center", "id"),
                "constraints": [models.UniqueConstraint(fields=("center", "name"), name="station_name_once")],
            },
        ),
        migrations.RunPython(load_calendar, migrations.RunPython.noop),
    ]
