"""Names as they are spoken, for search by initials and for sorting.

pypinyin reads some surnames as ordinary words (单 dan, 曾 ceng, 仇 chou); these are read here as
surnames. PostgreSQL builds differ in Chinese collations, so lists are sorted by this column.
"""

from pypinyin import lazy_pinyin

SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "盖": "ge", "查": "zha",
    "朴": "piao", "任": "ren", "华": "hua", "缪": "miao", "覃": "qin", "翟": "zhai", "尹": "yin",
    "乐": "yue", "员": "yun", "黑": "he", "秘": "bi", "折": "she", "种": "chong", "洗": "xian",
    "冼": "xian", "逄": "pang", "燕": "yan", "宁": "ning", "召": "shao", "繁": "po", "隗": "wei",
    "纪": "ji", "葛": "ge", "哈": "ha", "角": "jue", "钭": "tou", "句": "gou", "阙": "que",
    "尉迟": "yu chi", "长孙": "zhang sun", "万俟": "mo qi", "澹台": "tan tai", "单于": "chan yu",
    "夏侯": "xia hou", "欧阳": "ou yang", "司马": "si ma", "上官": "shang guan", "诸葛": "zhu ge",
    "皇甫": "huang fu", "令狐": "ling hu", "宇文": "yu wen", "慕容": "mu rong", "鲜于": "xian yu",
}  # fmt: skip


def syllables(full_name: str) -> list[str]:
    """The name's syllables, family name first: "单雄信" -> ["shan", "xiong", "xin"]."""
    for length in (2, 1):
        surname, given = full_name[:length], full_name[length:]
        if surname in SURNAMES and len(surname) == length:
            return SURNAMES[surname].split() + lazy_pinyin(given)
    return lazy_pinyin(full_name)


def spell(full_name: str) -> tuple[str, str]:
    """(pinyin, initials): "王桂兰" -> ("wang gui lan", "wgl"). What has no reading stays as it is."""
    parts = [part.strip().lower() for part in syllables(full_name) if part.strip()]
    return " ".join(parts)[:200], "".join(part[0] for part in parts)[:40]
