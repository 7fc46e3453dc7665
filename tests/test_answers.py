"""Every answer of every family has a policy for scripts and says who may keep it (common/answers.py).

tests/test_access.py asks both of every address, as everybody; here is what it does not come by.
"""

import base64
import hashlib
import re

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.views.decorators.cache import cache_control

from common.answers import KeptByNobody
from tests.answers import faults, policy


def broken(_request):
    raise RuntimeError


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("get", "/nowhere/", {}, 404),
        ("get", "/admin/nowhere/", {}, 404),
        ("get", "/api/v1/nowhere/", {}, 404),
        ("get", "/elder/", {}, 405),
        ("post", "/my/profile/", {}, 403),  # without a token
        ("get", "/", {"host": "evil.example"}, 400),
        ("get", "/api/v1/schema/", {}, 200),
        ("get", "/my/", {}, 500),
        ("get", "/api/v1/notices/", {}, 500),
        ("get", "/admin/people/person/", {}, 500),
    ],
)
def test_a_page_that_went_wrong_says_so_too(cast, monkeypatch, method, path, headers, status):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(cast.admin)
    if status == 500:
        monkeypatch.setattr("django.core.handlers.base.BaseHandler.resolve_request", broken)
    response = getattr(client, method)(path, headers=headers)
    assert response.status_code == status
    assert faults(response, path) == []


def test_a_signed_in_first_page_is_kept_by_nobody(cast, client):
    client.force_login(cast.guilan.user)
    assert "no-store" in client.get("/").headers["Cache-Control"]


def test_a_view_that_forgets_itself_is_kept_by_nobody():
    careless = cache_control(public=True, max_age=3600)(lambda _request: HttpResponse("周敏"))
    told = KeptByNobody(careless)(RequestFactory().get("/")).headers["Cache-Control"]
    assert "no-store" in told
    assert "public" not in told


def test_the_styles_of_the_back_office_are_those_that_its_policy_allows(cast, client):
    client.force_login(cast.admin)
    page = client.get("/admin/").content.decode()
    styles = re.findall(r"<style[^>]*>(.*?)</style>", page, re.DOTALL)
    hashes = [
        "'sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() + "'" for s in styles
    ]
    assert len(hashes) == 1
    assert set(hashes) <= set(settings.BACK_OFFICE_POLICY["style-src"])
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)


def test_a_policy_with_a_remote_or_an_inline_source_would_be_seen():
    answer = HttpResponse()
    for told in ("default-src *", "default-src 'self' https://cdn.example", "script-src 'unsafe-inline'", ""):
        answer.headers["Content-Security-Policy"] = told
        answer.headers["Cache-Control"] = "no-store"
        assert faults(answer, "/my/") == [f"/my/: 200 {policy(answer)}"]
