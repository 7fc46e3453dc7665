"""Whose turn it is, and the walk: pages of a grid worker, a social worker and an officer, among ten million visits.

500 grids of 300 homes, 150,000 households and as many people, a tenth of them visited regularly (`--city`:
10,000 visits, then 10,000,000; without it 10,000 and 200,000 over 20 grids). Every page is asked for through
Django's client, warm; what counts is the time at the database and the number of queries.
"""

import sys
import time

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench._city import build  # noqa: E402
from bench._database import as_owner  # noqa: E402
from bench._report import Report  # noqa: E402
from bench._stage import TOKEN, sign_in  # noqa: E402
from bench._timing import at_the_database, percentile  # noqa: E402
from common.sealed import seal  # noqa: E402
from people.models import User  # noqa: E402
from visits.models.register import Building, Household  # noqa: E402

CITY = "--city" in sys.argv
STREETS, COMMUNITIES = (10, 5) if CITY else (1, 2)
HOMES, TIMES = 300, 60
FEW, MANY = 10_000, 10_000_000 if CITY else 200_000
PAGES = {"walk": "/staff/visits/", "whose turn": "/staff/visits/care/"}
STAGE_SQL = """
INSERT INTO visits_building (id, grid_id, name, walked)
SELECT 1 + g.n * 10 + b, g.grid, (b + 1) || '号楼', b + 1 FROM bench_grid g, generate_series(0, 9) b;
INSERT INTO visits_household (id, building_id, unit, floor, room, door_key, note)
SELECT 1 + n, 1 + n / 30, (1 + n %% 3)::text, 1 + n %% 30 / 6, (101 + n %% 30)::text,
    format('%%s/%%s/%%s', 1 + n / 30 %% 10, 1 + n %% 3, 101 + n %% 30), ''
FROM generate_series(0, {homes} - 1) n;
INSERT INTO people_person (id, full_name, pinyin, initials, sex, born_precision, phone, contact_name,
    contact_phone, document_no, document_index, home_id)
SELECT 3000000 + gen.n, '住户' || gen.n, 'zhu hu', 'zh', '', 'DAY', '', '', '', '', '', g.grid
FROM generate_series(0, {homes} - 1) gen (n) JOIN bench_grid g ON g.n = gen.n / {each};
INSERT INTO visits_residence (household_id, person_id, relation, since, by_id)
SELECT 1 + n, 3000000 + n, 'HEAD', '2020-01-01', (SELECT min(id) FROM people_user)
FROM generate_series(0, {homes} - 1) n;
INSERT INTO visits_carecase (person_id, group_name, level, opened_on, counted_from, next_due_on, by_id)
SELECT 3000000 + n, %(group)s, 'MONTHLY', '2024-01-01', %(today)s::date - n %% 36, %(today)s::date - n %% 36 + 30,
    (SELECT min(id) FROM people_user)
FROM generate_series(0, {homes} - 1, 10) n;
"""
# The newest come last, as they do where visits come one by one.
VISITS_SQL = """
INSERT INTO visits_homevisit (id, op_id, content_hash, household_id, way, visited_at, received_at, by_id)
SELECT {first} + n, md5(({first} + n)::text)::uuid, '', 1 + (n::bigint * 7919) %% {homes}, 'DOOR',
    %(now)s - ({many} - n) * interval '{gap} seconds', %(now)s - ({many} - n) * interval '{gap} seconds',
    (SELECT min(id) FROM people_user)
FROM generate_series(0, {many} - 1) n;
INSERT INTO visits_visited (visit_id, person_id, result)
SELECT {first} + n, 3000000 + (n::bigint * 7919) %% {homes}, 'FINE' FROM generate_series(0, {many} - 1) n;
"""
FIVE_YEARS = 5 * 365 * 24 * 3600


def fill(homes: int, many: int) -> None:
    """So many visits over all homes and five years, instead of those that were there."""
    as_owner("TRUNCATE visits_homevisit, visits_visited, visits_finding, visits_visitcallback CASCADE")
    as_owner("SET session_replication_role = replica")
    told = {"first": 1, "homes": homes, "many": many, "gap": max(1, FIVE_YEARS // many)}
    as_owner(VISITS_SQL.format(**told), {"now": timezone.now()})
    as_owner("SET session_replication_role = DEFAULT")
    as_owner("VACUUM ANALYZE")


def ask(cookies: dict[str, str], path: str) -> tuple[list[float], int]:
    """How long the database took for a page, time after time, and how many queries it asked."""
    client, took, asked = Client(), list[float](), 0
    client.cookies.load(cookies)
    for number in range(TIMES + 5):
        queries = list[float]()
        with at_the_database(queries):
            answer = client.get(path, headers={"host": "127.0.0.1", "x-csrftoken": TOKEN})
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}")
        if number >= 5:  # warm
            took.append(sum(queries))
            asked = len(queries)
    return took, asked


def main() -> None:
    report, start = Report(), time.perf_counter()
    city = build(STREETS, COMMUNITIES, timezone.now())
    homes = city.grids * HOMES
    as_owner("SET session_replication_role = replica")
    today = timezone.localdate()
    as_owner(STAGE_SQL.format(homes=homes, each=HOMES), {"group": seal("OTHER"), "today": today})
    as_owner("SET session_replication_role = DEFAULT")
    hats = {hat: city.staff[hat] for hat in ("grid worker", "social worker", "street officer")}
    cookies = sign_in(list(hats.values()), timezone.now())
    building = Building.objects.filter(
        grid__in=User.objects.get(pk=hats["grid worker"].user_id).memberships.values("division")
    ).first()
    home = Household.objects.filter(building=building).first()
    assert building is not None
    assert home is not None
    pages = {
        **PAGES,
        "building": f"/staff/visits/buildings/{building.pk}/",
        "home": f"/staff/visits/households/{home.pk}/",
    }
    found: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for many in (FEW, MANY):
        fill(homes, many)
        for hat, person in hats.items():
            for name, path in pages.items():
                if hat != "grid worker" and name in {"building", "home"}:
                    continue
                took, asked = ask(cookies[person.pk], path)
                found.setdefault((hat, name), []).append((percentile(took), asked))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        report.figure(f"built: {homes:,} homes, {MANY:,} visits", time.perf_counter() - start, "s")
        report.figure("... on disk", cursor.fetchone()[0] / 1e6, "MB")
    for (hat, name), ((few, asked), (many_ms, asked_then)) in found.items():
        report.figure(f"{hat}: {name}, p95 at {FEW:,} visits", few, "ms")
        report.figure(f"{hat}: {name}, p95 at {MANY:,}", many_ms, "ms")
        # Below two milliseconds it is the clock that is measured.
        report.target(f"{hat}: {name}, many / few", max(many_ms, 2) / max(few, 2), "<=", 1.5)
        report.target(f"{hat}: {name}, queries ({asked})", asked_then, "==", asked)
    report.finish()


if __name__ == "__main__":
    main()
