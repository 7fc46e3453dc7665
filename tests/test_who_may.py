"""Who may do what to whom: every verb, as everybody, against the table of tests/who_may.py.

The stories of tests/scenes are told once more. Before each verb is done as told, others try it: every
role with a post where the thing is and with one in another street (and in the other of the two a post
that only looks), with the people where they are and moved to that other street, a neighbour without a
post, and whoever acts for everybody in the story.
What they do is undone again.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from centers.models import Division
from common.errors import DomainError
from people.models import Guardianship, Membership, Person, User
from people.rules import MAY, GuardianKind, Role
from tests import fences, lanes
from tests.cast import Cast
from tests.factories import people
from tests.scenes import Play, Story, name_of
from tests.stories import STORIES
from tests.who_may import ASKED_ELSEWHERE, WHO

OWN = {
    "SAME_PERSON",
    "OWN_PITCH",
    "NOT_INDEPENDENT",
}  # how a verb refuses what somebody would gain from for her own
SEEN = re.compile(r"\.visible_to\b")


@dataclass(frozen=True)
class Line:
    """One line of the table, read."""

    verbs: tuple[str, ...]
    of: str
    own: bool
    gain: bool

    def allows(self, role: Role) -> bool:
        return any(role in MAY[verb] for verb in self.verbs)

    def reaches(self, *, thing: bool, person: bool) -> bool:
        return {"thing": thing, "person": person, "both": thing and person, "either": thing}[self.of]


def line(name: str) -> Line:
    verbs, of, *flags = WHO[name].split()
    return Line(() if verbs == "-" else tuple(verbs.split("+")), of, "own" in flags, "gain" in flags)


@dataclass(frozen=True)
class Try:
    """Somebody who tries a verb, and whether she may."""

    who: str
    user: User
    may: bool
    moved: bool = False
    ties: str = ""  # "acts for all", "all act for her"


class Others(Play):
    """Plays as told, after everybody else has tried."""

    def __init__(self, cast: Cast, config: pytest.Config) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self._config, self._tried = config, set[tuple[str, int]]()
        self._elsewhere = cast.city["other_community"]
        here, there = cast.city["street"], cast.city["other_street"]
        self._posts = [
            (role, at == here, _who_looks(role, at, there if at == here else here))
            for role in Role
            for at in (here, there)
        ]
        self._neighbour, self._agent = (
            people.resident(name, cast.city["community"]) for name in ("路人", "代办")
        )

    def __call__(self, verb: Callable[..., Any], **given: Any) -> Any:
        name = name_of(verb)
        if name in WHO and self._is_due(name, given["by"]):
            tries = [*self._tries(line(name), given["by"]), *self._own(line(name), given["by"])]
            for one in lanes.part_of(tries, len(self._tried), self._config):
                refused = self._refused(verb, given, one)
                if refused == one.may:
                    self.wrong.append(f"{name}: {one.who} may{' not' if refused else ''}")
        return verb(**given)

    def locked(self, verb: Callable[..., Any], *tables: str) -> None:
        """What is locked is another test's matter."""

    def _is_due(self, name: str, by: User) -> bool:
        """Once a story for each who does it as told; every time in `--nightly`."""
        first = (name, by.pk) not in self._tried
        self._tried.add((name, by.pk))
        return first or lanes.nightly(self._config)

    def _tries(self, row: Line, by: User) -> Iterator[Try]:
        """Where a role may not even here, the other places say nothing new: they are for `--nightly`."""
        told_by_staff = by.is_staff
        for role, here, user in self._posts:
            for moved in (False, True):
                if moved and row.of == "either":
                    continue
                may = row.allows(role) and row.reaches(thing=here, person=here != moved)
                if may and (not told_by_staff or len(row.verbs) > 1):
                    continue  # by herself it may be another state, or another channel
                if row.allows(role) or (here and not moved) or lanes.nightly(self._config):
                    where = (
                        f"{'here' if here else 'elsewhere'}, people {'moved away' if moved else 'at home'}"
                    )
                    yield Try(f"{role} {where}", user, may, moved)
        yield Try("a neighbour", self._neighbour.user, may=False)
        if row.own != told_by_staff:
            yield Try("whoever acts for all", self._agent.user, row.own, ties="acts for all")

    def _own(self, row: Line, by: User) -> Iterator[Try]:
        """Where something is gained, those who may, but for their own."""
        for role, here, user in self._posts:
            if row.gain and by.is_staff and here and row.allows(role):
                for ties in ("acts for all", "all act for her"):
                    yield Try(f"{role} here, who {ties}", user, may=False, ties=ties)

    def _refused(self, verb: Callable[..., Any], given: dict[str, Any], one: Try) -> bool:
        with transaction.atomic():
            if one.moved:
                Person.objects.exclude(pk__in=[self._neighbour.pk, self._agent.pk]).update(
                    home=self._elsewhere
                )
            if one.ties:
                _tie(one.user, one.ties)
            told = {word: _anew(value) for word, value in given.items()}
            try:
                with transaction.atomic():
                    verb(**{**told, "by": _anew(one.user)})
            except DomainError as error:
                return error.code in {"NOT_ALLOWED", *(OWN if one.ties else ())}
            finally:
                transaction.set_rollback(True)
        return False


