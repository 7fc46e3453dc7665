"""A household book of 18,000 people in sixty columns: read, written down and undone, as the worker does it.

`./dev bench --city books`; without --city a tenth of it. The file is made as communities keep theirs: address
and head once for each household over merged cells, then nothing.
"""

import sys
import time
from io import BytesIO

import django

django.setup()

from django.utils import timezone  # noqa: E402
from openpyxl import Workbook  # noqa: E402

from bench._city import build  # noqa: E402
from bench._report import Report  # noqa: E402
from common import audit  # noqa: E402
from people.models import Person, User  # noqa: E402
from visits.actions.books import lifecycle  # noqa: E402
from visits.models.books import HouseholdBook  # noqa: E402
from visits.models.register import Household, Residence  # noqa: E402

CITY = "--city" in sys.argv
HOMES, LIVE, COLUMNS = (6_000 if CITY else 600), 3, 60
LIMIT = 60 if CITY else 20
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉红建国华文志海梅春秋生福贵"
READ = ["住址", "姓名", "与户主关系", "性别", "出生日期", "联系电话", "备注"]
RELATIONS = ("户主", "配偶", "子女")


def file() -> bytes:
    """The book."""
    workbook = Workbook(write_only=False)
    sheet = workbook.active
    sheet.append(["某某社区居民信息台账"])
    sheet.append([*READ, *(f"项目{n}" for n in range(COLUMNS - len(READ)))])
    others = [f"内容{n}" for n in range(COLUMNS - len(READ))]
    for home in range(HOMES):
        top = sheet.max_row + 1
        address = f"{1 + home // 100}号楼{1 + home // 50 % 2}单元{101 + home % 50}"
        for member in range(LIVE):
            n = home * LIVE + member
            name = FAMILY[home % len(FAMILY)] + GIVEN[n % len(GIVEN)] + GIVEN[n // len(GIVEN) % len(GIVEN)]
            born = f"{1940 + n * 7 % 70}-{1 + n % 12:02}-{1 + n % 28:02}"
            line = [address if member == 0 else None, name, RELATIONS[member], "女", born, f"139{n:08}", None]
            sheet.append([*line, *others])
        sheet.merge_cells(start_row=top, start_column=1, end_row=top + LIVE - 1, end_column=1)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def work(report: Report, what: str) -> float:
    """How long the worker takes until nothing of a book is left to do."""
    start = time.perf_counter()
    pieces = lifecycle.work_on_books(now=timezone.now())
    took = time.perf_counter() - start
    report.figure(f"{what}: {pieces} pieces", took, "s")
    return took


def faults() -> int:
    ours = [check for check in audit.checks() if check.name.startswith(("台账", "走访"))]
    return sum(len(list(check.find(timezone.now()))) for check in ours)


def main() -> None:
    report, now = Report(), timezone.now()
    city = build(1, 1, now)
    by = User.objects.get(pk=city.staff["social worker"].user_id)
    data, before = file(), Person.objects.count()
    report.figure(f"a book of {HOMES * LIVE:,} people", len(data) / 1e6, "MB")
    told = {
        "division_id": city.communities[0].pk,
        "data": data,
        "file_name": "台账.xlsx",
        "by": by,
        "now": now,
    }
    book = lifecycle.send_book(**told)
    read = work(report, "read and compared")
    book = HouseholdBook.objects.get(pk=book.pk)
    grids = list(book.division.__class__.objects.filter(parent=book.division).order_by("pk"))
    places = {name: grids[n % len(grids)].pk for n, name in enumerate(book.unplaced())}
    lifecycle.place_buildings(book_id=book.pk, grids=places, by=by, now=now)
    lifecycle.confirm_book(book_id=book.pk, by=by, now=now)
    written = work(report, "written down")
    report.target("people who live somewhere", Residence.objects.now().count(), "==", HOMES * LIVE)
    report.target("faults found by audit", faults(), "==", 0)
    report.target("read and written down", read + written, "<=", LIMIT, " s")
    lifecycle.undo_book(book_id=book.pk, by=by, now=now)
    undone = work(report, "undone")
    report.target("undone", undone, "<=", LIMIT, " s")
    report.target("homes left", Household.objects.count(), "==", 0)
    report.target("people as before", Person.objects.count(), "==", before)
    report.target("faults found by audit", faults(), "==", 0)
    report.finish()


if __name__ == "__main__":
    main()
