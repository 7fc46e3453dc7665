"""Who may open what: the words of the table in tests/test_access.py, and its part of volunteering."""

from collections.abc import Iterable
from datetime import timedelta
from io import BytesIO
from typing import Any, NamedTuple
from zipfile import ZipFile

from journal.models import Entry
from tests.factories import volunteers
from volunteers.actions.check_in import shift_token
from volunteers.models.partners import PartnerShop, PartnerUnit
from volunteers.models.roll import Skill, Team, Volunteer
from volunteers.rules.shifts import SignupState

# guilan owns what is looked at, and the staff of 花园路街道 look after it; stranger and
# other_worker belong to the other street.
ROLES = ("nobody", "guilan", "stranger", "worker", "other_worker", "officer", "grid_worker", "admin")
ALL = " ".join(ROLES)
SIGNED_IN = "guilan stranger worker other_worker officer grid_worker admin"
STAFF = "worker other_worker officer grid_worker admin"
DESK = "worker admin"
NONE = ""


class Row(NamedTuple):
    """Who gets in by GET and by POST; None: not asked, since the view tells no methods apart.

    In `data`, "$name" is what the world of the test calls so. `about` says which of its rows an
    address is about, where that is not the first of its kind. With `does`, whoever is in `post` does
    what the verb does, and nobody else does: on a page, or by a call of the API (tests/judging.py).
    """

    get: str = ALL
    post: str | None = None
    data: dict[str, Any] | str = {}
    about: dict[str, str] = {}
    does: bool = False


def button(who: str, **data: Any) -> Row:
    """An address that only acts: GET is 405 for everybody."""
    return Row("405", who, data)


def verb(
    who: str,
    data: dict[str, Any] | str | None = None,
    about: dict[str, str] | None = None,
    *,
    get: str = "405",
) -> Row:
    """An address of a verb: posted as told it succeeds for `who`, and for nobody else."""
    return Row(get, who, data or {}, about or {}, does=True)


# Where whole numbers of others are told on purpose, and why that is right.
TELLS = {"courses:staff_export_full": "asked for with a reason, which every learner reads in her own log"}


