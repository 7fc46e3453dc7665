"""The limit: what the same server does for a constant, a plain page, and the cheapest correct claim."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bench.models import BareClass, BareSeat
from grievances.models.history import Clock, Transition
from grievances.models.tickets import Ticket
from notices.models import Notice

CONSTANT = "<!doctype html><title>x</title><p>hello</p>" * 20
_HEAD = (
    "<!doctype html><html lang='zh'><head><title>课程</title></head><body>{% for c in classes %}<article>\n"
)
_LINES = (
    "<h2>{{ c.name }}</h2>\n<p>{{ c.weekday }}</p>\n<p>{{ c.teacher }}</p>\n"
    "<p>{% if c.left %}还有 {{ c.left }} 个名额{% else %}已满{% endif %} · 共 {{ c.capacity }}</p>\n"
    "<a href='/bench/claim/{{ c.pk }}/'>报名</a>\n"
)
_TEMPLATE = engines["django"].from_string(_HEAD + _LINES + "</article>{% endfor %}</body></html>\n" * 1)


def constant(_request: HttpRequest) -> HttpResponse:
    """A constant, behind the same middleware as every page."""
    return HttpResponse(CONSTANT)


def page(_request: HttpRequest) -> HttpResponse:
    """Thirty classes: one query, one plain template."""
    return HttpResponse(_TEMPLATE.render({"classes": BareClass.objects.order_by("pk")[:30]}))


@csrf_exempt
def claim(request: HttpRequest, class_id: int) -> HttpResponse:
    """The session's user, one conditional UPDATE, one INSERT, in a transaction."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    try:
        with transaction.atomic():
            free = BareClass.objects.filter(pk=class_id, taken__lt=F("capacity"))
            if not free.update(taken=F("taken") + 1):
                return HttpResponse("full", status=409)
            BareSeat.objects.create(bare_class_id=class_id, user_id=request.user.pk, at=timezone.now())
    except IntegrityError:
        return HttpResponse("twice", status=409)
    return HttpResponse("ok")


@csrf_exempt
def tell(request: HttpRequest) -> HttpResponse:
    """The session's user, and the rows of a ticket just told, as they are: four INSERTs in a transaction."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    typed, now = request.POST, timezone.now()
    due, person = now + timedelta(days=1), typed["person"]
    told = {name: typed[name] for name in ("title", "text", "place", "privacy")}
    told |= {"category_id": typed["category"], "division_id": typed["division"], "person_id": person}
    with transaction.atomic():
        ticket = Ticket.objects.create(
            source="WEB",
            source_key=f"bare:{typed['key']}",
            content_hash="0" * 64,
            opened_at=now,
            due_at=due,
            **told,
        )
        times = {"started_at": now, "runs_from": now, "due_at": due}
        Clock.objects.create(ticket=ticket, kind="FIRST_ANSWER", unit="OFFICE", seconds=25200, **times)
        Transition.objects.create(
            ticket=ticket, event="OPEN", to="REGISTERED", hat="RESIDENT", by_id=request.user.pk, at=now
        )
        Notice.objects.create(
            kind="TICKET_OPENED",
            key=f"ticket_opened:{ticket.pk}:1:{person}",
            recipient_id=person,
            about_type="ticket",
            about_id=ticket.pk,
            due_at=now,
            quiet=False,
            body_data={
                "reference": f"T{ticket.pk:06d}",
                "ticket_id": ticket.pk,
                "name": "路灯",
                "until": "明天",
            },
            created_at=now,
        )
    return HttpResponse("ok")
