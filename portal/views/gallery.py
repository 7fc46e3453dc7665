"""The component gallery: every component of the look once, with sample data and no queries."""

from typing import NotRequired

from django import forms
from django.contrib.admin.views.decorators import staff_member_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from common.shapes import Card, Chip, Day, DayPart, Lesson, TimelineItem


class SampleCard(Card):
    """With the word more that a card has room for; nothing in the portal says one yet."""

    extra: NotRequired[str]


class SampleForm(forms.Form):
    """One of each kind of field."""

    name = forms.CharField(label=_("姓名"), help_text=_("身份证上的名字"))
    phone = forms.CharField(
        label=_("手机号"), help_text=_("带空格也可以"), widget=forms.TextInput({"type": "tel"})
    )
    born = forms.DateField(label=_("出生日期"), widget=forms.DateInput({"type": "date"}))
    part = forms.ChoiceField(
        label=_("时段"), choices=[("", _("请选一个")), ("am", _("上午")), ("pm", _("晚上"))]
    )
    way = forms.ChoiceField(
        label=_("怎么通知您"),
        choices=[("sms", _("短信")), ("wechat", _("微信")), ("call", _("打电话"))],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label=_("哪天有空（可不填）"),
        required=False,
        choices=[("6", _("周六")), ("7", _("周日"))],
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(label=_("还想说什么（可不填）"), required=False, widget=forms.Textarea)
    agree = forms.BooleanField(label=_("我看过并同意上课须知"))


@staff_member_required
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component of the look on one page."""
    return render(request, "portal/gallery.html", sample())


def sample() -> dict[str, object]:
    """Everything templates/portal/gallery.html shows."""
    lesson: SampleCard = {
        "url": "#",
        "when_day": "今晚",
        "when_from": "18:00",
        "when_to": "19:00",
        "name": "书法二班",
        "place": "本中心 书画室 · 走路 4 分钟",
        "teacher": "陈国华老师",
        "note": "适合初学",
        "capacity": 20,
        "seats_left": 4,
        "waiting": 0,
        "state_word": "",
    }
    cards: list[SampleCard] = [
        lesson,
        lesson
        | {
            "when_from": "19:10",
            "when_to": "20:30",
            "name": "瑜伽一班",
            "place": "经一路中心 舞蹈室 · 走路 11 分钟",
            "teacher": "李敏老师",
            "note": "自带垫子",
            "seats_left": 2,
        },
        lesson
        | {
            "when_day": "周六",
            "when_from": "9:00",
            "when_to": "10:30",
            "name": "少儿围棋",
            "teacher": "郑老师",
            "note": "6–12 岁，需监护人同意",
            "capacity": 18,
            "seats_left": 0,
            "waiting": 5,
        },
        lesson
        | {
            "when_day": "周日",
            "when_from": "9:00",
            "when_to": "10:30",
            "name": "模特走秀三班",
            "teacher": "梁颖老师",
            "note": "续班学员优先 6 席",
            "capacity": 24,
            "seats_left": 0,
            "waiting": 11,
            "extra": "抽签：12 月 1 日",
        },
        lesson
        | {
            "when_day": "周一",
            "name": "公文写作",
            "teacher": "赵老师",
            "note": "六次课",
            "state_word": "12 月 1 日 9:00 开始报名",
        },
        lesson | {"when_day": "周二", "name": "声乐四班", "seats_left": 0, "waiting": None},
    ]
    week_class: Lesson = {
        "url": "#",
        "when_from": "18:00",
        "when_to": "19:00",
        "name": "书法二班",
        "place": "书画室",
        "tag": "余 4",
        "tag_kind": "ok",
    }
    night: DayPart = {
        "label": "晚上",
        "classes": [
            week_class,
            week_class
            | {
                "when_from": "19:10",
                "when_to": "20:30",
                "name": "瑜伽一班",
                "place": "舞蹈室",
                "tag": "余 2",
                "tag_kind": "hot",
            },
        ],
    }
    morning: DayPart = {
        "label": "上午",
        "classes": [
            week_class
            | {
                "when_from": "9:00",
                "when_to": "10:30",
                "name": "少儿围棋",
                "place": "教室二",
                "tag": "候补",
                "tag_kind": "wait",
            }
        ],
    }
    none = DayPart(label="下午", classes=[])
    no_am, no_pm = DayPart(label="上午", classes=[]), DayPart(label="晚上", classes=[])
    week: list[Day] = [
        {"label": "周一", "date": "11 月 23 日", "parts": [no_am, none, night]},
        {"label": "周二", "date": "11 月 24 日", "parts": [morning, none, no_pm]},
        {
            "label": "周三",
            "date": "11 月 25 日",
            "today": True,
            "parts": [
                morning,
                {
                    "label": "下午",
                    "classes": [
                        week_class
                        | {
                            "when_from": "14:30",
                            "when_to": "16:00",
                            "name": "智能手机一班",
                            "place": "教室一",
                            "tag": "余 15",
                        }
                    ],
                },
                night,
            ],
        },
        {"label": "周四", "date": "11 月 26 日", "closed": "盘点，停课一天"},
        {"label": "周五", "date": "11 月 27 日", "parts": [no_am, none, no_pm], "empty": True},
        {"label": "周六", "date": "11 月 28 日", "parts": [morning, none, no_pm]},
        {"label": "周日", "date": "11 月 29 日", "parts": [morning, none, night]},
    ]
    chips: list[Chip] = [
        {"url": "#", "label": label, "on": on}
        for label, on in (
            ("今晚", True),
            ("本周", False),
            ("还有名额", False),
            ("适合长辈", False),
            ("带孩子", False),
            ("离我近", False),
        )
    ]
    items: list[TimelineItem] = [
        {
            "today": True,
            "when": "今天 18:00–19:00",
            "name": "书法二班，第 11 次课",
            "place": "二楼书画室，有电梯",
            "note": "带毛笔和毛毡",
            "url": "#",
            "actions": [{"url": "#", "label": "今天请假"}, {"url": "#", "label": "加到日历"}],
        },
        {
            "when": "周六 9:00–10:30",
            "name": "少儿围棋（王子轩）",
            "place": "教室二",
            "url": "#",
            "tag": "候补第 3 位",
            "tag_kind": "wait",
        },
        {"when": "12 月 5 日 周六 9:30", "name": "说事会", "place": "一楼议事厅"},
    ]
    return {
        "cards": cards,
        "week": week,
        "form": SampleForm({"name": "王桂兰", "phone": "139 37"}),
        "empty_form": SampleForm(auto_id="empty_%s"),
        "page_obj": Paginator(range(95), 20).page(3),
        "chips": chips,
        "steps": [
            {"label": "收到", "note": "11 月 18 日 20:14，社区值班小李", "state": "done"},
            {
                "label": "派给：恒星物业公司",
                "note": "11 月 19 日 9:02，应在 3 个工作日内联系您",
                "state": "done",
            },
            {"label": "办理中：等配件，11 月 27 日前修好", "note": "灯控箱进水，已订配件。", "state": "now"},
            {"label": "答复"},
            {"label": "您来评", "note": "您说办好了才算办好"},
        ],
        "next_steps": [
            {"label": "11 月 25 日 周三 18:00，第一次课", "note": "二楼书画室，有电梯。带毛笔和毛毡。"},
            {"label": "开课前一天晚上 7 点，短信提醒您"},
        ],
        "items": items,
        "people": [
            {"value": "1", "label": "我自己（王桂兰）", "checked": True},
            {"value": "2", "label": "孙子 王子轩，8 岁", "note": "本学期已同意"},
            {"value": "3", "label": "老伴 李建国", "note": "这个时间已经有课了", "disabled": True},
            {"value": "new", "label": "没有手机的家人、邻居"},
        ],
        "rows": [
            {"label": "给谁报名", "value": "孙子 王子轩，8 岁", "url": "#"},
            {"label": "哪个班", "value": "少儿围棋，周六 9:00–10:30", "url": "#"},
            {"label": "费用", "value": "免费"},
        ],
        "stations": [
            ("red", "红色驿站", "党员学习、科普"),
            ("orange", "家风家训馆", "诚信、互助"),
            ("yellow", "邻里之家", "邻里来往"),
            ("green", "志愿服务站", "做志愿、找志愿者"),
            ("cyan", "青少年之家", "放学后的去处"),
            ("blue", "留守儿童之家", "陪伴与托管"),
            ("purple", "社区卫生服务中心", "坐诊、体检、康复"),
        ],
        "tags": [
            ("ok", "还有 4 个名额"),
            ("hot", "只剩 2 个名额"),
            ("wait", "已满，可候补"),
            ("off", "报名已结束"),
        ],
        "learners": [
            {"name": "王桂兰", "phone": "尾号 6018", "from": "手机", "state": "在读", "kind": "ok"},
            {"name": "李建国", "phone": "无手机", "from": "服务台", "state": "候补第 1", "kind": "wait"},
        ],
        "entries": [
            {
                "day": "11-21",
                "what": "帮李奶奶送餐 2 小时",
                "who": "李奶奶确认，小李审核",
                "in": "+20",
                "left": "90",
            },
            {"day": "11-08", "what": "换食用油 1 桶", "who": "领取码已用", "out": "−30", "left": "55"},
        ],
    }
