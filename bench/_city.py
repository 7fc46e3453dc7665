"""A city and two years of what its people told, in bulk: streets, communities, grids, posts, tickets.

Written past the guards by the owner of the tables; what `manage.py audit` asks of tickets holds.
"""

import random
from collections import deque
from dataclasses import dataclass
from datetime import datetime

from bench._database import as_owner
from bench._stage import make_people
from centers.models import Division
from common.sealed import seal
from grievances.actions.tickets import hashes_of
from grievances.models.categories import Category
from grievances.rules.clocks import PAUSES, RUNS, ClockKind
from grievances.rules.tickets import TICKETS, Hat, Kind, TicketMove, TicketState
from people.models import Membership, Person, User
from people.rules import Role

S = TicketState
SENTENCES, RESIDENTS = 4_000, 20_000
# Of a hundred tickets of a grid that came last fifty are a month old at most, and each second one of
# these is open: twenty-five, whatever came before them.
OPEN_ONES = [
    "REGISTERED", "IN_PROGRESS", "ASSIGNED", "REGISTERED", "COMMITTED", "ANSWERED", "IN_PROGRESS",
    "ASSIGNED", "IN_PROGRESS", "TO_REFUSE", "ANSWERED", "ACCEPTED", "ASSIGNED", "IN_PROGRESS",
    "COMMITTED", "ANSWERED", "IN_PROGRESS", "WAITING_RESIDENT", "PARKED", "IN_PROGRESS", "ASSIGNED",
    "DISPUTED", "COMMITTED", "ANSWERED", "ACCEPTED",
]  # fmt: skip
CLOSED_ONES = ["CLOSED_CONFIRMED"] * 11 + ["CLOSED_UNVERIFIED"] * 5 + ["CLOSED_EXPLAINED"] * 2
CLOSED_ONES += ["CLOSED_NO_REPLY", "MERGED"]
WHERE = ["{}号楼{}单元", "{}号楼东边{}米", "南门{}号路口{}", "{}街{}号门前", "小广场{}区{}角", "{}号院{}排"]
WHAT = [
    ("路灯", ["路灯不亮", "路灯一闪一闪", "灯杆歪了", "楼道灯坏了"]),
    ("下水堵塞", ["下水道堵了往外冒水", "井口返味", "污水流到路上"]),
    ("垃圾清运", ["垃圾桶满了没人清", "装修垃圾堆在门口", "大件家具没人拉"]),
    ("电梯", ["电梯老停", "电梯门关不严", "电梯按键不灵"]),
    ("停车充电", ["电动车充电桩不够", "私家车占了消防通道", "车棚漏雨"]),
    ("漏水", ["楼上漏水", "水管爆了", "屋顶渗水"]),
    ("楼道堆物", ["楼道里堆着纸箱", "鞋柜占了楼道", "旧自行车堵着门"]),
    ("噪声油烟", ["半夜放音乐", "烧烤油烟进屋", "装修太早开工"]),
    ("绿化", ["树枝挡住窗户", "草坪枯了一大片", "绿篱扎人"]),
    ("物业维修", ["单元门关不上", "台阶碎了一块", "扶手松了"]),
]
SINCE = [
    "已经三天了",
    "从上个星期开始",
    "一下雨就这样",
    "晚上更厉害",
    "老人出门不方便",
    "孩子放学要经过",
    "反映过一次",
]
ASKS = ["请派人看看", "希望尽快修好", "能不能换一个", "请给个说法", "盼着早点解决"]
TABLES = """
CREATE TABLE IF NOT EXISTS bench_grid (n int PRIMARY KEY, grid bigint, community bigint, worker bigint,
    social bigint[], intake bigint);
CREATE TABLE IF NOT EXISTS bench_sentence (n int PRIMARY KEY, category bigint, title text, story text,
    place text, wall text, pairs int[]);
CREATE TABLE IF NOT EXISTS bench_way (state text PRIMARY KEY, events text[], frms text[], tos text[],
    hats text[], clocks text[], running bool[], paused bool[]);
"""
# Numbers run by age, as they do where tickets come one by one.
TICKETS_SQL = """
INSERT INTO grievances_ticket (id, source, source_key, content_hash, category_id, kind, division_id, title,
    text, place, public_text, privacy, person_id, contact_name, contact_phone, code_hash, state, level,
    handler_id, merged_into_id, review_on, opened_at, answered_at, closed_at, due_at, pairs)
SELECT no, 'COUNTER', '', md5(no::text), s.category, 'ORDINARY',
    CASE WHEN shared THEN g.community ELSE g.grid END, s.title, s.story, s.place,
    CASE WHEN on_wall THEN s.wall ELSE '' END, privacy,
    CASE WHEN privacy <> 'ANONYMOUS' THEN 1000000 + 1 + (no::bigint * 7919) %% {residents} END, '', '', '',
    state, CASE WHEN state = 'DISPUTED' THEN 1 ELSE 0 END,
    CASE WHEN state NOT IN ('REGISTERED', 'ACCEPTED', 'TO_REFUSE', 'MERGED', 'CLOSED_EXPLAINED')
         THEN CASE WHEN shared THEN g.social[1 + g.n %% 2] ELSE g.worker END END,
    CASE WHEN state = 'MERGED' THEN no - {grids} END,
    CASE WHEN state = 'PARKED' THEN (at + interval '60 days')::date END, at,
    CASE WHEN state IN ('ANSWERED', 'CLOSED_CONFIRMED', 'CLOSED_UNVERIFIED') THEN at + interval '7 days' END,
    CASE WHEN state LIKE 'CLOSED%%' THEN at + interval '10 days' END,
    CASE WHEN state NOT LIKE 'CLOSED%%' AND state <> 'MERGED'
         THEN ((at AT TIME ZONE 'Asia/Shanghai')::date + 30 + time '18:00') AT TIME ZONE 'Asia/Shanghai' END,
    CASE WHEN on_wall THEN s.pairs ELSE '{{}}' END
FROM (
    SELECT *, state NOT IN ('REGISTERED', 'TO_REFUSE', 'MERGED') AS on_wall,
        CASE (k + g_n) %% 10 WHEN 0 THEN 'ANONYMOUS' WHEN 5 THEN 'CONFIDENTIAL' ELSE 'NAMED' END AS privacy
    FROM (
        SELECT no, k, g_n, age, age %% 8 >= 6 AS shared,
            %(now)s - age * interval '17 hours' - g_n * interval '7 seconds' AS at,
            CASE WHEN age < 50 AND age %% 2 = 0 THEN (%(open)s::text[])[age / 2 + 1]
                 WHEN k = 0 THEN 'CLOSED_CONFIRMED'
                 ELSE (%(closed)s::text[])[(k * 7 + g_n) %% 20 + 1] END AS state
        FROM (SELECT n + 1 AS no, n / {grids} AS k, n %% {grids} AS g_n, {each} - 1 - n / {grids} AS age
              FROM generate_series(0, {grids} * {each} - 1) n) numbered
    ) aged
) told JOIN bench_grid g ON g.n = g_n JOIN bench_sentence s ON s.n = (k * 31 + g_n * 17) %% {sentences};
SELECT setval(pg_get_serial_sequence('grievances_ticket', 'id'), {grids} * {each});
"""
HISTORY_SQL = """
INSERT INTO grievances_transition (ticket_id, event, frm, "to", hat, by_id, at)
SELECT t.id, step.event, step.frm, step.to_, step.hat,
    CASE step.hat WHEN 'HANDLER' THEN t.handler_id WHEN 'INTAKE' THEN g.intake WHEN 'SUPERVISOR' THEN g.intake END,
    t.opened_at + step.n * interval '30 hours'
FROM grievances_ticket t JOIN bench_way w ON w.state = t.state JOIN bench_grid g ON g.n = (t.id - 1) % {grids}
CROSS JOIN LATERAL unnest(w.events, w.frms, w.tos, w.hats) WITH ORDINALITY AS step (event, frm, to_, hat, n)
ORDER BY t.id, step.n;
INSERT INTO grievances_clock (ticket_id, kind, unit, seconds, started_at, runs_from, due_at, provisional,
    paused_at, stopped_at, late_at)
SELECT t.id, c.kind, 'OFFICE', 25200, t.opened_at, t.opened_at,
    CASE WHEN c.running THEN t.due_at ELSE t.opened_at + interval '9 days' END, false,
    CASE WHEN c.paused THEN t.opened_at + interval '2 days' END,
    CASE WHEN NOT c.running THEN t.opened_at + interval '6 days' END,
    CASE WHEN c.running AND NOT c.paused AND t.due_at < now() THEN t.due_at END
FROM grievances_ticket t JOIN bench_way w ON w.state = t.state
CROSS JOIN LATERAL unnest(w.clocks, w.running, w.paused) AS c (kind, running, paused)
WHERE c.kind <> 'CALL_BACK' OR t.privacy <> 'ANONYMOUS';
INSERT INTO grievances_commitment (ticket_id, division_id, what, who_id, maker_id, level, wanted_on, due_on,
    provisional, state, evidence, made_at, claimed_at, judged_at)
SELECT id, division_id, '三十天以内办好：' || public_text, handler_id, handler_id, level, day, day, false,
    became, CASE WHEN became = 'MADE' THEN '' ELSE '办好了，请大家去看' END, opened_at + interval '2 days',
    CASE WHEN became <> 'MADE' THEN opened_at + interval '7 days' END,
    CASE WHEN became <> 'MADE' THEN opened_at + interval '10 days' END
FROM (
    SELECT *, (opened_at AT TIME ZONE 'Asia/Shanghai')::date + 30 AS day,
        CASE WHEN state = 'COMMITTED' THEN 'MADE' WHEN state = 'CLOSED_UNVERIFIED' THEN 'UNJUDGED'
             ELSE (ARRAY['DONE', 'DONE', 'DONE', 'PARTLY', 'NOT_DONE'])[id / 12 % 5 + 1] END AS became
    FROM grievances_ticket
    WHERE state = 'COMMITTED' OR (state IN ('CLOSED_CONFIRMED', 'CLOSED_UNVERIFIED') AND id % 12 = 0)
) promised ORDER BY id;
"""
EMPTY_SQL = (
    "TRUNCATE grievances_ticket, grievances_transition, grievances_clock, grievances_commitment CASCADE"
)


