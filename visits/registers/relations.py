"""How people of a household belong to its head: the words of GB/T 4761-2008, and those of the street.

Coarser than the standard's hundred codes, which tell more than a visit needs. 媳妇 is a wife in one
province and a son's wife in the next, so it is no word here.
"""

from typing import NamedTuple

from common.sheets.text import Value, squeezed

HEAD = "HEAD"


class Kin(NamedTuple):
    """A relation as visits.rules names it, and the sex that its word tells, "" where it tells none."""

    relation: str
    sex: str


# (relation, sex, the two-digit codes of the standard, words)
_TABLE = (
    (HEAD, "", "01 02", "户主 本人 户主本人 本人或户主 自己"),
    ("SPOUSE", "", "10", "配偶 爱人 老伴 老伴儿 夫妻"),
    ("SPOUSE", "M", "11", "夫 丈夫 老公"),
    ("SPOUSE", "F", "12", "妻 妻子 老婆"),
    ("CHILD", "", "", "子女 孩子"),
    (
        "CHILD",
        "M",
        "20 21 22 23 24 25 26 27 29",
        "子 儿 儿子 独生子 独子 长子 次子 大儿子 二儿子 三儿子 小儿子 二子 三子 四子 五子 六子 幼子 养子 继子 养子或继子 其他儿子",
    ),
    (
        "CHILD",
        "F",
        "30 31 32 33 34 35 36 37 39",
        "女 女儿 独生女 独女 长女 次女 大女儿 二女儿 三女儿 小女儿 二女 三女 四女 五女 六女 幼女 闺女 大闺女 二闺女 养女 继女 养女或继女 其他女儿",
    ),
    ("IN_LAW", "M", "28", "女婿 姑爷 上门女婿"),
    ("IN_LAW", "F", "38", "儿媳 儿媳妇 大儿媳 二儿媳 长媳 次媳"),
    ("GRANDCHILD", "", "40 49", "孙子女 孙辈 外孙子女 孙子、孙女、外孙子、外孙女 孙子、孙女或外孙子、外孙女"),
    (
        "GRANDCHILD",
        "M",
        "41 43 46 47",
        "孙 孙子 长孙 外孙 外孙子 孙女婿 外孙女婿 孙女婿或外孙女婿 曾孙 曾孙子 重孙 重孙子 外曾孙 曾孙子或外曾孙子",
    ),
    (
        "GRANDCHILD",
        "F",
        "42 44 45 48",
        "孙女 外孙女 孙媳 孙媳妇 外孙媳妇 孙媳妇或外孙媳妇 曾孙女 重孙女 外曾孙女 曾孙女或外曾孙女",
    ),
    ("PARENT", "", "50 59", "父母 父母亲 公婆 其他父母关系"),
    ("PARENT", "M", "51 53 55 57", "父 父亲 爸 爸爸 公公 岳父 丈人 老丈人 继父 养父 继父或养父"),
    ("PARENT", "F", "52 54 56 58", "母 母亲 妈 妈妈 婆婆 岳母 丈母娘 继母 养母 继母或养母"),
    ("GRANDPARENT", "", "60 65 68 69", "祖父母 外祖父母 祖父母或外祖父母 曾祖父母"),
    ("GRANDPARENT", "M", "61 63 66", "祖父 爷爷 外祖父 外公 姥爷 曾祖父 太爷爷 太爷"),
    ("GRANDPARENT", "F", "62 64 67", "祖母 奶奶 外祖母 外婆 姥姥 曾祖母 太奶奶 太奶"),
    ("SIBLING", "", "70 79", "兄弟姐妹 兄妹 姐弟 姐妹 姊妹 其他兄弟姐妹"),
    ("SIBLING", "M", "71 73 76 78", "兄 哥 哥哥 大哥 二哥 弟 弟弟 兄弟 姐夫 妹夫"),
    ("SIBLING", "F", "72 74 75 77", "嫂 嫂子 弟媳 弟媳妇 弟妹 姐 姐姐 大姐 二姐 妹 妹妹"),
    ("OTHER_KIN", "", "91 92 97", "亲属 其他亲属 亲戚 堂兄弟 堂姐妹 表兄弟 表姐妹 堂兄弟姐妹 表兄弟姐妹"),
    (
        "OTHER_KIN",
        "M",
        "81 83 85 87 89 93 95",
        "伯父 伯伯 大伯 叔父 叔叔 舅父 舅舅 姨父 姨夫 姑父 姑夫 侄子 侄儿 外甥 堂兄 堂弟 表哥 表弟",
    ),
    (
        "OTHER_KIN",
        "F",
        "82 84 86 88 90 94 96",
        "伯母 大娘 婶母 婶婶 婶子 舅母 舅妈 姨母 姨妈 姑母 姑姑 姑妈 侄女 外甥女 堂姐 堂妹 表姐 表妹 侄媳",
    ),
    ("CARER", "", "", "保姆 住家保姆 护工 护理员 照料人 月嫂 家政"),
    ("TENANT", "", "", "租户 租客 租住 租房 承租人 房客 合租 合租人"),
    ("OTHER", "", "99", "其他 其它 非亲属 朋友 同事 同学 同住人 室友 合住"),
)
_WORDS = {
    word: Kin(relation, sex)
    for relation, sex, codes, words in _TABLE
    for word in (*codes.split(), *words.split())
}


def read_relation(value: Value) -> Kin | None:
    """What a cell says, with 户主之妻 as 妻; None for what is no relation, or could be several."""
    word = squeezed(value)
    for before in ("户主", "其"):
        bare = word.removeprefix(before).removeprefix("之" if word != "之" else "").removeprefix("的")
        if word.startswith(before) and bare in _WORDS:
            return _WORDS[bare]
    return _WORDS.get(word.removeprefix("之") or word)
