"""Who is written down twice in a roster, told by `common.sheets.same`; what stays unsure is listed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from django.utils.translation import gettext as _

from common.sheets import births
from common.sheets.notes import Doubt
from common.sheets.same import Verdict, same_person
from courses.registers.classes import ClassKey, class_key
from courses.registers.roster import RosterRow

_PRECISION = {births.DAY: 0, births.MONTH: 1, births.YEAR: 2, "": 3}


@dataclass(frozen=True, slots=True)
class PersonGroup:
    """One person as the register knows them, from all the lines that are theirs."""

    rows: tuple[RosterRow, ...]
    full_name: str
    sex: str
    born_on: date | None
    born_precision: str
    phone: str
    home: str
    wishes: tuple[str, ...]
    contact_name: str
    contact_phone: str
    remark: str
    document_no: str
    note: str  # "第 N 行与第 M 行是同一人，已合并", else ''
    doubts: tuple[Doubt, ...]  # about merging or not merging; the rows keep their own
    maybe: tuple[int, ...]  # lines that may be the same person and were kept apart

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines of the file this person stands on."""
        return tuple(row.line for row in self.rows)


def group_people(rows: Iterable[RosterRow]) -> list[PersonGroup]:
    """One group per person, in the order of their first lines; fatal rows are nobody's.

    Rows are united only when every pair of them is SAME: A like B and B like C does not make A of
    C when their birth dates conflict. Such a chain stays apart, line by line.
    """
    namesakes: dict[str, list[RosterRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.line):
        if not row.fatal:
            namesakes[row.full_name].append(row)
    groups = [group for same_name in namesakes.values() for group in _grouped(same_name)]
    return sorted(groups, key=lambda group: group.lines)


def _grouped(rows: Sequence[RosterRow]) -> list[PersonGroup]:
    same: dict[int, set[int]] = defaultdict(set)
    perhaps: dict[int, set[int]] = defaultdict(set)
    for a, b in combinations(rows, 2):
        verdict = same_person(a, b)
        if verdict is not Verdict.DIFFERENT:
            links = same if verdict is Verdict.SAME else perhaps
            links[a.line].add(b.line)
            links[b.line].add(a.line)
    by_line = {row.line: row for row in rows}
    return [
        _united(tuple(by_line[line] for line in lines), _others(lines, same, perhaps))
        for chain in _chains(by_line, same)
        for lines in _sure(chain, same)
    ]


def _chains(lines: Iterable[int], same: Mapping[int, set[int]]) -> Iterator[list[int]]:
    """Lines linked by SAME, directly or through others."""
    seen: set[int] = set()
    for line in lines:
        if line in seen:
            continue
        chain, waiting = {line}, [line]
        while waiting:
            new = same.get(waiting.pop(), set()) - chain
            chain |= new
            waiting += new
        seen |= chain
        yield sorted(chain)


def _sure(chain: list[int], same: Mapping[int, set[int]]) -> list[list[int]]:
    """The chain as one person when every pair in it is SAME, else every line alone."""
    whole = all(len(same.get(line, ())) == len(chain) - 1 for line in chain)
    return [chain] if whole else [[line] for line in chain]


def _others(
    lines: list[int], same: Mapping[int, set[int]], perhaps: Mapping[int, set[int]]
) -> tuple[int, ...]:
    """Other lines that are perhaps (or, in a broken chain, apparently) this person."""
    linked = {other for line in lines for links in (same, perhaps) for other in links.get(line, ())}
    return tuple(sorted(linked - set(lines)))


def _united(rows: tuple[RosterRow, ...], maybe: tuple[int, ...]) -> PersonGroup:
    best = min(rows, key=lambda row: (_PRECISION[row.born_precision], row.line))
    return PersonGroup(
        rows=rows,
        full_name=rows[0].full_name,
        sex=_first(row.sex for row in rows),
        born_on=best.born_on,
        born_precision=best.born_precision,
        phone=_first(row.phone for row in rows),
        home=_first(row.home for row in rows),
        wishes=_wishes(rows),
        contact_name=_first(row.contact_name for row in rows),
        contact_phone=_first(row.contact_phone for row in rows),
        remark=_("；").join(dict.fromkeys(row.remark for row in rows if row.remark)),
        document_no=_first(row.document_no for row in rows),
        note=_note(rows),
        doubts=_doubts(rows, maybe),
        maybe=maybe,
    )


def _first(values: Iterable[str]) -> str:
    return next((value for value in values if value), "")


def _wishes(rows: Sequence[RosterRow]) -> tuple[str, ...]:
    """All rows' wishes; one class in two spellings is one wish."""
    wishes: dict[ClassKey, str] = {}
    for row in rows:
        for wish in row.wishes:
            wishes.setdefault(class_key(wish), wish)
    return tuple(wishes.values())


def _note(rows: Sequence[RosterRow]) -> str:
    if len(rows) == 1:
        return ""
    others = _("、").join(_("第 %(line)d 行") % {"line": row.line} for row in rows[1:])
    return _("第 %(line)d 行与%(others)s是同一人，已合并") % {"line": rows[0].line, "others": others}


def _doubts(rows: Sequence[RosterRow], maybe: Sequence[int]) -> tuple[Doubt, ...]:
    doubts = []
    homes = list(dict.fromkeys(row.home for row in rows if row.home))
    if len(homes) > 1:
        shown = {"first": homes[0], "others": _("、").join(homes[1:])}
        doubts.append(
            Doubt(
                "HOME_DIFFERS", "", _("合并的几行写了不同的社区，用“%(first)s”，另有“%(others)s”。") % shown
            )
        )
    if maybe:
        lines = _("、").join(str(line) for line in maybe)
        message = _("与第 %(lines)s 行同名，可能是同一人，没有合并，请核对。") % {"lines": lines}
        doubts.append(Doubt("MAYBE_SAME_PERSON", "", message))
    return tuple(doubts)
