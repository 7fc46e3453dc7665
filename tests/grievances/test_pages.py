"""Telling in three screens, asking by code, the desk's queues and one ticket: what people see and type."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from common.veils import veiled
from grievances.actions.tickets import accept_ticket
from grievances.models.tickets import Follower, Ticket
from grievances.parts import PART, telling_for
from grievances.rules.tickets import Privacy, TicketState
from grievances.views.telling import CODES
from tests.factories import grievances
from tests.factories.grievances import anonymous, at_the_desk, brought_to, told
from tests.html import Page
from tests.queries import assert_constant

pytestmark = pytest.mark.usefixtures("clock")
S = TicketState
NEW, FIND = "/say/new/", "/staff/tickets/new/"
CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{3}-[0-9A-Z]{3}")


@pytest.fixture
def word(cast):
    return {
        "key": "k",
        "category": grievances.category().pk,
        "title": "南门的路灯不亮",
        "text": "一个星期了",
        "division": cast.city["community"].pk,
        "place": "南门",
    }


def test_three_screens_keep_what_was_typed_forth_and_back(cast, client, word):
    what = {name: word[name] for name in ("key", "category", "title", "text")}
    answer = client.post(NEW, {**what, "to": "where"})
    assert "第 2 步，共 3 步" in Page(answer).text
    assert 'name="title" value="南门的路灯不亮"' in answer.content.decode()
    page = Page(client.post(NEW, {**word, "to": "who"}))
    assert "第 3 步" in page.text
    back = client.post(NEW, {**word, "to": "what"})
    assert "第 1 步" in Page(back).text
    assert 'value="南门的路灯不亮"' in back.content.decode()
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("lacks", "to", "step", "sentence"),
    [
        ("title", "where", "第 1 步", "请用几个字写明是什么事"),
        ("category", "send", "第 1 步", "请选一个类别"),
        ("division", "who", "第 2 步", "社区"),
        ("division", "send", "第 2 步", "社区"),
    ],
)
def test_what_lacks_is_said_on_its_own_screen(cast, client, word, lacks, to, step, sentence):
    answer = client.post(NEW, {**word, lacks: "", "to": to})
    page = Page(answer)
    assert answer.status_code == 422
    assert step in page.text
    assert sentence in page.text
    assert not Ticket.objects.exists()


def test_a_resident_sends_it_and_sees_where_it_stands(cast, guilan, word):
    answer = guilan.post(
        NEW, {**word, "privacy": "NAMED", "person": cast.guilan.pk, "to": "send"}, follow=True
    )
    page = Page(answer)
    assert "南门的路灯不亮" in page.text
    assert "受理" in page.text
    assert Ticket.objects.get().person == cast.guilan
    again = guilan.post(NEW, {**word, "privacy": "NAMED", "person": cast.guilan.pk, "to": "send"})
    assert again.url == answer.redirect_chain[-1][0]
    assert Ticket.objects.count() == 1


def test_nobody_tells_it_in_the_name_of_whom_she_does_not_act_for(cast, guilan, word):
    answer = guilan.post(NEW, {**word, "privacy": "NAMED", "person": cast.elder.pk, "to": "send"})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_without_an_account_a_code_is_shown_as_long_as_this_browser_holds_it(cast, client, word):
    for _reload in range(2):
        page = Page(client.post(NEW, {**word, "privacy": "ANONYMOUS", "to": "send"}, follow=True))
        [code] = CODE.findall(page.text)
    other = Client()
    assert not CODE.search(Page(other.get("/say/told/")).text)
    ticket = Ticket.objects.get()
    assert other.get(f"/say/{ticket.pk}/").status_code == 404
    page = Page(other.post("/say/code/", {"code": f" {code.lower()} "}, follow=True))
    assert "南门的路灯不亮" in page.text


def test_an_event_asks_for_no_name_and_gives_no_code(cast, guilan, word):
    word["category"] = grievances.category("可疑人员").pk
    page = Page(guilan.post(NEW, {**word, "to": "who"}))
    assert "不留您的姓名" in page.text
    page = Page(guilan.post(NEW, {**word, "to": "send"}, follow=True))
    assert "已经转交" in page.text
    assert not CODE.search(page.text)
    assert Ticket.objects.get().person is None


def test_wrong_codes_are_slowed_before_they_are_looked_at(cast, client, now):
    _ticket, code = anonymous(cast, now)
    for _guess in range(CODES.most):
        assert client.post("/say/code/", {"code": "0000-000-000"}).status_code == 409
    assert "一小时后再来" in Page(client.post("/say/code/", {"code": code})).text


def test_whoever_holds_the_code_judges(cast, client, now):
    ticket, code = anonymous(cast, now)
    brought_to(S.ANSWERED, ticket, cast=cast, by=grievances.handler(cast), now=now)
    client.post("/say/code/", {"code": code})
    page = Page(client.get(f"/say/{ticket.pk}/"))
    assert "灯修好了" in page.text
    answer = client.post(f"/say/{ticket.pk}/dispute/", {"reason": ""})
    assert answer.status_code == 422
    assert "请写一句哪里没有解决" in Page(answer).text
    client.post(f"/say/{ticket.pk}/confirm/")
    ticket.refresh_from_db()
    assert ticket.state == S.CLOSED_CONFIRMED


def test_open_ones_like_it_are_shown_before_sending_and_can_be_followed(cast, guilan, word, now):
    neighbours = told(cast, now, cast.stranger, title="南门路灯坏了不亮")
    assert "是不是这件事" not in Page(guilan.post(NEW, {**word, "to": "who"})).text  # not on the wall yet
    accept_ticket(ticket_id=neighbours.pk, by=cast.worker, now=now, public_text="南门路灯不亮")
    page = Page(guilan.post(NEW, {**word, "to": "who"}))
    assert "是不是这件事" in page.text
    assert cast.stranger.full_name not in page.text
    guilan.post(f"/say/{neighbours.pk}/follow/")
    assert Follower.objects.get().person == cast.guilan
    assert "南门路灯不亮" in Page(guilan.get("/say/mine/")).text


def test_what_is_unlike_is_not_shown(cast, guilan, word, now):
    other = told(cast, now, cast.stranger, about="社保医保", title="医保卡怎么补办")
    accept_ticket(ticket_id=other.pk, by=cast.worker, now=now, public_text="补办医保卡")
    assert "是不是这件事" not in Page(guilan.post(NEW, {**word, "to": "who"})).text


@pytest.mark.parametrize(
    ("privacy", "who", "named"),
    [
        (Privacy.CONFIDENTIAL, "worker", True),
        (Privacy.CONFIDENTIAL, "hand", False),
        (Privacy.CONFIDENTIAL, "officer", False),
        (Privacy.NAMED, "hand", True),
    ],
)
def test_who_told_it_stands_there_for_whom_it_may(cast, client, now, privacy, who, named):
    hand = grievances.handler(cast)
    ticket = brought_to(S.IN_PROGRESS, told(cast, now, privacy=privacy), cast=cast, by=hand, now=now)
    client.force_login(hand if who == "hand" else getattr(cast, who))
    page = Page(client.get(f"/staff/tickets/{ticket.pk}/"))
    assert (cast.guilan.full_name in page.text) is named


def test_the_desk_writes_down_who_came_and_gives_a_receipt(cast, client, word):
    client.force_login(cast.worker)
    found = client.get(telling_for(cast.elder))
    assert "替解福生反映" in Page(found).text
    given = {**word, "source": "COUNTER", "privacy": "NAMED"}
    page = Page(client.post(telling_for(cast.elder), given, follow=True))
    assert "解福生" in page.text
    page = Page(
        client.post("/staff/tickets/new/nobody/", {**given, "key": "k2", "privacy": "ANONYMOUS"}, follow=True)
    )
    assert CODE.search(page.text)
    wall = {**given, "key": "k3", "source": "WALL", "privacy": "ANONYMOUS"}
    page = Page(client.post("/staff/tickets/new/nobody/", wall, follow=True))
    assert not CODE.search(page.text)
    assert "登记了" in page.text


@pytest.mark.parametrize("typed", ["xfs", "解福生", "#{pk}"])
def test_no_address_of_the_desk_says_for_whom_something_is_told(cast, client, word, typed):
    """Found by the box, from the list of several, or from her card: a log holds these addresses next to
    the number of the ticket."""
    client.force_login(cast.worker)
    typed = typed.format(pk=cast.elder.pk)
    asked = client.post(FIND, {"q": typed}).url
    to_form = client.get(asked).url
    refused = client.post(to_form, {**word, "title": "", "source": "COUNTER", "privacy": "CONFIDENTIAL"})
    assert refused.status_code == 422
    assert word["text"] in refused.content.decode()
    answer = client.post(to_form, {**word, "source": "COUNTER", "privacy": "CONFIDENTIAL"})
    assert Ticket.objects.get().person == cast.elder
    assert answer.url == f"/staff/tickets/{Ticket.objects.get().pk}/"
    assert to_form.startswith(FIND + "for/")
    for address in (asked, to_form):
        assert not [one for one in (typed, f"%23{cast.elder.pk}", f"/{cast.elder.pk}/") if one in address]


def test_each_of_several_and_the_card_lead_to_an_address_of_its_own(cast, client, word):
    """Two windows at once, for two people: neither takes the other's word."""
    client.force_login(cast.worker)
    page = client.get(FIND, {"q": veiled("王")}).content.decode()
    ways = re.findall(rf'href="({FIND}for/[^"]+)"><b>([^<]+)<', page)
    assert dict(name[::-1] for name in ways).keys() == {"王桂兰", "王子轩"}
    card_page = client.get(reverse("desk_person", args=[cast.elder.pk])).content.decode()
    [card] = re.findall(rf'href="({FIND}for/[^"]+)"', card_page)
    opened = [(way, Page(client.get(way)).text) for way in [*(one for one, _name in ways), card]]
    for name, (way, shown) in zip([*(name for _one, name in ways), "解福生"], opened, strict=True):
        assert f"替{name}反映" in shown
        client.post(way, {**word, "key": name, "source": "COUNTER", "privacy": "NAMED"})
        assert Ticket.objects.latest("pk").person.full_name == name


