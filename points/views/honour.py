"""Certificates and their check, and the wall of honour."""

from __future__ import annotations

from typing import Any

import segno
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from common.guesses import Guesses
from common.masking import mask_name
from common.pages import ask, own_post, public_page
from people.doors import own_page, signed_in
from people.models import acts_for
from points.forms import HonourForm
from points.models.certificates import Certificate
from points.models.wall import sources_of, wall
from points.views import words
from volunteers.actions import roll
from volunteers.models.roll import Volunteer

NAMES = 60
# Per address; a center's Wi-Fi is one address for everybody in it.
NUMBERS = Guesses("certificate", most=30, seconds=600)  # from one address


@own_page
def certificates(request: HttpRequest) -> HttpResponse:
    """The certificates of whom I act for, and whether they are named on the wall."""
    mine = acts_for(signed_in(request)).values("pk")
    context = {
        "certificates": Certificate.objects.filter(volunteer__person__in=mine).select_related(
            "volunteer__person"
        )[:50],
        "volunteers": Volunteer.objects.active().filter(person__in=mine).select_related("person"),
    }
    return render(request, "points/certificates.html", context)


def paper_of(found: Certificate) -> dict[str, Any]:
    """What a certificate shows on paper; its code leads to the check."""
    address = settings.PUBLIC_URL.rstrip("/") + reverse("points:check", args=[found.number])
    return {
        "certificate": found,
        "hours": words.span(found.minutes),
        "services": words.services(found),
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=5, border=2, light="white"),
    }


@own_page
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """志愿服务证明, to be printed: the volunteer's own, or one in the staff's reach."""
    user = signed_in(request)
    seen = Certificate.objects.visible_to(user).select_related("volunteer__person", "division")
    found: Certificate = get_object_or_404(seen, number=number)
    context = {**paper_of(found), "may_revoke": user.may("volunteers.approve", found.division)}
    return render(request, "points/certificate.html", context)


def check_any(request: HttpRequest) -> HttpResponse:
    """查验: a number typed from paper."""
    typed = "".join(request.GET.get("number", "").split()).upper()[:24]
    if typed.isalnum() and typed.isascii():
        return redirect("points:check", typed)
    return render(request, "points/check.html", {"typed": typed})


@never_cache
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a certificate is good: for everybody, without sign-in, the name masked.

    Wrong numbers are counted, right ones are not: a hall full of people may scan theirs.
    """
    guesser = get_adapter().get_client_ip(request)
    if not NUMBERS.counted(guesser):
        return render(request, "points/check_later.html", status=429)
    found = Certificate.objects.select_related("volunteer__person").filter(number=number.upper()).first()
    if found is None:
        return render(request, "points/check.html", {"typed": number, "wrong": True}, status=404)
    NUMBERS.was_right(guesser)
    context = {
        "certificate": found,
        "name": mask_name(found.volunteer.person.full_name),
        "hours": words.span(found.minutes),
        "typed": "",
    }
    return render(request, "points/check.html", context)


@public_page
def honour(request: HttpRequest) -> HttpResponse:
    """光荣榜: who agreed to be named, by the alphabet, with thanks and nothing to compare."""
    page = Paginator(wall(), NAMES).get_page(request.GET.get("page"))
    sources = sources_of(list(page))
    kinds = {
        "shift": _("志愿活动"),
        "order": _("上门帮忙"),
        "session": _("课堂教学"),
    }
    rows = [
        {
            "name": volunteer.person.full_name,
            "kinds": [
                *(word for source, word in kinds.items() if source in sources.get(volunteer.pk, ())),
                *(skill.name for skill in volunteer.skills.all()),
            ],
        }
        for volunteer in page
    ]
    return render(request, "points/honour.html", {"page_obj": page, "rows": rows})


@own_post
def show_honour(request: HttpRequest, volunteer_id: int) -> HttpResponse:
    """Agrees to be named on the wall, or takes it back."""
    form = HonourForm(request.POST)

    def act() -> str:
        agree = form.cleaned_data["agree"] == "yes"
        roll.show_honour(volunteer_id=volunteer_id, agree=agree, by=signed_in(request), now=timezone.now())
        return _("光荣榜上会写这个名字。") if agree else _("名字已从光荣榜上撤下。")

    return ask(request, form, act, back=reverse("points:certificates"))
