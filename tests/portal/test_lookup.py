"""The one box, on 工作台 and at the desk: who is this, whom does one ring, and where else may one ask."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.urls import reverse

from common.veils import unveiled
from journal.models import Entry
from journal.rules import Happened
from people.models import Person, RevealLog
from people.rules import Role
from tests.backoffice import sought, staff
from tests.factories import people
from tests.html import Page, complains

pytestmark = pytest.mark.usefixtures("clock")
ELSEWHERE = reverse("portal:find_elsewhere")
WHY = "在路上摔倒了，要联系家人"


@pytest.fixture
def grid(client, cast):
    """The grid worker's phone; 解福生 lives in his grid, 曾小雨 in another street."""
    Person.objects.filter(pk=cast.elder.pk).update(contact_name="解小强", contact_phone="13900002222")
    Person.objects.filter(pk=cast.stranger.pk).update(phone="13700007777", contact_name="曾强")
    client.force_login(cast.grid_worker)
    return client


def forms_to(page, address):
    return [attrs for tag, attrs in page.tags if tag == "form" and attrs.get("action") == address]


def pressed(client, page, address):
    """Presses the one button that leads there, with what stands hidden beside it."""
    assert len(forms_to(page, address)) == 1
    hidden = {name: page.fields(name)[0]["value"] for name in ("next", "whose", "field")}
    return client.post(address, hidden)


def ring(person):
    return reverse("portal:ring_family", args=[person.pk])


def test_from_the_first_page_to_the_number_of_the_family_in_three_taps(grid, cast):
    """Into the box, 找, 看号码."""
    first = Page(grid.get(staff("home")))
    [box] = forms_to(first, staff("desk"))
    assert box["method"] == "post"
    found = Page(sought(grid, staff("desk"), "姓解的，儿子叫解小强"))
    assert "1945年生" in found.text
    assert "联系人 解小强" in found.text
    assert "139****2222" in found.text
    assert "13900002222" not in found.text
    answer = pressed(grid, found, ring(cast.elder))
    assert answer.url.endswith(f"#person-{cast.elder.pk}")
    page = Page(grid.get(answer.url))
    assert "tel:13900002222" in page.links
    [look] = RevealLog.objects.all()
    assert (look.user, look.person, look.field) == (cast.grid_worker, cast.elder, "contact_phone")


def test_what_was_typed_stands_in_no_address(grid, cast):
    for typed in ("解福生", "曾小雨", "13812345678", "姓解的，儿子叫解小强"):
        answer = grid.post(staff("desk"), {"q": typed})
        page = Page(grid.get(answer.url))
        for address in (answer.url, *page.links):
            assert not {typed, "解", "曾"} & set(unquote(address)), address
            assert typed not in unquote(address)


def test_who_is_not_here_is_asked_for_elsewhere_with_a_reason(grid, cast):
    page = Page(sought(grid, staff("desk"), "曾小雨"))
    assert "没有找到“曾小雨”" in page.text
    assert "居民本人会看到" in page.text
    kept = page.fields("text")[0]["value"]
    assert unveiled(kept) == "曾小雨"
    answer = grid.post(ELSEWHERE, {"text": kept, "reason": WHY})
    q = parse_qs(urlsplit(answer.url).query)["q"][0]
    assert unveiled(q) == f"#{cast.stranger.pk}"
    found = Page(grid.get(answer.url))
    assert "别处的居民" in found.text
    assert "137****7777" in found.text
    assert staff("person", cast.stranger.pk) not in found.links
    assert "tel:13700007777" in Page(grid.get(pressed(grid, found, ring(cast.stranger)).url)).links
    grid.get(answer.url)  # to look at the page again is no other look
    looks = RevealLog.objects.order_by("pk").values_list("field", "reason")
    assert list(looks) == [("lookup", WHY), ("phone", "提户知人：联系家人")]
    told = Entry.objects.filter(account=cast.grid_worker.pk).order_by("pk").values_list("kind", "what")
    assert (Happened.REVEALED, "lookup") in told
    assert (Happened.SEARCHED, f"POST portal:find_elsewhere #{cast.stranger.pk}") in told