@pytest.mark.parametrize("sealed", ["x", "99999999999999999999", "0", "-1"])
def test_an_address_that_seals_nobody_is_no_page(cast, client, sealed):
    client.force_login(cast.worker)
    assert client.get(f"{FIND}for/{veiled(sealed)}/").status_code == 404


@pytest.mark.parametrize("whom", ["36", "x", "A" * 44])
def test_an_address_that_names_nobody_is_no_page(cast, client, whom):
    client.force_login(cast.worker)
    assert client.get(f"{FIND}for/{whom}/").status_code == 404


def test_an_address_opens_nothing_to_who_may_not_see_her(cast, client, now):
    client.force_login(cast.other_worker)
    assert client.get(telling_for(cast.elder)).status_code == 404


def test_the_queues_cost_the_same_however_much_waits(cast, client, now):
    def more(count):
        for _each in range(count):
            at_the_desk(cast, now, cast.elder, title="楼道灯不亮")

    client.force_login(cast.worker)
    assert_constant(client, "/staff/tickets/?at=intake", more)
    assert "楼道灯不亮" in Page(client.get("/staff/tickets/?at=intake")).text


def test_a_number_finds_its_ticket_and_another_says_so(cast, client, now):
    ticket = told(cast, now)
    client.force_login(cast.worker)
    assert client.get("/staff/tickets/", {"q": ticket.reference}).url == f"/staff/tickets/{ticket.pk}/"
    assert "没有编号是" in Page(client.get("/staff/tickets/", {"q": "T999999"})).text
    client.force_login(cast.other_worker)
    assert "没有编号是" in Page(client.get("/staff/tickets/", {"q": ticket.reference})).text


