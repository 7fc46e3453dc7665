from datetime import timedelta

from common.ical import Event
from people.models import Person
from people.parts import About, AtDesk, Coming, Link, Part, Place, Section


def _coming(_user, now, until):
    at = now + timedelta(days=1)
    return [Coming(at, "放风筝", "王桂兰", "河堤", "/kites/", heading="%(when)s放风筝", tag="风筝")]


def _feed(_user, since, _until):
    return [Event("kite-1", since, since + timedelta(hours=1), "放风筝", "河堤")]


def _address(about: About):
    return Link("看风筝", f"/kites/#{about.id}") if about.type == "enrolment" else None


def _lives_at(text):
    """Behind the only doors that this app knows; the second looks like a telephone number."""
    names = {"3-2-501": "解福生", "12-3-1501": "王桂兰", "东户": "解福生"}
    return Person.objects.filter(full_name=names[text]).values("pk") if text in names else None


PART = Part(
    app="kites",
    places=[Place("kites:field", "风筝", "star", ("/kites",))],
    within={"volunteers:home": ("/strings",)},
    front=lambda now: [Section("天上的风筝", [Link("看风筝", "/kites/")])],
    asks=lambda user, now: [Section("线要收吗", [Link("收线", "/kites/reel/")], at="top")],
    coming=_coming,
    mine=lambda user, now: [
        Section("我的风筝", [Link("燕子", "/kites/1/", "红色", tag="在飞", tag_kind="ok")])
    ],
    ways=lambda user: [Link("风筝图纸", "/kites/plans/")],
    leaving=lambda user: [Link("送人", "/kites/give/", "风筝没人放了。")],
    feed=_feed,
    address=_address,
    today=lambda user, now, asked: [Section(f"今天的风{asked.get('q', '')}", [Link("三级", "/kites/wind/")])],
    waiting=lambda user, now: [Link("挂在树上的", "/kites/trees/", count=3)],
    lives_at=_lives_at,
    desk=lambda user, person, now, asked: AtDesk([Link(f"借给{person.full_name}", "/kites/lend/")]),
)