def test_a_whole_number_goes_along_sealed(grid, cast):
    page = Page(sought(grid, staff("desk"), "137 0000 7777"))
    assert "没有找到“尾号7777”" in page.text
    answer = grid.post(ELSEWHERE, {"text": page.fields("text")[0]["value"], "reason": WHY})
    assert "曾小雨" in Page(grid.get(answer.url)).text


def test_nobody_anywhere_is_said_so(grid):
    page = Page(sought(grid, staff("desk"), "没有这人"))
    answer = grid.post(ELSEWHERE, {"text": page.fields("text")[0]["value"], "reason": WHY})
    assert "在别的地方也没有找到" in Page(grid.get(answer.url)).text
    assert Entry.objects.get(kind=Happened.SEARCHED).code == "NOBODY"


def test_the_page_says_the_same_of_nobody_and_of_who_lives_elsewhere(grid, cast):
    def words(typed):
        page = grid.get(grid.post(staff("desk"), {"q": typed}).url).content.decode()
        return page.count("\n"), Page(grid.get(grid.post(staff("desk"), {"q": typed}).url)).text

    here, nobody = words("曾小雨"), words("甄小雨")
    assert here == (nobody[0], nobody[1].replace("甄小雨", "曾小雨"))


@pytest.mark.parametrize(("reason", "words", "status"), [("", "", 422), ("急", "请写明为什么要找", 409)])
def test_without_a_reason_the_page_keeps_what_was_typed(grid, reason, words, status):
    page = Page(sought(grid, staff("desk"), "曾小雨"))
    answer = grid.post(ELSEWHERE, {"text": page.fields("text")[0]["value"], "reason": reason})
    again = complains(answer, words, status)
    assert again.fields("q")[0]["value"] == "曾小雨"
    assert again.fields("reason")[0].get("value", "") == reason
    assert unveiled(again.fields("text")[0]["value"]) == "曾小雨"
    assert not RevealLog.objects.exists()


def test_what_no_page_sealed_asks_for_nobody(grid, cast):
    answer = grid.post(ELSEWHERE, {"text": "曾小雨", "reason": WHY})
    assert "曾小雨" not in Page(grid.get(answer.url)).text
    assert not RevealLog.objects.exists()


def test_at_a_desk_who_lives_elsewhere_has_no_card(client, cast, grid):
    client.force_login(cast.worker)
    page = Page(sought(client, staff("desk"), "曾小雨"))
    answer = client.post(ELSEWHERE, {"text": page.fields("text")[0]["value"], "reason": WHY})
    assert "别处的居民" in Page(client.get(answer.url)).text
    assert client.get(staff("person", cast.stranger.pk)).status_code == 404


def test_the_card_at_the_desk_shows_whom_to_ring(client, cast, grid):
    client.force_login(cast.worker)
    page = Page(client.get(staff("person", cast.elder.pk)))
    assert "联系人 解小强" in page.text
    back = pressed(client, page, ring(cast.elder)).url
    assert back == f"{staff('person', cast.elder.pk)}#person-{cast.elder.pk}"
    assert "tel:13900002222" in Page(client.get(back)).links


def test_the_resident_reads_who_looked_and_why(client, cast, grid):
    page = Page(sought(grid, staff("desk"), "曾小雨"))
    grid.post(ELSEWHERE, {"text": page.fields("text")[0]["value"], "reason": WHY})
    client.force_login(cast.stranger.user)
    words = Page(client.get(reverse("people:my_data"))).text
    assert "何强 在负责范围外找到您" in words
    assert WHY in words


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.TEACHER, Role.PARTNER, Role.MEETING_SECRETARY])
def test_who_sees_no_residents_has_no_box(client, cast, role):
    client.force_login(people.staff("某人", role, cast.city["street"]))
    assert forms_to(Page(client.get(staff("home"))), staff("desk")) == []
    assert client.post(ELSEWHERE, {"text": "x", "reason": WHY}).status_code == 403