def test_a_refusal_keeps_what_was_typed(cast, client, now):
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=cast.worker, now=now)
    client.force_login(cast.worker)
    client.post(f"/staff/tickets/{ticket.pk}/ask/", {"reason": "哪一盏灯"})
    answer = client.post(f"/staff/tickets/{ticket.pk}/answer/", {"reason": "东边第二盏修好了"})
    assert answer.status_code == 409
    assert "东边第二盏修好了" in answer.content.decode()


def test_who_works_elsewhere_now_has_no_sight_of_what_she_once_had_in_hand(cast, client, now):
    hand = grievances.handler(cast)
    ticket = brought_to(S.IN_PROGRESS, told(cast, now), cast=cast, by=hand, now=now)
    hand.memberships.update(division=cast.city["other_community"])
    client.force_login(type(hand).objects.get(pk=hand.pk))
    assert "南门的路灯" not in Page(client.get("/staff/tickets/?at=hands")).text
    assert client.get(f"/staff/tickets/{ticket.pk}/").status_code == 404


def test_workbench_and_queues_count_alike(cast, client, now):
    told(cast, now)
    refused = brought_to(S.REFUSED, told(cast, now, title="修电梯"), cast=cast, by=cast.worker, now=now)
    client.force_login(cast.worker)
    assert refused.title not in Page(client.get("/staff/tickets/?at=intake")).text  # it waits for her, not us
    assert [link.count for link in PART.waiting(cast.worker, now)] == [1]


def test_what_staff_publish_is_read_twice_where_it_says_who_somebody_is(client, cast, clock, now):
    """It comes back blackened; left so it is published so, ticked it is published as it was typed."""
    ticket, address = told(cast, now), "/staff/tickets/{}/accept/"
    client.force_login(cast.worker)
    typed = {"category_id": ticket.category_id, "public_text": "3号楼2单元501漏水"}
    refusal = client.post(address.format(ticket.pk), typed)
    page = refusal.content.decode()
    assert refusal.status_code == 422
    assert "好像写了门牌" in page
    assert "■■漏水" in page
    assert 'type="checkbox" name="as_is"' in page
    assert client.post(address.format(ticket.pk), {**typed, "public_text": "■■漏水"}).status_code == 302
    ticket.refresh_from_db()
    assert ticket.public_text == "■■漏水"
    other = told(cast, now, title="另一件")
    assert client.post(address.format(other.pk), {**typed, "as_is": "on"}).status_code == 302
    other.refresh_from_db()
    assert other.public_text == typed["public_text"]
