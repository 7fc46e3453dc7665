"""What tickets add up to for staff: reckoned once more by hand."""

from datetime import date, timedelta
from statistics import quantiles

import pytest

from grievances.actions.handling import answer_ticket, start_ticket
from grievances.actions.merging import merge_ticket
from grievances.actions.tickets import accept_ticket, assign_ticket
from grievances.actions.verdicts import confirm_partly, confirm_ticket, dispute_ticket
from grievances.models import figures
from grievances.rules.commitments import FEW
from grievances.rules.tickets import TicketState
from tests.factories import grievances
from tests.factories.grievances import anonymous, brought_to, told
from tests.html import Page

S = TicketState
URL = "/staff/tickets/figures/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def handled(cast, at, hand, first, *, closed=None):
    """Told then, somebody spoke with her after `first`, and she closed it after `closed`."""
    ticket = told(cast, at)
    given = {"ticket_id": ticket.pk}
    accept_ticket(**given, by=cast.worker, now=at)
    assign_ticket(**given, by=cast.worker, handler_id=hand.pk, now=at)
    start_ticket(**given, by=hand, now=at + first)
    if closed:
        answer_ticket(**given, reason="修好了", by=hand, now=at + closed)
        confirm_ticket(**given, by=cast.guilan.user, now=at + closed)
    return ticket


@pytest.fixture
def since(now):
    return now - timedelta(days=30)


@pytest.fixture
def everything(cast, since, now):
    return figures.told_within(cast.city["community"], since, now + DAY)


def test_how_long_it_took(cast, hand, since, everything):
    firsts, closings = (2, 5, 8, 11, 30, 50, 3, 7), (20, 300, 90, 30, 400, 55)
    for number, first in enumerate(firsts):
        closed = timedelta(hours=closings[number]) if number < len(closings) else None
        handled(cast, since + number * HOUR, hand, first * HOUR, closed=closed)
    told(cast, since)  # nobody has spoken with her yet
    month = since.date().replace(day=1)
    for found, hours, done in (
        (figures.first_answers(everything), firsts, len(firsts)),
        (figures.closings(everything), closings, len(closings)),
    ):
        tenths = quantiles(hours, n=10, method="inclusive")
        assert list(found) == [month]
        assert (found[month].told, found[month].done) == (len(firsts) + 1, done)
        assert found[month].half / HOUR == pytest.approx(tenths[4])
        assert found[month].most / HOUR == pytest.approx(tenths[8])


@pytest.mark.parametrize(
    ("told", "done", "half", "most"),
    [(4, 4, None, None), (5, 5, 1.0, 3.0), (16, 1, None, None), (20, 10, 1.0, None), (20, 18, 1.0, 3.0)],
)
def test_nothing_is_said_of_few_or_while_most_wait(told, done, half, most):
    """One that was closed in four minutes says nothing of the fifteen that wait."""
    times = figures.Times(told, done, DAY, 3 * DAY)
    assert (times.half_days, times.most_days) == (half, most)


def test_a_week_begins_on_monday_in_shanghai(cast, everything, since):
    """A ticket of Monday 00:30 is Sunday's in London."""
    monday = since.replace(hour=0, minute=30) + timedelta(days=7 - since.weekday())
    told(cast, monday)
    told(cast, monday - HOUR)
    told(cast, monday, about="噪声油烟")
    week = monday.date()
    assert {key: n for key, n in figures.by_week(everything).items() if key[0] == week} == {
        (week, grievances.category("路灯").parent.name): 1,
        (week, grievances.category("噪声油烟").parent.name): 1,
    }
    assert sum(figures.by_week(everything).values()) == 3


def test_the_last_word_counts(cast, hand, now, since, everything):
    """Silence is none, nor is a word of the meeting; who is merged into another has no line of her own."""
    silent = brought_to(S.ANSWERED, told(cast, since), cast=cast, by=hand, now=since)
    brought_to(S.DISPUTED, told(cast, since), cast=cast, by=hand, now=since)
    two = brought_to(S.COMMITTED, told(cast, since), cast=cast, by=hand, now=since)
    answer_ticket(ticket_id=two.pk, by=hand, reason="先换了一盏", evidence="照片", now=since)
    confirm_partly(ticket_id=two.pk, by=cast.guilan.user, reason="还差一盏", now=since + HOUR)
    answer_ticket(ticket_id=two.pk, by=hand, reason="都好了", now=since + 2 * HOUR)
    confirm_ticket(ticket_id=two.pk, by=cast.guilan.user, now=since + 3 * HOUR)
    three = brought_to(S.CLOSED_CONFIRMED, told(cast, since), cast=cast, by=hand, now=since)
    dispute_ticket(ticket_id=three.pk, by=cast.guilan.user, reason="又不亮了", now=since + DAY)
    merged = told(cast, since)
    merge_ticket(ticket_id=merged.pk, into_id=silent.pk, by=cast.worker, now=since)
    told(cast, since)
    assert figures.last_words(everything) == {"": 1, "DISPUTE": 2, "CONFIRM": 1}


def test_nothing_of_elsewhere_or_for_the_lawful_body(cast, since, everything):
    told(cast, since)
    anonymous(cast, since, about="可疑人员")
    assert sum(figures.by_week(everything).values()) == 1
    elsewhere = figures.told_within(cast.city["other_community"], since, since + DAY)
    assert figures.by_week(elsewhere) == figures.last_words(elsewhere) == figures.closings(elsewhere) == {}


@pytest.mark.usefixtures("clock")
class TestThePage:
    def test_shares_only_of_enough(self, cast, client, hand, now, settings):
        for _number in range(FEW - 1):
            handled(cast, now - 2 * DAY, hand, HOUR, closed=5 * HOUR)
        client.force_login(cast.worker)
        few = Page(client.get(URL))
        assert f"居民说过话的不到 {FEW} 件" in few.text
        assert "100%" not in few.text
        handled(cast, now - 2 * DAY, hand, HOUR, closed=5 * HOUR)
        assert "100%" in Page(client.get(URL)).text

    @pytest.mark.parametrize("weeks", ["13", "26", "52", "1000000", "x", ""])
    def test_the_period_is_one_of_three(self, cast, client, now, weeks):
        client.force_login(cast.worker)
        answer = client.get(URL, {"weeks": weeks})
        shown = answer.context["by_week"]
        assert len(shown) == (int(weeks) if weeks in {"13", "26", "52"} else 26)
        assert shown[-1]["monday"] == date(2026, 11, 23)

    def test_no_place_of_others(self, cast, client):
        """What she asks for is of hers, or is not listened to."""
        client.force_login(cast.worker)
        answer = client.get(URL, {"at": cast.city["other_community"].pk})
        assert answer.context["place"] == cast.city["street"]
        assert str(cast.city["other_community"]) not in Page(answer).text

    def test_nobody_is_named(self, cast, client, hand, now):
        """Figures of places: no hand, no desk, no resident."""
        handled(cast, now - 2 * DAY, hand, HOUR, closed=5 * HOUR)
        client.force_login(cast.officer)
        text = Page(client.get(URL)).text
        assert not [who for who in (hand.name, cast.worker.name, cast.guilan.full_name) if who in text]
