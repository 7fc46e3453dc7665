"""A refusal that nobody caught reaches the browser as a plain page, never as a traceback."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from common.errors import DomainError, DomainErrorMiddleware, NotAllowed


class Full(DomainError):
    code = "FULL"


@pytest.fixture
def middleware() -> DomainErrorMiddleware:
    return DomainErrorMiddleware(lambda _request: HttpResponse("page"))


def test_a_refusal_has_a_code_and_a_sentence() -> None:
    assert Full(message="名额满了").code == "FULL"
    assert str(Full(message="名额满了")) == "名额满了"
    assert (Full("OTHER", "x").code, DomainError().code) == ("OTHER", "REFUSED")


@pytest.mark.parametrize(
    ("error", "status"), [(Full(message="名额满了。"), 409), (NotAllowed(message="不行。"), 403)]
)
def test_a_refusal_becomes_a_page_with_its_sentence_and_status(
    middleware: DomainErrorMiddleware, rf: RequestFactory, error: DomainError, status: int
) -> None:
    response = middleware.process_exception(rf.get("/"), error)
    assert response is not None
    assert response.status_code == status
    assert str(error) in response.content.decode()


def test_a_name_in_a_refusal_is_no_markup(middleware: DomainErrorMiddleware, rf: RequestFactory) -> None:
    response = middleware.process_exception(rf.get("/"), Full(message="<script>x</script>已经报过"))
    assert response is not None
    assert "<script>x" not in response.content.decode()


def test_any_other_error_is_left_to_django(middleware: DomainErrorMiddleware, rf: RequestFactory) -> None:
    assert middleware.process_exception(rf.get("/"), ValueError("no")) is None
    assert middleware(rf.get("/")).content == b"page"
