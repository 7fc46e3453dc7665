"""工作台: what happens today, and what waits for whoever has a post."""

from __future__ import annotations

from datetime import datetime

from django.contrib.admin import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pages import judge_anew
from notices.models import Delivery
from people.doors import signed_in, work_page
from people.models import Person, User
from people.parts import Link, gathered
from people.rules import grown_up_born
from portal.views.columns import columns
from portal.views.desk import looks, serves


@work_page
def workbench(request: HttpRequest) -> HttpResponse:
    """What each app has for today, and at the side what there is to do: what waits comes first."""
    user, now = signed_in(request), timezone.now()
    judge_anew(request)
    asked = request.GET.dict()
    links = [*_calls(user), *_alone(user, now), *gathered(lambda part: part.waiting(user, now))]
    context = {
        "today": timezone.localdate(now),
        "looks": looks(user),
        "links": [*_desk(user), *sorted(links, key=lambda link: not link.count), *_records(request)],
        **columns(gathered(lambda part: part.today(user, now, asked))),
    }
    return render(request, "portal/workbench.html", context)


def _desk(user: User) -> list[Link]:
    if not serves(user):
        return []
    return [Link(_("服务台"), reverse("portal:desk"), _("找居民，给她报名，打印上课条"), "search")]


def _calls(user: User) -> list[Link]:
    if not user.reach("notices.call_list"):
        return []
    count = Delivery.objects.to_phone().visible_to(user).count()
    note = _("没有手机账号的人，要打电话告诉")
    return [Link(_("电话名单"), reverse("portal:calls"), note, "telephone", count=count)]


def _alone(user: User, now: datetime) -> list[Link]:
    """Children without anybody to act for them: nobody but the desk can name somebody."""
    if not user.reach("people.change"):
        return []
    born = grown_up_born(timezone.localdate(now))
    count = Person.objects.visible_to(user).left_alone(born).count()
    url = reverse("admin:people_person_changelist") + "?alone=1"
    note = _("给孩子登记一位监护人")
    return [Link(_("没有监护人的孩子"), url, note, "people", count=count)] if count else []


def _records(request: HttpRequest) -> list[Link]:
    """The back office, to whom it opens a list."""
    links = []
    if site.get_model_admin(Person).has_view_permission(request):
        note = _("验证码、代办人、同意书、合并")
        links.append(Link(_("居民档案"), reverse("admin:people_person_changelist"), note, "people"))
    if site.has_permission(request) and site.get_app_list(request):
        links.append(Link(_("全部资料"), reverse("admin:index"), _("学期、课程、教室、日历"), "list-ul"))
    return links
