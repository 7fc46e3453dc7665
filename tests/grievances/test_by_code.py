"""Behind a code of the desk: who printed it may be the one who sits there."""

from datetime import timedelta

import pytest
from django.test import Client

from grievances.actions import verdicts
from grievances.rules.tickets import Privacy, TicketState
from notices.actions import deliver_due
from people.actions.accounts import issue_desk_code, vouch_for
from tests.factories import grievances, people
from tests.factories.grievances import brought_to
from tests.html import Page
from tests.refusals import refused

S = TicketState


@pytest.fixture
def elder(cast, hand, now):
    """Somebody without an account who lives where the handler has his grid; what she told he answered."""
    return people.person("白彩霞", home=cast.city["community"])


def opened_by_code(client, person, by, now):
    """A browser in which whoever prints the code types it in."""
    _printed, code = issue_desk_code(person_id=person.pk, by=by, now=now)
    assert client.post("/desk-code/", {"code": code}).status_code == 302
    person.refresh_from_db()
    return person.user


@pytest.mark.usefixtures("clock")
class TestBehindACode:
    """A code shows who told what in confidence to whoever prints it, and lets her judge her own work."""

    def answered(self, cast, hand, now, elder, privacy):
        ticket = grievances.at_the_desk(cast, now, elder, privacy=privacy, title="邻居半夜很吵")
        return brought_to(S.ANSWERED, ticket, cast=cast, by=hand, now=now)

    def test_what_was_told_in_confidence_stays_shut(self, cast, client, hand, now, elder, clock):
        ticket = self.answered(cast, hand, now, elder, Privacy.CONFIDENTIAL)
        account = opened_by_code(client, elder, hand, now)
        deliver_due(now=now)
        for path in ("/say/mine/", "/my/", "/my/inbox/", "/api/v1/tickets/"):
            shown = client.get(path, follow=True).content.decode()
            assert "半夜很吵" not in shown
            assert ticket.reference not in shown
            assert f"/say/{ticket.pk}/" not in shown
        assert "保密反映的事先不显示" in client.get("/say/mine/").content.decode()
        for path in ("", "confirm/", "dispute/", "reply/"):
            assert client.post(f"/say/{ticket.pk}/{path}", {"reason": "好"}).status_code == 404
        assert client.get(f"/say/{ticket.pk}/").status_code == 404
        account.by_code = True
        refused("NOT_ALLOWED", verdicts.confirm_ticket, ticket_id=ticket.pk, by=account, now=now)
        account.by_code = False
        # With a password of her own, three days later, which she was told of.
        clock.now = now + timedelta(days=2)
        other = Client()
        other.force_login(account)
        assert other.get(f"/say/{ticket.pk}/").status_code == 404
        clock.now = now + timedelta(days=4)
        assert other.get(f"/say/{ticket.pk}/").status_code == 200
        assert client.get(f"/say/{ticket.pk}/").status_code == 404  # the session by the code

    def test_a_second_clerk_opens_it(self, cast, client, hand, now, elder):
        ticket = self.answered(cast, hand, now, elder, Privacy.CONFIDENTIAL)
        opened_by_code(client, elder, hand, now)
        vouch_for(person_id=elder.pk, by=cast.worker, now=now)
        assert client.get(f"/say/{ticket.pk}/").status_code == 200

    @pytest.mark.parametrize("verb", ["confirm", "dispute"])
    def test_who_worked_on_it_judges_nothing_by_a_code_that_she_printed(
        self, cast, client, hand, now, elder, verb
    ):
        ticket = self.answered(cast, hand, now, elder, Privacy.NAMED)
        opened_by_code(client, elder, hand, now)
        assert client.get(f"/say/{ticket.pk}/").status_code == 200
        answer = client.post(f"/say/{ticket.pk}/{verb}/", {"reason": "还是很吵"}, follow=True)
        assert "另一位工作人员当面记下" in Page(answer).text
        ticket.refresh_from_db()
        assert ticket.state == S.ANSWERED

    def test_her_own_word_by_a_code_of_the_desk_counts(self, cast, client, hand, now, elder):
        ticket = self.answered(cast, hand, now, elder, Privacy.NAMED)
        opened_by_code(client, elder, cast.worker, now)
        client.post(f"/say/{ticket.pk}/confirm/")
        ticket.refresh_from_db()
        assert ticket.state == S.CLOSED_CONFIRMED
