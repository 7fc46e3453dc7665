"""Two clicks, two colleagues, two passes of the clock, one ticket."""

from datetime import timedelta
from functools import partial

import pytest

from common.pictures import read_picture
from grievances.actions.commitments import make_commitment, postpone_commitment
from grievances.actions.handling import answer_ticket
from grievances.actions.merging import merge_ticket
from grievances.actions.passing import pass_time
from grievances.actions.pictures import add_pictures
from grievances.actions.tickets import accept_ticket, assign_ticket, open_ticket
from grievances.actions.verdicts import confirm_ticket, dispute_ticket
from grievances.models.commitments import Commitment
from grievances.models.history import Clock
from grievances.models.pictures import TicketPicture
from grievances.models.tickets import Ticket
from grievances.rules.tickets import Source, TicketState
from notices.models import Notice
from people.actions.records import erase_person
from tests.common.faults import found
from tests.factories import grievances, people
from tests.factories.grievances import brought_to, photo, told, word
from tests.races.crowd import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)
S = TicketState


def test_one_button_pressed_by_many_threads_is_one_ticket(cast, now):
    hers = word(cast.city["community"], cast.guilan)
    press = partial(
        open_ticket, word=hers, source=Source.WEB, by=cast.guilan.user, now=now, source_key="web:one"
    )
    opened = at_once([press] * 8)
    assert len({one.ticket.pk for one in opened}) == 1
    assert Ticket.objects.count() == 1
    assert Clock.objects.count() == 1


def test_two_colleagues_take_it_on_and_give_it_away_once_each(cast, now):
    hand, other = grievances.handler(cast), grievances.director(cast)
    for number in range(4):
        ticket = told(cast, now, title=f"路灯 {number}")
        accept = partial(accept_ticket, ticket_id=ticket.pk, by=cast.worker, now=now)
        assert not refusals(at_once([accept] * 4))
        give = partial(assign_ticket, ticket_id=ticket.pk, by=cast.worker, now=now)
        at_once([partial(give, handler_id=hand.pk), partial(give, handler_id=other.pk)] * 2)
        ticket.refresh_from_db()
        assert ticket.state == S.ASSIGNED
        assert Clock.objects.filter(ticket=ticket, kind="HANDLING").count() == 1
    assert found() == {}


def test_her_word_and_the_end_of_its_time_come_at_once(cast, now):
    hand = grievances.handler(cast)
    for number in range(6):
        ticket = told(cast, now, title=f"路灯 {number}")
        brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)
        late = ticket.due_at + timedelta(seconds=1)
        hers = {"ticket_id": ticket.pk, "by": cast.guilan.user, "now": late}
        word_of_hers = (
            partial(confirm_ticket, **hers)
            if number % 2
            else partial(dispute_ticket, **hers, reason="还是不亮")
        )
        at_once([word_of_hers, partial(pass_time, now=late), partial(pass_time, now=late)])
        ticket.refresh_from_db()
        assert ticket.state in {S.CLOSED_CONFIRMED, S.CLOSED_UNVERIFIED, S.DISPUTED}
        moves = list(ticket.transitions.values_list("event", flat=True))
        assert moves.count("CLOSE_SILENT") <= 1
        assert Clock.objects.running().filter(ticket=ticket, kind="VERDICT").count() == 0


def test_an_answer_and_its_lateness_come_at_once(cast, now):
    hand = grievances.handler(cast)
    grievances.director(cast)
    for number in range(4):
        ticket = told(cast, now, title=f"路灯 {number}")
        brought_to(S.IN_PROGRESS, ticket, cast=cast, by=hand, now=now)
        late = ticket.due_at + timedelta(seconds=1)
        answer = partial(answer_ticket, ticket_id=ticket.pk, by=hand, now=late, reason="修好了")
        at_once([answer, *[partial(pass_time, now=late)] * 3])
        ticket.refresh_from_db()
        assert ticket.state == S.ANSWERED
        assert Notice.objects.filter(kind="TICKET_LATE", about_id=ticket.pk).count() <= 1


def test_two_merged_crosswise_leave_one_that_lives(cast, now):
    for number in range(5):
        one, two = told(cast, now, title=f"灯 {number}"), told(cast, now, title=f"同一盏 {number}")
        merge = partial(merge_ticket, by=cast.worker, now=now)
        both = [
            partial(merge, ticket_id=one.pk, into_id=two.pk),
            partial(merge, ticket_id=two.pk, into_id=one.pk),
        ]
        assert len(refusals(at_once(both))) == 1
        states = sorted(Ticket.objects.filter(pk__in=[one.pk, two.pk]).values_list("state", flat=True))
        assert states == ["MERGED", "REGISTERED"]


def test_two_promise_at_once_and_it_is_put_off_once(cast, now):
    hand, head = grievances.handler(cast), grievances.director(cast)
    for number in range(4):
        ticket = brought_to(
            S.IN_PROGRESS, told(cast, now, title=f"路灯 {number}"), cast=cast, by=hand, now=now
        )
        day = (now + timedelta(days=2)).date()
        promise = partial(make_commitment, ticket_id=ticket.pk, due_on=day, now=now)
        at_once([partial(promise, what="换灯", by=hand), partial(promise, what="换灯杆", by=head)] * 2)
        made = Commitment.objects.get(ticket=ticket)
        later = partial(postpone_commitment, ticket_id=ticket.pk, reason="等灯头", now=now)
        days = [(now + timedelta(days=n)).date() for n in (5, 6)]
        at_once([partial(later, due_on=one, by=by) for one in days for by in (head, cast.officer)])
        made.refresh_from_db()
        assert made.postponed_from == day
        assert made.due_on in days
        assert Clock.objects.running().filter(ticket=ticket, kind="PROMISE").count() == 1
    assert found() == {}


def test_two_uploads_past_six_at_once_leave_six_and_every_file_its_row(cast, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    colours = ("red", "blue", "white", "green", "black", "yellow", "gray", "pink")
    for number in range(4):
        ticket = told(cast, now, title=f"路灯 {number}")
        hers = {"ticket_id": ticket.pk, "by": cast.guilan.user, "now": now}
        one, two = ([read_picture(photo(colour)) for colour in half] for half in (colours[:4], colours[4:]))
        outcome = at_once([partial(add_pictures, **hers, pictures=some) for some in (one, two, one, two)])
        assert refusals(outcome) == ["TOO_MANY_PICTURES"] * 2
        assert [row.position for row in ticket.pictures.all()] == [0, 1, 2, 3]
    files = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert files == set(TicketPicture.objects.values_list("key", flat=True))
    assert found() == {}


def test_a_picture_and_the_end_of_her_record_come_at_once(cast, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for number in range(4):
        person = people.resident(f"何静{'甲乙丙丁'[number]}", cast.city["community"])
        ticket = told(cast, now, person, title=f"路灯 {number}")
        brought_to(S.REFUSED, ticket, cast=cast, by=cast.worker, now=now)
        late = partial(
            add_pictures, ticket_id=ticket.pk, by=cast.worker, now=now, pictures=[read_picture(photo())]
        )
        end = partial(erase_person, person_id=person.pk, by=cast.worker, now=now, password=people.PASSWORD)
        at_once([late, end])
        ticket.refresh_from_db()
        assert ticket.title == ""
    assert not TicketPicture.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
