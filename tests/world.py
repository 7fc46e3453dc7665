"""One of everything, for the table of tests/test_access.py to ask about; made once a run (tests/databases.py)."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType

from centers.models import CalendarDay
from courses.models.catalogue import ClassGroup
from courses.models.register import RegisterImport
from courses.rules import EnrolmentState
from notices.models import Delivery, Notice
from people.actions.records import merge_persons
from people.models import Guardianship, Membership, Person, RevealLog
from portal.views.feed import feed_url
from tests import access, access_courses, access_grievances, access_orders, access_points, access_visits
from tests.access import volunteering
from tests.cast import Cast
from tests.factories import courses, orders, people, volunteers
from visits.models.care import CarePolicy
from volunteers.actions.kiosks import open_kiosk


def build(cast: Cast, now: datetime) -> dict[str, Any]:
    """One of everything that belongs to 王桂兰 or to her street; `records` for the back office."""
    home = cast.city["community"]
    teacher = courses.teacher("陈国华")
    teacher.person.home = home
    teacher.person.save()
    group = courses.class_group(cast.center, now, name="书法一班", teacher=teacher)
    session = courses.session(group, now + timedelta(days=1))
    mine = courses.seat(group, cast.guilan, now, EnrolmentState.OFFERED, offer_until=now + timedelta(hours=9))
    notice = Notice.objects.create(
        kind="ENROLLED", key="k", recipient=cast.elder, about_type="enrolment", about_id=mine.pk,
        due_at=now, created_at=now, body_data={"name": "书法一班", "person": "解福生", "center": "中心"},
    )  # fmt: skip
    delivery = Delivery.objects.create(notice=notice, channel="CALL_LIST", state="OPEN", at=now)
    register = RegisterImport.objects.create(
        kind="ROSTER", division=cast.city["street"], term=group.term, file_name="x", by=cast.worker, at=now
    )
    look = RevealLog.objects.create(
        user=cast.worker, person=cast.guilan, field="phone", reason="联系", at=now - timedelta(days=1)
    )
    item = orders.item(home)
    # 王桂兰's order waits for a word, and a call is to be made about it; the wish is on the wall.
    wish = orders.asked(cast.guilan, now, kind="WISH")
    orders.brought_to("ACCEPTED_FOR_DISPATCH", wish, volunteers.volunteer(home=home), cast.worker, now)
    order = orders.asked(cast.guilan, now)
    call = orders.callback(order, now)
    stall, booking = orders.market(cast, now)
    numbers = {one.pk: people.reached_at(one) for one in (cast.guilan, cast.elder, cast.stranger)}
    Person.objects.filter(pk=cast.zixuan.pk).update(contact_name="王桂兰", contact_phone="13511112222")
    twins = [people.person("李秀英", home=home).pk for _ in range(2)]
    merge = merge_persons(kept_id=twins[0], merged_id=twins[1], by=cast.worker, now=now)
    tie = Guardianship.objects.get(ward=cast.zixuan)
    rows = [home, cast.center, CalendarDay.objects.first(), cast.guilan.user, look, tie, merge, cast.guilan]
    rows += [Membership.objects.get(user=cast.worker), cast.zixuan.consents.get(), notice, delivery, group]
    rows += [group.term, group.course, teacher, session, mine]
    shift, rows_of_shifts = volunteering(cast, now)
    of_orders = access_orders.world(cast, now, shift.signups.get().volunteer)
    pitch = of_orders.pop("pitch")
    rows += [pitch, pitch.call, stall, stall.market, booking]
    rows += [item, order, orders.card(cast.guilan, cast.worker, now)]
    rows.append(
        type(mine).pgh_event_model.objects.first() if hasattr(type(mine), "pgh_event_model") else mine
    )
    of_points = access_points.world(cast, now)
    of_grievances = access_grievances.world(cast, now)
    rows += [*rows_of_shifts, *of_points["rows"], *of_grievances.pop("rows"), CarePolicy.objects.first()]
    return {
        **of_points,
        **of_orders,
        **access_courses.world(cast, now, group),
        **of_grievances,
        **access_visits.world(cast, now),
        **access.deeds(cast, now, shift.signups.get().volunteer),
        "home_id": home.pk,
        "help_for_guilan": Guardianship.objects.create(
            guardian=people.person("李小妹", home=home), ward=cast.guilan, kind="AGENT"
        ).pk,
        # for whom 王桂兰 acts as well, and who is no volunteer yet
        "newcomer_id": Guardianship.objects.create(
            guardian=cast.guilan, ward=people.person("王小弟", home=home), kind="AGENT"
        ).ward_id,
        "numbers": {**numbers, cast.zixuan.pk: "13511112222"},
        "shift_id": shift.pk,
        "signup_id": shift.signups.get().pk,
        "kiosk_id": open_kiosk(shift_id=shift.pk, by=cast.worker, now=now)[0].pk,
        "volunteer_id": shift.signups.get().volunteer_id,
        "api-shift": shift.pk,
        "api-signup": shift.signups.get().pk,
        "records": {row._meta.label_lower: row.pk for row in rows if row},
        "class_id": group.pk,
        "session_id": session.pk,
        "enrolment_id": mine.pk,
        "delivery_id": delivery.pk,
        "register_id": register.pk,
        "guardianship_id": tie.pk,
        "person_id": cast.zixuan.pk,
        "center_id": cast.center.pk,
        "item_id": item.pk,
        "stall_id": stall.pk,
        "market_id": stall.market_id,
        "booking_id": booking.pk,
        "order_id": order.pk,
        "wish_id": wish.pk,
        "callback_id": call.pk,
        "token": feed_url(cast.guilan.user).partition("/feed/")[2].removesuffix(".ics"),
        "api-class": group.pk,
        "api-enrolment": mine.pk,
        "api-service": item.pk,
        "api-order": order.pk,
        "api-task": of_orders["offered_to_guilan"],
        "api-wish": wish.pk,
        "api-volunteer": shift.signups.get().volunteer_id,
        "api-call": pitch.call_id,
        "api-pitch": pitch.pk,
        "api-market": stall.market_id,
        "api-stall": stall.pk,
        "api-booking": booking.pk,
        "content_type_id": ContentType.objects.get_for_model(ClassGroup).pk,
    }