@dataclass
class City:
    """The places, and who works there: one of each post, whose pages are asked for."""

    grids: int
    communities: list[Division]
    staff: dict[str, Person]
    texts: list[tuple[str, str, int]]  # a title, a story, the category


def build(streets: int, communities: int, now: datetime) -> City:
    """A city without tickets: so many communities in each street, ten grids in each of these."""
    top = Division.objects.create(kind="CITY", name="城市")
    below = _below([top], "STREET", "街道", streets)
    places = _below(below, "COMMUNITY", "社区", communities)
    grids = _below(places, "GRID", "网格", 10)
    as_owner(TABLES)
    staff = _posts(top, below, places, grids, now)
    _residents()
    texts = _sentences()
    _ways()
    return City(len(grids), places, staff, texts)


def fill(city: City, grids: int, each: int, now: datetime) -> None:
    """So many tickets for each of the first grids, instead of those that were there."""
    as_owner(EMPTY_SQL)
    numbers = {"grids": grids, "each": each, "residents": RESIDENTS, "sentences": len(city.texts)}
    as_owner("SET session_replication_role = replica")
    told = {"now": now, "open": OPEN_ONES, "closed": CLOSED_ONES}
    as_owner(TICKETS_SQL.format(**numbers), told)
    as_owner(HISTORY_SQL.format(**numbers))
    as_owner("SET session_replication_role = DEFAULT")
    as_owner("VACUUM ANALYZE")


