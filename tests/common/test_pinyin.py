"""Names as they are spoken: surnames that are read otherwise than the ordinary word."""

import pytest

from common.pinyin import spell, syllables


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("单雄信", "shan xiong xin"),
        ("曾小雨", "zeng xiao yu"),
        ("仇和", "qiu he"),
        ("解福生", "xie fu sheng"),
        ("区小红", "ou xiao hong"),
        ("盖玉", "ge yu"),
        ("查良", "zha liang"),
        ("任红", "ren hong"),
        ("朴善英", "piao shan ying"),
        ("华国", "hua guo"),
        ("覃芳", "qin fang"),
        ("尉迟恭", "yu chi gong"),
        ("欧阳明", "ou yang ming"),
        ("单于飞", "chan yu fei"),
        ("万俟雪", "mo qi xue"),
        ("王桂兰", "wang gui lan"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, pinyin: str) -> None:
    assert spell(name)[0] == pinyin


def test_the_initials_are_those_of_the_reading() -> None:
    assert spell("曾小雨") == ("zeng xiao yu", "zxy")
    assert spell("尉迟恭")[1] == "ycg"


@pytest.mark.parametrize("given_name", ["任", "单", "解"])
def test_the_same_character_in_a_given_name_is_an_ordinary_word(given_name: str) -> None:
    assert syllables("王" + given_name)[0] == "wang"
    assert len(syllables("王" + given_name)) == 2


@pytest.mark.parametrize("name", ["", "䶮", "𠅤", "Anna", "阿卜杜拉·买买提", "王 桂兰"])
def test_what_has_no_reading_does_no_harm(name: str) -> None:
    pinyin, initials = spell(name)
    assert len(initials) <= len(pinyin)
    assert pinyin == pinyin.lower()


def test_a_long_name_fits_its_columns() -> None:
    pinyin, initials = spell("王" * 60)
    assert len(pinyin) <= 200
    assert len(initials) <= 40
