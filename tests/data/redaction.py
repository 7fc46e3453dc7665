"""Sentences as residents write them, with what in them says who somebody is; made up from a seed.

`sentences(count)` gives pairs of a text and the parts of it that are private: (kind, words). Knows
nothing of common/redaction.py: how a number is written here is how people write it, not how it is found.
"""

from __future__ import annotations

from random import Random

Private = tuple[str, str]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏"
GIVEN = [
    "伟",
    "秀英",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "军",
    "洋",
    "勇",
    "艳",
    "杰",
    "娟",
    "涛",
    "明",
    "超",
    "秀兰",
    "霞",
    "平",
    "刚",
    "桂英",
    "建国",
    "志强",
    "淑珍",
    "晓东",
    "文博",
    "子轩",
    "雨涵",
    "国庆",
    "玉梅",
]
CHINESE = "零一二三四五六七八九"
SPOKEN = "零幺二三四五六七八九"

WITH = {
    "PHONE": [
        "电梯又停了，打我电话{}。", "{}，白天都能接。", "修好了请回个电话 {} 谢谢", "垃圾没人收，有事联系{}", "加微信{}也行，我发照片",
        "联系方式:{}（晚上九点前）", "老人一个人在家，女儿的号码是{}，急事找她", "楼道灯坏了{}",
    ],
    "IDENTITY": [
        "办老年证一直没下来，身份证{}。", "证件号 {}，请帮忙查医保", "我爸的身份证号码是{}，社保停了", "({}) 这是我孩子的证件",
    ],
    "CARD": ["物业费多扣了，退到{}。", "卡号{}，农业银行", "补贴没到账，银行卡是 {} 请核对", "工资卡{}被扣了两次物业费"],
    "PLATE": [
        "{}天天堵在消防通道", "门口停着一辆{}，三天没动", "请通知{}的车主挪车", "车牌号：{}，压了绿化带", "白色轿车 {} 占了残疾人车位",
    ],
    "DOOR": [
        "{}漏水，漏到楼下了", "我住{}，暖气不热", "噪声是从{}来的", "{}门口堆了纸箱", "地址：{}，请上门看看", "麻烦到{}看一下下水道", "花园路{}有人养鸡",
    ],
}  # fmt: skip
NAMED = [
    "我叫{}，住在这里三十年了", "联系人：{}", "{}阿姨腿脚不好，上不了台阶", "{}先生家的狗没有拴", "邻居{}说他家也漏", "业主{}反映过两次",
    "{}奶奶一个人住", "找{}师傅修过一次，又坏了", "{}，电话打不通", "户主{}不在家",
]  # fmt: skip
# What everybody may know; nothing here is private.
WITHOUT = [
    "小区南门的路灯三天不亮了", "3号楼二单元门口积水", "12345打过了，说归社区管", "2026年11月25日晚上停电两个小时", "5号楼到7号楼之间没有垃圾桶",
    "物业费每月1200元，太贵", "车棚能停700辆电动车，实际停了900多辆", "102路公交改线以后要走1500米", "电梯从18层掉到16层", "花园路和农业路口红灯太短",
    "凌晨3点到5点有人放音乐", "消防通道长20米、宽4米", "维修基金还剩356000元", "上次的单号是T000123", "二号院的健身器材坏了三件",
    "2025-2026供暖季温度只有16度", "早上7:30和下午5:40孩子过马路危险", "一号楼的门禁坏了", "报警打110，急救打120", "社区有2100户，活动室只有60平方米",
    "八月十五以前能修好吗", "第三网格的井盖丢了", "楼上天天半夜拖椅子", "何时能装充电桩", "高空抛物砸了车", "方便的话装一条长椅", "水管爆了，全楼停水",
    "请在2026-12-01前答复", "门牌掉了，送快递找不到楼", "车位被占，说了没人管", "绿化带里石头多，老人摔过", "广场舞音量到了85分贝",
    "五楼的声控灯不亮", "楼顶漏水，六层都湿了", "公示栏还是2019年的", "垃圾清运从每天2次改成1次", "停车场收费5元一小时，封顶30元",
    "南门台阶有12级，轮椅上不去", "雨水管堵了，一下雨就返水", "四点半以后孩子没有地方写作业",
]  # fmt: skip


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _each in range(count))