def told(response: Any, numbers: Iterable[str]) -> list[str]:
    """Which of these numbers an answer tells, a spreadsheet's cells included."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content.startswith(b"PK"):
        with ZipFile(BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    return [number for number in numbers if number.encode() in content]


VOLUNTEERS = {
    "volunteers:home": Row(),
    "volunteers:shift": Row(),
    "volunteers:scan": Row(),  # asks who is there, and changes nothing
    "volunteers:join": verb("guilan", {"person": "$newcomer_id"}, get=SIGNED_IN),
    "volunteers:leave": verb("guilan worker officer admin"),
    "volunteers:sign_up": verb(
        "guilan worker admin", {"volunteer": "$volunteer_id"}, {"shift_id": "free_shift"}, get=ALL
    ),
    "volunteers:signup": Row("guilan"),
    "volunteers:withdraw": verb("guilan worker admin"),
    "volunteers:arrive": verb(
        "guilan", {"volunteer": "$volunteer_id"}, {"shift_id": "running_shift", "token": "running_token"}
    ),
    "volunteers:go": verb(
        "guilan", {"volunteer": "$child_volunteer"}, {"shift_id": "begun_shift", "token": "begun_token"}
    ),
    "volunteers:run": Row(DESK),
    "volunteers:code": Row(DESK),
    "volunteers:tick_in": verb(DESK, {"volunteer": "$volunteer_id"}, {"shift_id": "running_shift"}),
    "volunteers:tick_out": verb(DESK, {"volunteer": "$child_volunteer"}, {"shift_id": "begun_shift"}),
    "volunteers:untick": verb(DESK, {"signup": "$there_signup"}, {"shift_id": "begun_shift"}),
    "volunteers:close": verb(DESK, {"confirmed": "$there_signup"}, {"shift_id": "begun_shift"}),
    "volunteers:staff_home": Row(STAFF),
    "volunteers:staff_manual": Row(STAFF),
    "volunteers:staff_shift": Row("worker officer admin"),
    "volunteers:staff_add": verb(DESK, {"volunteer": "$volunteer_id"}, {"shift_id": "free_shift"}),
    "volunteers:staff_enlist": verb("worker officer admin", {"person": "$elder_id"}),
    "volunteers:staff_cancel": verb("worker officer admin", {"reason": "下雨了"}, get="worker officer admin"),
    "volunteers:staff_move": verb(
        "worker officer admin",
        {"day": "2026-12-20", "starts": "9:00", "ends": "10:00", "reason": "下雨了"},
        get="worker officer admin",
    ),
    "volunteers:staff_places": verb("worker officer admin", {"places": "9"}, get="worker officer admin"),
    "volunteers:staff_kiosk": Row(DESK),
    "volunteers:staff_kiosk_start": verb(DESK),
    "volunteers:staff_kiosk_end": verb(DESK),
    # Whoever stands before the machine that staff have opened: none of these is.
    "volunteers:kiosk": Row(NONE),
    "volunteers:tap": button(NONE),
    "volunteers:staff_sheet": Row("worker officer admin"),
    "volunteers:staff_remove": verb(DESK, {"reason": "搬走了"}, get=DESK),
    "api-shift-list": Row(),
    "api-shift-detail": Row(),
    "api-signup-list": verb(
        "guilan worker admin", {"shift_id": "$free_shift", "volunteer_id": "$volunteer_id"}, get=SIGNED_IN
    ),
    "api-signup-detail": Row("guilan"),
    "api-signup-withdraw": verb("guilan"),
    "api-signup-arrive": verb("guilan", {"token": "$running_token"}, {"pk": "running_signup"}),
    "api-signup-go": verb("guilan", {"token": "$begun_token"}, {"pk": "there_signup"}),
    "api-volunteer-list": verb("guilan worker officer admin", {"person_id": "$newcomer_id"}, get=SIGNED_IN),
    "api-volunteer-detail": Row("guilan"),
    "api-volunteer-leave": verb("guilan"),
    "api-volunteer-honour": verb("guilan", {"agree": "true"}),
}

VOLUNTEERS_ADMIN = {
    "journal.entry": "admin",  # and an auditor, who is not of the cast (tests/journal)
    "orders.serviceitem": "worker officer admin",
    "orders.serviceorder": "worker officer admin",
    "orders.servicecard": "worker officer admin",
    "grants.grantcall": "officer admin",
    "grants.pitch": "officer admin",
    "orders.marketday": "worker officer admin",
    "orders.stall": "worker officer admin",
    "orders.stallbooking": DESK,
    "volunteers.volunteer": "worker officer admin",
    "volunteers.skill": "worker other_worker officer grid_worker admin",
    "volunteers.team": "worker officer admin",
    "volunteers.partnerunit": "worker officer admin",
    "volunteers.partnershop": "worker officer admin",
    "volunteers.activity": "worker officer admin",
    "volunteers.shift": "worker officer admin",
    "volunteers.shiftsignup": "worker officer admin",
    "volunteers.shiftsignupevent": "worker officer admin",
    "volunteers.servicerecord": "worker officer admin",
}


def volunteering(cast, now):
    """A shift of 王桂兰's community that she signed up for, and what else the back office keeps."""
    home = cast.city["community"]
    me, shift = volunteers.volunteer(cast.guilan), volunteers.shift(home, now + timedelta(days=2))
    signup = volunteers.signup(shift, me, now)
    rows = [me, shift, shift.activity, signup, type(signup).pgh_event_model.objects.get()]
    rows += [volunteers.record(me, cast.worker, now=now), Skill.objects.create(name="电工")]
    rows.append(Team.objects.create(name="红马甲", division=home))
    rows.append(PartnerUnit.objects.create(name="电力公司", division=home))
    rows.append(Entry.objects.create(at=now, kind="REFUSED"))
    rows.append(PartnerShop.objects.create(name="老李理发", division=home))
    return shift, rows


def deeds(cast, now, me):
    """What the verbs of volunteering are about: shifts that are to come, going on, and begun long ago."""
    home = cast.city["community"]
    running, begun = (volunteers.shift(home, now - timedelta(minutes=ago)) for ago in (10, 60))
    child = Volunteer.objects.filter(person=cast.zixuan).first() or volunteers.volunteer(cast.zixuan)
    coming = volunteers.signup(running, me, now)
    came = {"check_in_kind": "LIST", "checked_in_at": now - timedelta(minutes=50)}
    there = volunteers.signup(begun, child, now, state=SignupState.CAME, **came)
    return {
        "free_shift": volunteers.shift(home, now + timedelta(days=3)).pk,
        "running_shift": running.pk,
        "running_signup": coming.pk,
        "running_token": shift_token(running.pk, now),
        "begun_shift": begun.pk,
        "begun_token": shift_token(begun.pk, now),
        "there_signup": there.pk,
        "child_volunteer": child.pk,
        "elder_id": cast.elder.pk,
    }