def _below(above: list[Division], kind: str, name: str, each: int) -> list[Division]:
    rows = [Division(kind=kind, name=f"{name}{n + 1}", parent=one) for one in above for n in range(each)]
    Division.objects.bulk_create(rows)
    return list(Division.objects.filter(kind=kind).order_by("pk"))


def _posts(
    top: Division, streets: list[Division], places: list[Division], grids: list[Division], now: datetime
) -> dict[str, Person]:
    """A worker a grid; two social workers and a director a community; an officer a street, and one of all."""
    wanted = [(grid, Role.GRID_WORKER) for grid in grids]
    wanted += [(place, Role.SOCIAL_WORKER) for place in places for _twice in range(2)]
    wanted += [(place, Role.DIRECTOR) for place in places]
    wanted += [(street, Role.STREET_OFFICER) for street in [*streets, top]]
    people = make_people(len(wanted), now)
    User.objects.update(is_staff=True)
    Membership.objects.bulk_create(
        [
            Membership(user_id=person.user_id, division=place, role=role, since=now.date())
            for person, (place, role) in zip(people, wanted, strict=True)
        ]
    )
    ids = [person.user_id for person in people]
    for n, grid in enumerate(grids):
        social = [ids[len(grids) + n // 10 * 2], ids[len(grids) + n // 10 * 2 + 1]]
        row = (n, grid.pk, grid.parent_id, ids[n], social, social[0])
        as_owner("INSERT INTO bench_grid VALUES (%s, %s, %s, %s, %s, %s)", row)
    director = len(grids) + 2 * len(places)
    return {
        "grid worker": people[0],
        "social worker": people[len(grids)],
        "director": people[director],
        "street officer": people[director + len(places)],
        "officer of the whole city": people[-1],
    }


def _residents() -> None:
    as_owner(
        """
        INSERT INTO people_person (id, full_name, pinyin, initials, sex, born_precision, phone, contact_name,
            contact_phone, document_no, document_index, home_id)
        SELECT 1000000 + n, '居民' || n, 'ju min', 'jm', '', 'DAY', '', '', '', '', '',
            (SELECT community FROM bench_grid WHERE bench_grid.n = gen.n %% (SELECT count(*) FROM bench_grid))
        FROM generate_series(1, %s) gen (n)
        """,
        [RESIDENTS],
    )


def _sentences() -> list[tuple[str, str, int]]:
    """What is told, with its seals and its pairs: the same few thousand again and again."""
    draw, made = random.Random(1), list[tuple[str, str, int]]()
    leaves = Category.objects.filter(kind=Kind.ORDINARY, children=None)
    known = dict(leaves.values_list("name", "pk"))
    for n in range(SENTENCES):
        name, faults = draw.choice(WHAT)
        place = draw.choice(WHERE).format(draw.randint(1, 40), draw.randint(1, 9))
        title = f"{place}{draw.choice(faults)}"
        story = f"{title}，{draw.choice(SINCE)}，{draw.choice(SINCE)}，{draw.choice(ASKS)}。"
        wall = f"{title}，{draw.choice(SINCE)}"
        made.append((title, story, known[name]))
        row = (n, known[name], seal(title), seal(story), seal(place), wall, hashes_of(wall))
        as_owner("INSERT INTO bench_sentence VALUES (%s, %s, %s, %s, %s, %s, %s)", row)
    return made


def _ways() -> None:
    """For each state how a ticket came to it, which clocks it had on the way, and which of them run."""
    for state in TicketState:
        way = _way(state)
        passed = [S.REGISTERED, *(to for _frm, _event, to, _hat in way)]
        running = RUNS.get(state, frozenset())
        clocks = sorted({kind for one in passed for kind in RUNS.get(one, frozenset[ClockKind]())})
        steps = [("", TicketMove.OPEN, S.REGISTERED, Hat.INTAKE), *way]
        columns = [[f"{step[n]}" for step in steps] for n in range(4)]
        events, frms = columns[1], columns[0]
        row = (state, events, frms, columns[2], columns[3], [f"{kind}" for kind in clocks])
        on = [kind in running for kind in clocks], [(state, kind) in PAUSES for kind in clocks]
        as_owner("INSERT INTO bench_way VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", (*row, *on))


def _way(state: TicketState) -> list[tuple[TicketState, TicketMove, TicketState, Hat]]:
    """The shortest way through the table of moves."""
    ways = {S.REGISTERED: list[tuple[TicketState, TicketMove, TicketState, Hat]]()}
    waiting = deque(ways)
    while waiting:
        at = waiting.popleft()
        for (frm, event), step in TICKETS.table.items():
            if frm == at and step.to not in ways:
                who = Hat.RESIDENT if Hat.RESIDENT in step.who else min(step.who)
                ways[step.to] = [*ways[at], (frm, event, step.to, who)]
                waiting.append(step.to)
    return ways[state]
