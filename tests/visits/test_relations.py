"""Words for how people of a household belong to its head."""

import pytest

from visits.registers.relations import read_relation


@pytest.mark.parametrize(
    ("word", "relation", "sex"),
    [
        ("户主", "HEAD", ""),
        ("02", "HEAD", ""),
        ("妻", "SPOUSE", "F"),
        ("户主之妻", "SPOUSE", "F"),
        ("老伴", "SPOUSE", ""),
        ("12", "SPOUSE", "F"),
        ("长子", "CHILD", "M"),
        ("养女或继女", "CHILD", "F"),
        ("闺女", "CHILD", "F"),
        ("儿媳妇", "IN_LAW", "F"),
        ("姑爷", "IN_LAW", "M"),
        ("孙子、孙女或外孙子、外孙女", "GRANDCHILD", ""),
        ("重孙子", "GRANDCHILD", "M"),
        ("岳母", "PARENT", "F"),
        ("姥姥", "GRANDPARENT", "F"),
        ("兄弟姐妹", "SIBLING", ""),
        ("外甥", "OTHER_KIN", "M"),
        ("住家保姆", "CARER", ""),
        ("租客", "TENANT", ""),
        ("99", "OTHER", ""),
    ],
)
def test_words_of_the_standard_and_of_the_street(word: str, relation: str, sex: str) -> None:
    assert read_relation(f" {word} ") == (relation, sex)


@pytest.mark.parametrize("word", ["媳妇", "1", "是", "", "之", "户主之", "长子之妻"])
def test_what_is_no_relation_or_could_be_two_is_none(word: str) -> None:
    assert read_relation(word) is None
