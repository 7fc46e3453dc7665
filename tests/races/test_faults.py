"""kill -9 of everything, on real processes: nothing acknowledged is lost, nothing is said twice."""

import http.client
import queue
import threading
from collections import Counter

import pytest

from tests.races.stack import breathe, eventually

pytestmark = pytest.mark.race
CLASSES, PEOPLE, CONNECTIONS = 12, 400, 12
TOKEN = "b" * 32


@pytest.fixture(scope="module")
def portal(served):
    served.crowd = served.stage("rush", str(CLASSES), str(PEOPLE))
    yield served
    served.halt()


@pytest.fixture(scope="module")
def clockwork(portal):
    """A worker and a beat with a hurried clock (quick.py), which the tests below leave running."""
    portal.halt()
    portal.worker()
    portal.beat()
    eventually(lambda: portal.passes("courses.remind"), "the first pass")
    yield portal
    portal.halt()
    assert "invariants are broken" not in portal.manage("audit")


class Rush:
    """Everybody enrols over HTTP; who got no answer tries again, as people do."""

    def __init__(self, portal):
        self.portal, self.acknowledged, self.odd = portal, {}, Counter()
        self.todo = queue.Queue()
        for number, one in enumerate(portal.crowd["people"]):
            self.todo.put((one, portal.crowd["classes"][number % CLASSES]))
        self.threads = [threading.Thread(target=self._client) for _ in range(CONNECTIONS)]

    def _client(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.portal.port, timeout=20)
        while True:
            try:
                one, class_id = self.todo.get_nowait()
            except queue.Empty:
                return connection.close()
            if (status := self._ask(connection, one, class_id)) in {302, 409}:
                self.acknowledged[one["person"], class_id] = status
            else:
                self.odd[status] += 1
                self.todo.put((one, class_id))
                breathe(0.1)

    def _ask(self, connection, one, class_id):
        """The status, or 0 when the server was gone."""
        cookies = "; ".join(f"{name}={value}" for name, value in one["cookies"].items())
        headers = {
            "Cookie": cookies,
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            connection.request("POST", f"/classes/{class_id}/enrol/", f"person={one['person']}", headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            return 0
        return answer.status

    def reached(self, count):
        return len(self.acknowledged) >= count


def test_nothing_acknowledged_is_lost(portal):
    web, worker = portal.web(), portal.worker()
    rush = Rush(portal)
    for thread in rush.threads:
        thread.start()
    for count, victim in (
        (40, web),
        (120, portal.database),
        (200, worker),
        (240, portal.database),
        (300, web),
    ):
        eventually(lambda count=count: rush.reached(count), f"{count} are enrolled")
        portal.kill(victim)
        portal.revive(victim)
    for thread in rush.threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in rush.threads)
    assert len(rush.acknowledged) == PEOPLE
    assert rush.odd, "nobody noticed the killing: the test proves nothing"
    rows = portal.query(
        "SELECT person_id, class_group_id, count(*) FROM courses_enrolment "
        "WHERE state IN ('SEATED', 'WAITING') GROUP BY 1, 2"
    )
    assert {(person, group): count for person, group, count in rows} == dict.fromkeys(rush.acknowledged, 1)
    assert portal.query("SELECT DISTINCT seats_taken, capacity FROM courses_classgroup") == [(10, 10)]
    assert "invariants are broken" not in portal.manage("audit")


def told(portal, session, kind="REMINDER_2H"):
    """(people reminded in their inbox, notices, deliveries) of a session."""
    sql = """
        SELECT count(DISTINCT n.recipient_id) FILTER (WHERE d.id IS NOT NULL), count(DISTINCT n.id), count(d.id)
        FROM notices_notice n LEFT JOIN notices_delivery d ON d.notice_id = n.id AND d.channel = 'INBOX'
        WHERE n.about_type = 'session' AND n.about_id = %s AND n.kind = %s AND n.withdrawn_at IS NULL
    """
    return portal.query(sql, session, kind)[0]


def exactly_once(portal, session, count, kind="REMINDER_2H"):
    """Everybody was told, and three more passes of beat and worker add nothing."""

    def everybody():
        portal.keep_alive()
        return told(portal, session, kind) == (count, count, count)

    eventually(everybody, f"{count} have their reminder, not {told(portal, session, kind)}")
    before = portal.passes("courses.remind")
    eventually(lambda: portal.passes("courses.remind") >= before + 3, "three more passes")
    assert told(portal, session, kind) == (count, count, count)


def test_reminders_when_the_worker_is_killed_in_the_middle(clockwork):
    worker = clockwork.services["worker"]
    sessions = [clockwork.stage("meet", "90", str(PEOPLE))["session"] for _ in range(2)]
    for part in (1, PEOPLE // 2, PEOPLE):
        eventually(
            lambda part=part: sum(told(clockwork, session)[0] for session in sessions) >= part, f"{part} told"
        )
        clockwork.kill(worker)
        clockwork.revive(worker)
    for session in sessions:
        exactly_once(clockwork, session, PEOPLE)


def test_reminders_when_two_beats_and_two_workers_run(clockwork):
    clockwork.beat("beat2")
    clockwork.worker("worker2")
    eventually(lambda: (clockwork.home / "worker2.log").read_text().count("ready."), "a second worker")
    exactly_once(clockwork, clockwork.stage("meet", "95", "60")["session"], 60)
    clockwork.halt("beat2", "worker2")


def test_reminders_when_the_broker_was_away(clockwork):
    clockwork.kill(clockwork.broker)
    session = clockwork.stage("meet", "80", "40")["session"]
    assert told(clockwork, session) == (0, 0, 0)
    clockwork.revive(clockwork.broker)
    exactly_once(clockwork, session, 40)


def test_reminders_when_the_session_is_moved_in_between(clockwork):
    old = clockwork.stage("meet", "70", "40")["session"]
    exactly_once(clockwork, old, 40)
    new = clockwork.stage("move", str(old), "20")["session"]
    exactly_once(clockwork, new, 40)
    exactly_once(clockwork, old, 40, "SESSION_MOVED")
    assert told(clockwork, old) == (40, 40, 40)


def test_reminders_of_tomorrow_are_queued_once(clockwork):
    """The 24 h reminder keeps quiet hours, so what is looked at here is the outbox."""
    session = clockwork.stage("meet", str(23 * 60), "40")["session"]
    eventually(lambda: told(clockwork, session, "REMINDER_24H")[1] == 40, "forty notices")
    before = clockwork.passes("courses.remind")
    eventually(lambda: clockwork.passes("courses.remind") >= before + 3, "three more passes")
    assert told(clockwork, session, "REMINDER_24H")[1] == 40
    assert told(clockwork, session) == (0, 0, 0)
