"""One picture of a ticket, for whoever may read the ticket's words, and for nobody by its address alone."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.errors import DomainError
from common.guesses import Guesses
from common.pictures import small
from grievances.actions.pictures import SHELF
from grievances.models.pictures import TicketPicture
from grievances.models.tickets import Ticket
from grievances.views.page import own_ticket
from people.models import User

# Files handed in by one account, or without one from one address: each costs a second of a processor.
HANDED_IN = Guesses("pictures", most=60, seconds=3600)


def count_upload(request: HttpRequest) -> None:
    """Asked before any of them is read; refuses TOO_MANY."""
    user = request.user
    who = f"user:{user.pk}" if isinstance(user, User) else get_adapter().get_client_ip(request)
    if not HANDED_IN.counted(who):
        raise DomainError("TOO_MANY", _("一小时里传得太多了，请过一会儿再来。"))


@require_safe
def picture(request: HttpRequest, ticket_id: int, position: int) -> HttpResponse:
    """A JPEG, whole or (?small) as it stands on a page; 404 for whoever may not see it, as if it were none."""
    if not _sees(request, ticket_id):
        raise Http404
    row = get_object_or_404(TicketPicture, ticket=ticket_id, position=position)
    data = SHELF.read(row.key)
    if data is None:
        raise Http404
    answer = HttpResponse(small(data) if "small" in request.GET else data, content_type="image/jpeg")
    answer["Content-Disposition"] = f'inline; filename="{row.number}.jpg"'
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def _sees(request: HttpRequest, ticket_id: int) -> bool:
    """Whoever sees the ticket; who told it without an account, by the code that this browser holds."""
    seen = Ticket.objects.visible_to(request.user).filter(pk=ticket_id)
    return seen.exists() or own_ticket(request, ticket_id) is not None
