"""How every page runs a verb: a form, an act, where to go on; and where a refusal stands."""

from collections.abc import Callable

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from common.errors import DomainError, NotAllowed
from common.fields import ReasonField
from common.forms import PlainForm, ReasonForm
from common.moves import Need
from common.pages import ask
from tests.html import Page

BACK = "/rows/7/"
WORDS = {"title": "取消", "button": "取消", "back_label": "这一单"}


class WhyForm(ReasonForm):
    """A reason that the table of moves asks for, and a hidden choice."""

    reason = ReasonField(label="为什么", need=Need("reason", "请写明为什么，居民会看到。", least=2))
    which = forms.ChoiceField(choices=[("A", "A")], required=False, widget=forms.HiddenInput)


def request_for(method: str = "post", **data: str) -> HttpRequest:
    request = getattr(RequestFactory(), method)("/rows/7/cancel/", data)
    request.user, request.session = AnonymousUser(), {}
    request._messages = CookieStorage(request)
    return request


def refusing(refusal: DomainError) -> Callable[[], str]:
    def act() -> str:
        raise refusal

    return act


def messages_of(request: HttpRequest) -> list[tuple[str, str]]:
    return [(one.level_tag, one.message) for one in request._messages]


def row_page(*, status: int) -> HttpResponse:
    return HttpResponse("the row", status=status)


# --- A button ---------------------------------------------------------------------------------


def test_a_button_runs_at_once_and_goes_back() -> None:
    request, done = request_for(), []
    answer = ask(request, PlainForm(request.POST), lambda: done.append(1) or "办好了", back=BACK)
    assert (answer.status_code, answer.url, done) == (302, BACK, [1])
    assert messages_of(request) == [("success", "办好了")]


def test_a_refused_button_says_so_on_the_row() -> None:
    request = request_for()
    answer = ask(request, PlainForm(request.POST), refusing(DomainError("OVER", "已经晚了。")), back=BACK)
    assert (answer.status_code, answer.url) == (302, BACK)
    assert messages_of(request) == [("error", "已经晚了。")]


def test_a_button_for_somebody_else_is_a_page_of_its_own() -> None:
    request = request_for()
    with pytest.raises(NotAllowed):
        ask(request, PlainForm(request.POST), refusing(NotAllowed(message="不归您办。")), back=BACK)


def test_a_button_whose_hidden_words_were_tampered_with_runs_nothing() -> None:
    request = request_for(which="B", reason="没有来")
    answer = ask(request, WhyForm(request.POST), lambda: pytest.fail("ran"), back=BACK)
    assert answer.url == BACK
    assert [level for level, _words in messages_of(request)] == ["error"]


# --- A form -----------------------------------------------------------------------------------


def test_a_page_of_its_own_shows_the_form_and_after_a_refusal_what_was_typed() -> None:
    request = request_for("get")
    fresh = Page(ask(request, WhyForm(None), lambda: pytest.fail("ran"), back=BACK, **WORDS))
    assert (fresh.status, fresh.heading()) == (200, "取消")
    request = request_for(reason="没有来")
    refusal = DomainError("REASON_NEEDED", "请写得明白些。", about="reason")
    page = Page(ask(request, WhyForm(request.POST), refusing(refusal), back=BACK, **WORDS))
    assert page.status == 409
    assert page.heading("title").startswith("错误：")
    assert page.fields("reason")[0]["value"] == "没有来"
    assert "#id_reason" in page.links  # the sentence leads to its field


@pytest.mark.parametrize("typed", ["", " ", "不"])
def test_what_the_table_needs_is_asked_in_its_words(typed: str) -> None:
    request = request_for(reason=typed)
    page = Page(ask(request, WhyForm(request.POST), lambda: pytest.fail("ran"), back=BACK, **WORDS))
    assert page.status == 422
    assert "请写明为什么，居民会看到。" in page.text


@pytest.mark.parametrize(
    ("refusal", "at"),
    [
        (DomainError("A", "句子。"), "__all__"),
        (DomainError("A", "句子。", about="reason"), "reason"),
        (DomainError("A", "句子。", about="minutes"), "__all__"),
        (NotAllowed(message="句子。"), "__all__"),
    ],
)
def test_a_form_on_the_page_of_a_row_stands_there_again(refusal: DomainError, at: str) -> None:
    request = request_for(reason="没有来")
    form = WhyForm(request.POST)
    answer = ask(request, form, refusing(refusal), back=BACK, show=row_page)
    assert (answer.status_code, answer.content) == (refusal.status, b"the row")
    assert form.errors == {at: ["句子。"]}
    assert messages_of(request) == []


def test_an_act_may_answer_with_a_page() -> None:
    request = request_for(reason="没有来")
    answer = ask(request, WhyForm(request.POST), lambda: HttpResponse("printed"), back=BACK, **WORDS)
    assert answer.content == b"printed"
