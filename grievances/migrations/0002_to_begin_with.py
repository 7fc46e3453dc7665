"""Categories, and times within which things happen, for an office to begin with; it edits them as it likes."""

from datetime import date

from django.db import migrations

# (above, what lies under it, kind). 六必报 are the hazards and the events.
CATEGORIES = [
    ("公共设施", ["路灯", "道路井盖", "电梯", "健身器材"], "ORDINARY"),
    ("环境卫生", ["垃圾清运", "下水堵塞", "噪声油烟", "绿化"], "ORDINARY"),
    ("物业服务", ["物业维修", "物业收费", "停车充电", "门禁"], "ORDINARY"),
    ("邻里之间", ["漏水", "楼道堆物", "养宠物"], "ORDINARY"),
    ("办事帮扶", ["社保医保", "养老助残", "孩子教育"], "ORDINARY"),
    ("急事隐患", ["公共设施损坏", "乱倒垃圾、违章搭建", "危害健康", "安全隐患"], "HAZARD"),
    ("情况报告", ["可疑人员", "不安定苗头"], "EVENT"),
    ("其他", ["其他的事"], "ORDINARY"),
]
DAY = 420  # minutes of one working day
# (clock, only for hazards, minutes, unit). Proposed values: a street sets its own by rows of a later day.
POLICIES = [
    ("FIRST_ANSWER", False, 1 * DAY, "OFFICE"),
    ("HANDLING", False, 7 * DAY, "OFFICE"),
    ("DECISION", False, 2 * DAY, "OFFICE"),
    ("CALL_BACK", False, 3 * DAY, "OFFICE"),
    ("WAIT", False, 5 * DAY, "OFFICE"),
    ("VERDICT", False, 14 * 1440, "WALL"),
    ("APPEAL", False, 15 * 1440, "WALL"),
    ("FIRST_ANSWER", True, 2 * 60, "WALL"),
    ("HANDLING", True, 24 * 60, "WALL"),
    ("DECISION", True, 4 * 60, "WALL"),
]


def begin(apps, _schema_editor):
    category = apps.get_model("grievances", "Category")
    for place, (name, under, kind) in enumerate(CATEGORIES):
        above = category.objects.create(name=name, kind=kind, place=place)
        category.objects.bulk_create(
            [category(name=one, parent=above, kind=kind, place=n) for n, one in enumerate(under)]
        )
    policy = apps.get_model("grievances", "ClockPolicy")
    policy.objects.bulk_create(
        [
            policy(clock=clock, hazard=hazard, minutes=minutes, unit=unit, valid_from=date(2020, 1, 1))
            for clock, hazard, minutes, unit in POLICIES
        ]
    )


class Migration(migrations.Migration):
    dependencies = [("grievances", "0001_initial")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