def _who_looks(role: Role, at: Division, elsewhere: Division) -> User:
    """Somebody with a post, and with another one elsewhere by which she sees and may do nothing."""
    user = people.staff("职员", role, at)
    Membership.objects.create(user=user, division=elsewhere, role=Role.AUDITOR, since=date(2020, 1, 1))
    return user


def _tie(user: User, ties: str) -> None:
    """Makes an account act for everybody, or everybody act for it."""
    her, _made = Person.objects.get_or_create(user=user, defaults={"full_name": "何静"})
    tie = {"kind": GuardianKind.AGENT, "since": people.SEPTEMBER}
    others = Person.objects.exclude(pk=her.pk)
    pairs = [(her, one) if ties == "acts for all" else (one, her) for one in others]
    Guardianship.objects.bulk_create([Guardianship(guardian=a, ward=b, **tie) for a, b in pairs])


def _anew(value: Any) -> Any:
    """People as they are in the database now; a user remembers her posts."""
    return type(value).objects.get(pk=value.pk) if isinstance(value, Person | User) else value


@pytest.mark.parametrize("told", STORIES)
def test_every_verb_asks_who_may(
    told: Story, cast: Cast, now: datetime, request: pytest.FixtureRequest
) -> None:
    play = Others(cast, request.config)
    told.tell(play, cast, now)
    assert not play.wrong, "\n".join(play.wrong)


def test_every_verb_has_a_line() -> None:
    verbs = {f"{app}.{name}": verb for app in fences.APPS for name, verb in fences.verbs_of(app).items()}
    asking = {name for name, verb in verbs.items() if "by" in inspect.signature(verb).parameters}
    assert asking - set(WHO) - set(ASKED_ELSEWHERE) == set()
    assert set(WHO) <= asking
    assert set(ASKED_ELSEWHERE) <= set(verbs)  # some of them know nobody who asks
    assert not set(WHO) & set(ASKED_ELSEWHERE)


def test_every_line_is_played() -> None:
    scenes = [ast.parse(path.read_text()) for path in (fences.ROOT / "tests/scenes").glob("*.py")]
    calls = [node for scene in scenes for node in ast.walk(scene) if isinstance(node, ast.Call)]
    played = {ast.unparse(call.args[0]) for call in calls if ast.unparse(call.func) == "play" and call.args}
    assert {name.partition(".")[2] for name in WHO} - played == set()


def test_no_verb_asks_a_post_by_another_way() -> None:
    asked = re.compile(r"\.(?:may|reach|posts)\(|\.posts\b")
    assert fences.matches(_rooms(), asked) == []
    assert asked.search("if not by.may('people.change', home):")


def test_no_verb_takes_sight_for_leave() -> None:
    """What somebody sees, by any post or as one of hers, says nothing of what she may do (ADR 23)."""
    assert fences.matches(_rooms(), SEEN) == []


@pytest.mark.parametrize(
    "line", ["found = Gift.objects.visible_to(by).first()", "rows = self.visible_to(", "f(one.visible_to)"]
)
def test_sight_in_a_verb_is_caught(line: str, tmp_path: Path) -> None:
    (tmp_path / "actions.py").write_text(f"{line}\n")
    assert len(fences.matches([tmp_path / "actions.py"], SEEN)) == 1


def _rooms() -> list[Path]:
    rooms = [path for app in fences.APPS for path in (fences.ROOT / app).glob("actions*/**/*.py")]
    return [*rooms, *filter(Path.exists, (fences.ROOT / app / "actions.py" for app in fences.APPS))]
