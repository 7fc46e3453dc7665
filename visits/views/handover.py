"""A grid handed over by its director."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from centers.models import Division
from centers.rules import DivisionKind
from common.pages import ask
from common.reach import within
from people.doors import signed_in, staff_page
from people.models import Membership, User
from people.rules import FROM_ABOVE, Role
from visits.actions.handover import hand_over_grid
from visits.forms.handover import HandoverForm


@staff_page("people.staff")
def hand_over(request: HttpRequest, grid_id: int) -> HttpResponse:
    """交接网格."""
    user = signed_in(request)
    grids = within(Division.objects.filter(kind=DivisionKind.GRID), "", user.reach("people.staff"))
    grid = get_object_or_404(grids.select_related("parent"), pk=grid_id)
    posts = Membership.objects.valid_on(timezone.localdate())
    workers = User.objects.filter(
        pk__in=posts.filter(division=grid, role=Role.GRID_WORKER).values("user"), is_active=True
    )
    community = grid.community
    here = Q(division__in=community.with_above) | Q(division__path__startswith=community.path)
    colleagues = posts.filter(here).exclude(role__in=FROM_ABOVE).values("user")
    others = User.objects.filter(pk__in=colleagues, is_active=True, is_staff=True).exclude(pk=user.pk)
    if len(workers) == 1:
        others = others.exclude(pk__in=workers)
    form = HandoverForm(
        request.POST or None, workers=workers.order_by("name", "pk"), others=others.order_by("name", "pk")
    )

    def act() -> str:
        done = hand_over_grid(grid_id=grid.pk, by=user, now=timezone.now(), **form.cleaned_data)
        told = _("交接好了，%(name)s 接手；在办的诉求转过去 %(moved)d 件。")
        words = told % {"name": done.post.user, "moved": done.moved}
        stays = _("有 %(left)d 件不能给这位同事，请在说事里另派。") % {"left": done.left}
        return f"{words}{stays}" if done.left else words

    return ask(
        request,
        form,
        act,
        back=f"{reverse('visits:walk')}?grid={grid.pk}",
        title=_("交接网格"),
        intro=_("请假或调走时，请另一位同事接手%(grid)s：走访、要关心的人和在办的诉求一次交清。")
        % {"grid": grid},
        button=_("交接"),
        back_label=_("走访"),
    )
