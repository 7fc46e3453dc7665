"""Whether a post lets somebody act for, on or about a resident: asked by the verbs themselves."""

from centers.models import Division
from people.models import Person, User


def may_act(*, by: User, verb: str, person: Person | None = None, row: Division | None = None) -> bool:
    """Whether posts of `by` allow `verb` where the thing lies (`row`) and where the person lives.

    Both are asked about the same verb: what somebody sees by another post, or as a relative, does
    not count, and neither does that the thing is hers to keep. A person who has not told where she
    lives is within reach of none but those who may do it everywhere.
    """
    if "" in by.reach(verb):
        return True
    places = [row] if row is not None else []
    if person is not None:
        if person.home is None:
            return False
        places.append(person.home)
    return bool(places) and all(by.may(verb, place) for place in places)
