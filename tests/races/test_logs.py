"""What the logs of a whole portal say of whoever told something in confidence: nothing.

Web (with a line a page, as a proxy writes them), worker, beat and PostgreSQL, while it is told on the
web and at the desk, worked on, rung and written about, and while things go wrong.
"""

import http.client
import re
from urllib.parse import urlencode

import pytest

from tests.races.stack import eventually

pytestmark = pytest.mark.race
TYPED = {"title": "丁香径的棚漏雨", "text": "从谷雨漏到现在", "place": "靠里那处"}
NAMES = ("欧阳霁月", "诸葛若兰", "ou yang", "ouyang", "zhu ge", "zhuge")
TOKEN = "b" * 32
FIND = "/staff/tickets/new/"


class Visitor:
    """A browser that follows where a form leads, one page at a time."""

    def __init__(self, portal, cookies):
        self.port = portal.port
        self.headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }

    def ask(self, method, path, **data):
        """The status, and where it leads to."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, urlencode(data), self.headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("Location", "")

    def leads(self, method, path, **data):
        status, where = self.ask(method, path, **data)
        assert status == 302, (method, path, status)
        return where


@pytest.fixture(scope="module")
def portal(served):
    served.web("--access-log")
    served.worker()
    served.beat()
    yield served
    served.halt()


def told_on_the_web(hers, scene):
    """In three screens, and once more with the same key; a word left out first."""
    word = {**TYPED, **scene["about"], "key": "k1", "privacy": "CONFIDENTIAL", "to": "send"}
    word["person"] = scene["persons"]["hers"]
    assert hers.ask("POST", "/say/new/", **{**word, "title": ""})[0] == 422
    where = hers.leads("POST", "/say/new/", **word)
    assert hers.ask("POST", "/say/new/", **{**word, "title": "别的事"})[0] == 409
    assert hers.ask("GET", where)[0] == 200
    return number_in(where)


def told_at_the_desk(desk, scene):
    """Found by her name, then by her whole number; a word left out first."""
    to_form = desk.leads("GET", desk.leads("POST", FIND, q=NAMES[1]))
    assert desk.leads("GET", desk.leads("POST", FIND, q=scene["phones"][2])) != to_form
    word = {**TYPED, **scene["about"], "key": "k2", "privacy": "CONFIDENTIAL", "source": "COUNTER"}
    assert desk.ask("POST", to_form, **{**word, "title": ""})[0] == 422
    return number_in(desk.leads("POST", to_form, **word))


def number_in(path):
    return re.fullmatch(r"/(?:say|staff/tickets)/(\d+)/", path)[1]


def worked_on(number, desk, hand, scene):
    """Accepted, given, started, rung, answered; somebody looks who may not."""
    here = f"/staff/tickets/{number}/"
    desk.leads("POST", f"{here}accept/", category_id=scene["about"]["category"], public_text="棚漏雨")
    desk.leads("POST", f"{here}assign/", handler_id=scene["persons"]["hand"])
    hand.leads("POST", f"{here}start/")
    desk.leads("POST", f"{here}ring/")
    assert hand.ask("POST", f"{here}ring/")[0] == 403
    assert hand.ask("GET", f"/say/{number}/")[0] == 404
    assert hand.ask("POST", f"{here}answer/", reason="")[0] == 422
    hand.leads("POST", f"{here}answer/", reason="补好了")


def went_wrong(portal, hers, number, scene):
    """The database refuses a row, then is gone in the middle of a telling."""
    portal.stage("refused", number, scene["phones"][0])
    portal.kill(portal.database)
    word = {**TYPED, **scene["about"], "key": "k3", "privacy": "CONFIDENTIAL", "to": "send"}
    assert hers.ask("POST", "/say/new/", **word, person=scene["persons"]["hers"])[0] >= 500
    portal.revive(portal.database)


def test_no_log_tells_who_told_something_in_confidence(portal):
    scene = portal.stage("speak")
    hers, desk, hand = (Visitor(portal, scene["cookies"][name]) for name in ("hers", "desk", "hand"))
    numbers = [told_on_the_web(hers, scene), told_at_the_desk(desk, scene)]
    for number in numbers:
        worked_on(number, desk, hand, scene)
    sent = "SELECT 1 FROM notices_notice WHERE dispatched_at IS NOT NULL AND kind = 'TICKET_ANSWERED'"
    eventually(lambda: len(portal.query(sent)) == len(numbers), "both are told of the answer")
    went_wrong(portal, hers, numbers[0], scene)
    logs = {file.stem: file.read_text(errors="replace") for file in portal.home.glob("*.log")}
    # Where these stand the logs are those that were meant.
    assert f"/staff/tickets/{numbers[1]}/" in logs["web"]
    assert f"POST {FIND}for/" in logs["web"]
    assert "Internal Server Error: /say/new/" in logs["web"]
    assert "Task notices.deliver_due" in logs["worker"]
    assert "duplicate key value violates unique constraint" in logs["postgres"]
    assert 'violates check constraint "ticket_level"' in logs["postgres"]
    told = [
        *NAMES,
        *scene["phones"],
        *TYPED.values(),
        *(f"{scene['persons'][one]}" for one in ("hers", "elders")),
    ]
    told += [urlencode({"q": one})[2:] for one in (*NAMES[:2], *TYPED.values())]
    found = [
        f"{name}: {line}"
        for name, log in logs.items()
        for line in log.splitlines()
        if any(one in line for one in told)
    ]
    assert found == []
