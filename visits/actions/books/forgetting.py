"""What household books say of somebody whose record is closed: it is not said any more, and not written down."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from common.sheets.same import Verdict, same_person
from people.models import Person
from visits.actions.books.take_in import member_of
from visits.actions.books.who import written
from visits.models.books import BookRow
from visits.rules.books import TAKEN, BookState, RowFate


def rows_of(person_ids: Collection[int]) -> QuerySet[BookRow]:
    """Households of books in which these persons stand, or may stand, as far as anybody knew."""
    told = Q(pk__in=[])
    for pk in person_ids:
        told |= Q(known__contains=[pk])
    return BookRow.objects.filter(told).order_by()


def forget_in_books(person: Person) -> None:
    """Empties what books say of her; what is still to be written down is looked through as well, for she may have
    come on record after it was read."""
    hers = {row.pk for row in rows_of([person.pk])}
    waiting = BookRow.objects.filter(
        book__state__in=[BookState.PREVIEW, BookState.IMPORTING],
        done=False,
        fate__in=[*TAKEN, RowFate.LEFT_OUT],
    )
    hers |= {row.pk for row in waiting.exclude(pk__in=hers).iterator() if _may_be(row, person)}
    rows = BookRow.objects.filter(pk__in=hers)
    rows.filter(done=False).update(fate=RowFate.REFUSED)
    rows.update(said="")


def _may_be(row: BookRow, person: Person) -> bool:
    return any(
        one["full_name"] == person.full_name
        and same_person(member_of(one), written(person)) is not Verdict.DIFFERENT
        for one in row.told["members"]
    )
