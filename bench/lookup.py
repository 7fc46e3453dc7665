"""提户知人: `people.actions.lookup.find`, at the database, for every way of asking.

500,000 people behind 200,000 doors in 1,000 grids (`./dev bench --city lookup`: a minute and a half, 0.5 GB;
20,000 people of 10 grids without --city), as those who ask have it: a worker of one grid, a social worker
of ten, an officer of a hundred, one of the whole city, and a grid worker who asks elsewhere with a reason.
Doors are an upper app's to know: here a table of two columns stands for it (`bench._doors`).
"""

import random
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._city import City, build  # noqa: E402
from bench._database import as_owner  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._timing import at_the_database, percentile  # noqa: E402
from common.errors import DomainError  # noqa: E402
from common.pinyin import spell  # noqa: E402
from common.sealed import blind_index, seal  # noqa: E402
from common.surnames import SURNAMES  # noqa: E402
from people.actions.lookup import find  # noqa: E402
from people.models import Person, User  # noqa: E402

CITY = "--city" in sys.argv
STREETS, COMMUNITIES = (10, 10) if CITY else (1, 1)
PEOPLE, NAMES, TIMES = (500_000 if CITY else 20_000), 60_000, 60
FIRST = 2_000_000  # their numbers begin there
DOCUMENT = "11010519491231002X"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉红建国华文志海梅春秋生福贵子轩雨涵浩宇欣怡梓晨"
# Grid by grid, as a register is read in; a name is as common as in life, two of three have somebody to call,
# and every third a helper.
TABLES = """
CREATE TABLE bench_name (n int PRIMARY KEY, full_name text, pinyin text, initials text);
CREATE TABLE bench_door (person_id bigint PRIMARY KEY, door text);
"""
FILL_SQL = """
INSERT INTO people_person (id, full_name, pinyin, initials, sex, born_on, born_precision, phone, contact_name,
    contact_phone, document_no, document_index, home_id)
SELECT {first} + gen.n, name.full_name, name.pinyin, name.initials, 'F', date '1940-01-01' + gen.n %% 25000, 'DAY',
    '13' || lpad((gen.n::bigint * 7919 + 12345678)::text, 9, '0'),
    CASE WHEN gen.n %% 3 > 0 THEN other.full_name ELSE '' END, CASE WHEN gen.n %% 3 > 0 THEN '13900001111' ELSE '' END,
    %s, encode(sha256(gen.n::text::bytea), 'hex'), grid.grid
FROM generate_series(0, {people} - 1) gen (n)
JOIN bench_grid grid ON grid.n = gen.n::bigint * {grids} / {people}
JOIN bench_name name ON name.n = (gen.n::bigint * 15485863) %% {names}
JOIN bench_name other ON other.n = (gen.n::bigint * 32452843 + 7) %% {names};
INSERT INTO people_guardianship (guardian_id, ward_id, kind, relation, since)
SELECT {first} + n + 1, {first} + n, 'RELATIVE', '儿子', now() FROM generate_series(0, {people} - 2, 3) n;
INSERT INTO bench_door SELECT {first} + n, format('%%s-%%s-%%s', 1 + h / 20 %% 10, 1 + h / 10 %% 2, 101 + h %% 10)
FROM (SELECT n, n * 2 / 5 AS h FROM generate_series(0, {people} - 1) n) housed;
CREATE INDEX ON bench_door (door);
GRANT SELECT ON bench_door TO PUBLIC;
"""


def stage() -> City:
    """The city and its people."""
    city = build(STREETS, COMMUNITIES, timezone.now())
    draw, rows = random.Random(1), list[tuple[object, ...]]()
    often = [1 / (rank + 1) ** 0.8 for rank in range(len(SURNAMES))]
    letters = [1 / (rank + 3) ** 0.5 for rank in range(len(GIVEN))]
    for n in range(NAMES):
        given = "".join(draw.choices(GIVEN, letters, k=draw.choice([1, 2, 2, 2])))
        name = draw.choices(SURNAMES, often)[0] + given
        rows.append((n, name, *spell(name)))
    as_owner(TABLES)
    as_owner("INSERT INTO bench_name VALUES " + ", ".join(["(%s, %s, %s, %s)"] * NAMES), sum(rows, ()))
    numbers = {"first": FIRST, "people": PEOPLE, "grids": city.grids, "names": NAMES}
    as_owner(FILL_SQL.format(**numbers), [seal("410105195801010020")])
    as_owner("VACUUM ANALYZE")
    return city


def ways(person: Person, draw: random.Random) -> dict[str, str]:
    """What one may say of somebody, way by way."""
    relative, household = person.contact_name or "王强", (person.pk - FIRST) * 2 // 5
    door = f"{1 + household // 20 % 10}-{1 + household // 10 % 2}-{101 + household % 10}"
    return {
        "name": person.full_name,
        "given name": person.full_name[1:],
        "surname": person.full_name[:1],
        "pinyin": person.pinyin,
        "initials": person.initials,
        "one letter": person.initials[:1],
        "phone tail": person.phone[-4:],
        "name and tail": f"{person.full_name} {person.phone[-4:]}",
        "phone": person.phone,
        "identity number": DOCUMENT,
        "surname, relative": f"东户姓{person.full_name[:1]}的，儿子叫{relative}",
        "relative": f"{relative}的妈妈",
        "door": door,
        "door, surname": f"{door}姓{person.full_name[:1]}的",
        "nobody": f"{draw.choice('尉蔺粟亓')}{draw.choice(GIVEN)}崑",
    }


def ask(by: User, reason: str, draw: random.Random) -> dict[str, list[float]]:
    """How long each way of asking takes, for people drawn from the whole city."""
    took: dict[str, list[float]] = {}
    for person in Person.objects.filter(pk__in=[FIRST + draw.randrange(PEOPLE) for _ in range(TIMES)]):
        for way, text in ways(person, draw).items():
            caches["default"].clear()  # where looks are counted
            queries = list[float]()
            with at_the_database(queries):
                try:
                    find(text=text, by=by, now=timezone.now(), reason=reason)
                except DomainError as refusal:
                    if refusal.code != "TOO_MANY_FOUND":
                        raise
            took.setdefault(way, []).append(sum(queries))
    return took


def main() -> None:
    report, start = Report(), time.perf_counter()
    settings.PARTS = ["bench._doors", *settings.PARTS]
    city, draw = stage(), random.Random(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database()), pg_total_relation_size('people_person')")
        size, people = cursor.fetchone()
        report.figure(f"built: {PEOPLE:,} people", time.perf_counter() - start, "s")
        report.figure("... on disk", size / 1e6, "MB")
        report.figure("... the register and its indexes", people / 1e6, "MB")
    as_owner(
        "UPDATE people_person SET document_index = %s WHERE id = %s", [blind_index(DOCUMENT), FIRST + 77]
    )
    for hat, asks in city.staff.items():
        by = User.objects.get(pk=asks.user_id)
        for reason in ("", "路上摔倒了") if hat == "grid worker" else ("",):
            for way, seconds in ask(by, reason, draw).items():
                name = f"{hat}{', elsewhere' if reason else ''}: {way}"
                middle = percentile(seconds, 50)
                report.target(f"{name}, p95; median {middle:.1f}", percentile(seconds), "<=", 100, " ms")
    report.finish()


if __name__ == "__main__":
    main()
