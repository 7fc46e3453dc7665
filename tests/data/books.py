"""Household books as communities keep them, made when they are asked for.

`wide(homes)` is the common one: three title rows, headings of two storeys over 60 columns, the address
and the head written once for each household over merged cells; with columns that may not be kept, whose
cells hold words found nowhere else (`POISON`). `narrow(homes)` is its poor cousin in GB18030: no merged
cells, address and head once, then nothing.

A home is (address, [(name, relation, sex, birth, identity number, phone, contact, since, remark), ...]).
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

Line = tuple[object, ...]
Home = tuple[object, Sequence[Line]]

READ = [
    "姓名",
    "与户主关系",
    "性别",
    "出生日期",
    "公民身份号码",
    "联系电话",
    "紧急联系人及电话",
    "入住时间",
    "备注",
]
REFUSED = {
    "民族": "秘密民族",
    "政治面貌": "秘密党派",
    "宗教信仰": "秘密宗教",
    "年收入(万元)": "秘密收入",
    "是否患病及诊断": "秘密病情",
    "精神障碍危险性评估等级": "秘密危险",
    "残疾类别": "秘密残疾",
    "是否重点人员": "秘密重点",
}
POISON = "秘密"
OTHERS = [
    *(
        "文化程度",
        "婚姻状况",
        "工作单位",
        "职业",
        "兵役状况",
        "户籍地址",
        "户口性质",
        "房屋性质",
        "房屋面积",
        "产权人",
    ),
    *("车牌号", "车位", "宠物", "燃气", "供暖", "网络", "水表", "电表", "门锁", "灭火器"),
    *("养老保险", "医疗保险", "社保卡", "就业登记", "技能", "特长", "志愿者", "楼长", "网格", "网格员"),
    *("包联干部", "建档时间", "更新时间", "填表", "核对", "档案号", "照片", "是否上报", "批次", "来源"),
]


def headings() -> list[tuple[str, str]]:
    """(upper, lower) of each of the 60 columns."""
    return [
        ("序号", "序号"),
        ("住址", "住址"),
        ("户主", "户主"),
        *(("家庭成员基本情况", lower) for lower in READ),
        *(("其他情况", lower) for lower in REFUSED),
        *(("补充信息", lower) for lower in OTHERS),
    ]


def wide(homes: Sequence[Home]) -> bytes:
    """XLSX; the address and the head are merged over the lines of a household."""
    workbook = Workbook()
    sheet = workbook.active
    row = _head(sheet)
    for number, (address, lines) in enumerate(homes):
        head = next((one[0] for one in lines if one[1] == "户主"), None)
        for n, line in enumerate(lines):
            home = [address, head] if n == 0 else [None, None]
            sheet.append(
                [number + n, *home, *line, *REFUSED.values(), *(f"补{n}" for n in range(len(OTHERS)))]
            )
        if len(lines) > 1:
            for column in (2, 3):
                _merge(sheet, row, column, row + len(lines) - 1, column)
        row += len(lines)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _head(sheet: Worksheet) -> int:
    """Titles and headings; gives the first line below them."""
    columns = headings()
    groups = [upper for upper, _ in columns]
    titles = (
        "花园路街道纬四路社区居民信息台账",
        "填报单位：纬四路社区    填报日期：2026年8月",
        "（内部资料，注意保密）",
    )
    top = len(titles) + 1
    for row, title in enumerate(titles, 1):
        sheet.append([title])
        _merge(sheet, row, 1, row, len(columns))
    sheet.append([upper if groups.index(upper) == n else None for n, upper in enumerate(groups)])
    sheet.append([lower if upper != lower else None for upper, lower in columns])
    for left, (upper, lower) in enumerate(columns, 1):
        if upper == lower:
            _merge(sheet, top, left, top + 1, left)
        elif groups.index(upper) == left - 1:
            _merge(sheet, top, left, top, left + groups.count(upper) - 1)
    return top + 2


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    """Like openpyxl's, which looks at every cell of the sheet each time."""
    sheet.merged_cells.ranges.add(CellRange(min_row=top, min_col=left, max_row=bottom, max_col=right))


def narrow(homes: Sequence[Home]) -> bytes:
    """CSV in GB18030 of the same homes."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["纬四路社区居民信息台账"])
    writer.writerow(["序号", "住址", *READ, "民族"])
    number = 0
    for address, lines in homes:
        for n, line in enumerate(lines):
            number += 1
            writer.writerow([number, address if n == 0 else "", *(cell or "" for cell in line), "秘密民族"])
    return out.getvalue().encode("gb18030")