def _wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if one.isdigit() else one for one in text)


def _phone(rng: Random) -> str:
    number = "1" + rng.choice("3456789") + _digits(rng, 9)
    a, b, c = number[:3], number[3:7], number[7:]
    line = rng.choice("234568") + _digits(rng, 7)
    area = rng.choice(["0371", "010", "0913", "029"])
    return rng.choice(
        [
            number, number, number, f"{a} {b} {c}", f"{a}-{b}-{c}", f"{a}－{b}－{c}", f"+86 {number}", f"+86-{a}-{b}-{c}", _wide(number),
            "".join(SPOKEN[int(one)] for one in number), "".join(CHINESE[int(one)] for one in number), f"{area}-{line}", f"({area}){line}",
            f"{area} {line[:4]} {line[4:]}", f"{a}.{b}.{c}",
        ]
    )  # fmt: skip


def _identity(rng: Random) -> str:
    area = rng.choice(["410105", "410181", "610582", "110105"])
    born = f"{rng.randint(1935, 2015)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    number = f"{area}{born}{_digits(rng, 3)}{rng.choice('0123456789Xx')}"
    return rng.choice(
        [
            number,
            number,
            f"{number[:6]} {number[6:14]} {number[14:]}",
            f"{number[:6]}-{number[6:14]}-{number[14:]}",
            _wide(number),
        ]
    )


def _card(rng: Random) -> str:
    number = rng.choice(["622848", "621700", "436742", "955880"]) + _digits(rng, rng.choice([10, 13]))
    fours = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return rng.choice([number, fours, fours.replace(" ", "-"), _wide(number)])


def _plate(rng: Random) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
    head = rng.choice("豫陕京沪苏浙冀") + rng.choice("ABCDEFGHJK")
    tail = "".join(rng.choice(letters) for _each in range(5))
    green = rng.choice("DF") + _digits(rng, 5)
    return rng.choice(
        [
            head + tail,
            head + tail,
            f"{head}·{tail}",
            f"{head} {tail}",
            (head + tail).lower(),
            head + green,
            f"{head}·{green}",
            f"{head}-{tail}",
        ]
    )


def _door(rng: Random) -> str:
    building, unit, floor = rng.randint(1, 28), rng.randint(1, 4), rng.randint(1, 18)
    room = f"{floor}{rng.randint(1, 4):02d}"
    spoken = "".join(CHINESE[int(one)] for one in room)
    return rng.choice(
        [
            f"{building}号楼{unit}单元{room}", f"{building}号楼{unit}单元{room}室", f"{building}栋{room}", f"{building}-{unit}-{room}",
            f"{building}号楼 {unit} 单元 {room} 户", f"{CHINESE[building % 9 + 1]}号楼{CHINESE[unit]}单元{spoken}", f"{room}室",
            f"{building}幢{unit}单元{floor}楼{rng.randint(1, 4)}号", f"{building}号院{unit}号楼{room}", f"{building}#{room}", _wide(f"{building}号楼{room}室"),
            f"{building}号院{unit}号楼{rng.randint(1, 3)}单元{room}", f"{unit}单元{room}",
        ]
    )  # fmt: skip


MAKE = {"PHONE": _phone, "IDENTITY": _identity, "CARD": _card, "PLATE": _plate, "DOOR": _door}


def _name(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN)


def sentences(count: int, seed: int = 20261129) -> list[tuple[str, list[Private]]]:
    """So many texts of one to three sentences; about half of them hold something private."""
    rng = Random(seed)
    return [_text(rng) for _each in range(count)]


def _text(rng: Random) -> tuple[str, list[Private]]:
    parts, private = [], list[Private]()
    for _each in range(rng.randint(1, 3)):
        drawn = rng.random()
        if drawn < 0.4:
            kind = rng.choice([*MAKE])
            words = MAKE[kind](rng)
            parts.append(rng.choice(WITH[kind]).format(words))
            private.append((kind, words))
        elif drawn < 0.5:
            words = _name(rng)
            parts.append(rng.choice(NAMED).format(words))
            private.append(("NAME", words))
        else:
            parts.append(rng.choice(WITHOUT))
    return "，".join(part.rstrip("。") for part in parts) + rng.choice(["。", "", "！", " 谢谢"]), private
