"""提户知人: who is this, and whom does one ring. The desk and a grid worker in the street ask the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from common.errors import DomainError, NotAllowed
from common.guesses import Guesses
from common.masking import mask_phone
from common.searches import is_number_of_somebody, look_up, notice_look, row_numbers
from people.actions.ringing import OPEN_FOR, numbers_open
from people.authority import may_act, reach_of
from people.models import Guardianship, Person, PersonQuerySet, RevealLog, User, acts_for
from people.parts import gathered
from people.rules import CLOSED, LOOKED, GuardianKind, Number
from people.search import ALIASES, asked_by_number, is_place, named, read

MOST_FOUND, MOST_BEYOND = 20, 5
MOST_SORTED = 200  # who asks for more than that has not said whom she means
BEYOND = Guesses("looked_beyond", most=10, seconds=3600)  # of one account, found or not
CALLS = Guesses("family_numbers", most=30, seconds=3600)


class TooManyLooks(DomainError):
    code = "TOO_MANY_LOOKS"
    status = 429


@transaction.atomic
def find(*, text: str, by: User, now: datetime, reason: str = "") -> list[Person]:
    """提户知人: whom a name, its pinyin or initials, the tail of a phone or the whole of it, an identity
    number, a door, or "东户姓张的，儿子叫张强" means; numbers are for `ring_family` to open.

    At most MOST_FOUND, and one more where there are more. Without a reason those in the reach of
    `people.view` and nobody else: that somebody lives elsewhere is answered like that there is nobody.
    With a reason those elsewhere as well, who come first: each look is counted before it is done, each
    person found gets a row that she reads with the reason on 我的资料 (the database notes it in the journal),
    and for OPEN_FOR her row number finds her again.

    Refuses NOT_ALLOWED, REASON_NEEDED, TOO_MANY_LOOKS, TOO_MANY_FOUND (more than MOST_BEYOND elsewhere:
    nobody is told, nobody is logged) and TOO_MANY_NUMBERS.
    """
    near = reach_of(by=by, verb="people.view")
    if not reason or row_numbers(text):
        return _with_family(_found(Person.objects.filter(near | _seen_before(text, by, now)), text, by))
    reason = reason.strip()[:200]
    if len(reason) < 2:
        raise DomainError("REASON_NEEDED", _("请写明为什么要找，居民本人会看到。"), about="reason")
    if not BEYOND.counted(by.pk):
        raise TooManyLooks(
            message=_("一小时里在别的地方找得太多了，请过一会儿再找，或打电话问那边的服务台。")
        )
    found = _found(Person.objects.exclude(pinyin=CLOSED), text, by)
    here = set(Person.objects.filter(near, pk__in=found).values_list("pk", flat=True))
    beyond = [pk for pk in found if pk not in here]
    if len(beyond) > MOST_BEYOND:
        notice_look([])
        raise DomainError(
            "TOO_MANY_FOUND",
            _("别处对得上的人太多，请写得再具体些：全名加电话尾号，或家人的名字。"),
            about="text",
        )
    if not is_number_of_somebody(text):  # which look_up has noticed
        notice_look(beyond)
    RevealLog.objects.bulk_create(
        RevealLog(user=by, person_id=pk, field=LOOKED, reason=reason, at=now) for pk in beyond
    )
    return _with_family([*beyond, *(pk for pk in found if pk in here)])


def looked_at(user: User, now: datetime) -> QuerySet[RevealLog, int]:
    """Whom this user found beyond her reach a moment ago, with a reason."""
    lately = RevealLog.objects.filter(user=user, field=LOOKED, at__gt=now - OPEN_FOR)
    return lately.order_by().values_list("person_id", flat=True)


def _seen_before(text: str, by: User, now: datetime) -> Q:
    """By "#12" also whom she found elsewhere a moment ago, and her own."""
    if not row_numbers(text):
        return Q(pk__in=[])
    return Q(pk__in=looked_at(by, now)) | Q(pk__in=acts_for(by).values("pk"))


def _found(people: PersonQuerySet, text: str, by: User) -> list[int]:
    if is_number_of_somebody(text):
        return look_up(by, text, lambda number: whose_number(people, number))
    # Sorted here: the database would sort all whose name begins with a letter to give the first twenty.
    some = _meant(people, text).order_by().values_list("pinyin", "pk")[:MOST_SORTED]
    return [pk for _pinyin, pk in sorted(some)]


def whose_number(people: QuerySet[Person], number: str) -> Iterable[int]:
    """Whose whole number this is, or who lives behind this door: "12-3-1501" looks like one.

    For common.searches.look_up, which counts who finds nobody.
    """
    rows = people.filter(merged_into=None).alias(**ALIASES).order_by("pk")
    question = asked_by_number(number)
    hers = rows.none() if question is None else rows.filter(question)
    return [
        *hers.values_list("pk", flat=True),
        *(pk for door in _behind(number) for pk in rows.filter(pk__in=door).values_list("pk", flat=True)),
    ]


def _behind(door: str) -> list[QuerySet[Any, Any]]:
    """Who lives there, as far as an app above knows it for a door."""
    return gathered(lambda part: [found] if (found := part.lives_at(door)) is not None else [])


def _meant(people: PersonQuerySet, text: str) -> PersonQuerySet:
    """Of whom all that was told is true. What is neither a name nor a door of ours is passed over, where
    something else was told: whoever lives at 东户 may be known by her son."""
    rows, told = people.filter(merged_into=None), read(text)
    if numbers := row_numbers(text):
        return rows.filter(pk__in=numbers)
    narrow = bool(told.kin)
    for name in told.kin:
        rows = rows.filter(pk__in=_of_the_family(name, told.surname))
    for piece in told.pieces:
        if doors := _behind(piece):
            narrow = True
            rows = rows.filter(pk__in=_living_or_named(piece, doors))
        elif not is_place(piece) or not told.knows_more_than(piece):
            rows = rows.matching(piece)
    if told.surname:
        # Where a door or a relative is told, there the database is to begin: a tenth of a city is called so.
        called = Q() if narrow else named(told.surname)
        rows = rows.alias(**ALIASES).filter(called, full_name__startswith=told.surname)
    return rows if any(told) else rows.none()


def _living_or_named(piece: str, doors: list[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """Who lives behind a door that apps know; whoever is called so as well, where it may be a name."""
    first, *others = doors
    if not is_place(piece):
        others.append(Person.objects.matching(piece).order_by().values("pk"))
    return first.union(*others) if others else first


def _of_the_family(name: str, surname: str) -> QuerySet[Any, Any]:
    """Of whom a relative is called so: who acts for her, for whom she acts, whom she wants to be called.

    Whoever says 小强 of somebody 姓张 may mean 张小强.
    """
    names = {name, name if name.startswith(surname) else surname + name}
    called = Q()
    for one in names:
        called |= named(one)
    relatives = Person.objects.alias(**ALIASES).filter(called, full_name__in=names).order_by().values("pk")
    ties = Guardianship.objects.filter(until=None).order_by()
    wanted = Person.objects.alias(**ALIASES).filter(named(name, contact=True)).order_by()
    return wanted.values("pk").union(
        ties.filter(guardian__in=relatives).values("ward"), ties.filter(ward__in=relatives).values("guardian")
    )


# --- Whom to ring ------------------------------------------------------------------------------------


class Relative(NamedTuple):
    """Somebody to ring about a person, and on whose record the number stands."""

    whose: int
    number: Number
    name: str
    relation: str


def family_of(person: Person) -> list[Relative]:
    """Whom she wants to be called, who acts for her, and she herself; whoever has left a number."""
    ties = getattr(person, "ties", None)  # of whom `find` found
    if ties is None:
        ties = _ties().filter(ward=person)
    numbers = [
        Relative(person.pk, _number("contact_phone", person.contact_phone), person.contact_name, _("联系人")),
        *(_of_the_tie(tie) for tie in ties),
        Relative(person.pk, _number("phone", person.phone), person.full_name, _("本人")),
    ]
    return [one for one in numbers if one.number.full]


def _of_the_tie(tie: Guardianship) -> Relative:
    # What a guardian wrote down is what the child is to her: 孙子.
    hers = tie.relation if tie.kind == GuardianKind.AGENT else ""
    relation = hers or tie.get_kind_display()
    return Relative(tie.guardian_id, _number("phone", tie.guardian.phone), tie.guardian.full_name, relation)


def _number(field: str, full: str) -> Number:
    return Number(field, full, mask_phone(full))


def _ties() -> QuerySet[Guardianship]:
    return Guardianship.objects.filter(until=None).select_related("guardian").order_by("pk")


def _with_family(person_ids: list[int]) -> list[Person]:
    """The first of these in their order, each with her place and `ties`."""
    first = person_ids[: MOST_FOUND + 1]
    people = Person.objects.filter(pk__in=first).select_related("home__parent")
    known = {one.pk: one for one in people.prefetch_related(Prefetch("guardians", _ties(), "ties"))}
    return [known[pk] for pk in first]


@transaction.atomic
def ring_family(*, person_id: int, whose: int, field: str, by: User, now: datetime) -> Number:
    """联系家人: opens one number of somebody to ring about a person, and logs the look for whom it belongs to.

    About whom lives in the reach of `people.view`, or was found elsewhere with a reason a moment ago (`find`).
    What is open already is not logged again. Refuses NOT_ALLOWED, also where the number is not that of her
    family, and TOO_MANY_LOOKS.
    """
    person = Person.objects.select_related("home").filter(pk=person_id, merged_into=None).first()
    if person is None or not _may_ring(person, by, now):
        raise NotAllowed(message=_("这位居民不在您负责的范围内。"))
    asked = (whose, field)
    numbers = {(one.whose, one.number.field): one.number for one in family_of(person)}
    if asked not in numbers:
        raise NotAllowed(message=_("这不是她家人的号码，请回去再找一次。"))
    if asked not in numbers_open(by, now):
        if not CALLS.counted(by.pk):
            raise TooManyLooks(message=_("一小时里打开的号码太多了，请过一会儿再看。"))
        # No words about her: this row stands on the record of whoever is rung.
        RevealLog.objects.create(
            user=by, person_id=whose, field=field, reason=_("提户知人：联系家人"), at=now
        )
    return numbers[asked]


def _may_ring(person: Person, by: User, now: datetime) -> bool:
    here = may_act(by=by, verb="people.view", person=person)
    return here or looked_at(by, now).filter(person=person).exists()
