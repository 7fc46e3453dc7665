"""What says who somebody is, is found in the sentences of tests/data; what everybody may know is left."""

import json
from collections import Counter
from pathlib import Path

import pytest

from common.redaction import BLACK, Kind, blacken, find
from tests.data.redaction import sentences

DATA = Path(__file__).parent.parent / "data"
COUNT = 2000
# Written by somebody who had not seen the rules.
OTHERS = json.loads((DATA / "redaction_other.json").read_text(encoding="utf-8"))
RECALL, PRECISION = 0.98, 0.95  # of all but names, whose figures docs/adr/0034-what-is-blackened.md tells
NAMES = {"recall": 0.80, "precision": 0.90}


def measured(texts):
    """(found whole, private) and (right, found) by kind."""
    whole, private, right, told = Counter(), Counter(), Counter(), Counter()
    for text, parts in texts:
        found, at, spans = find(text), 0, []
        for kind, words in parts:
            start = text.index(words, at)
            at = start + len(words)
            spans.append((start, at))
            covered = {n for one in found for n in range(one.start, one.end)}
            private[kind] += 1
            whole[kind] += set(range(start, at)) <= covered
        for one in found:
            told[one.kind] += 1
            right[one.kind] += any(one.start < end and one.end > start for start, end in spans)
    return whole, private, right, told


def share(part, of, kinds):
    return sum(part[kind] for kind in kinds) / sum(of[kind] for kind in kinds)


@pytest.mark.parametrize("texts", [sentences(COUNT), OTHERS], ids=["as we write", "as somebody else writes"])
def test_two_thousand_sentences(texts):
    assert len(texts) == COUNT
    whole, private, right, told = measured(texts)
    numbers = [kind for kind in Kind if kind != Kind.NAME]
    assert min(private[kind] for kind in Kind) > 100
    assert share(whole, private, numbers) >= RECALL
    assert share(right, told, numbers) >= PRECISION
    assert share(whole, private, [Kind.NAME]) >= NAMES["recall"]
    assert share(right, told, [Kind.NAME]) >= NAMES["precision"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("打我电话138-0013 8000。", f"打我电话{BLACK}。"),
        ("１３８００１３８０００", BLACK),
        ("身份证410105194912310026，社保停了", f"身份证{BLACK}，社保停了"),
        ("3号楼2单元501漏水", f"{BLACK}漏水"),
        ("3号楼2单元门口积水", "3号楼2单元门口积水"),
        ("豫A·12345天天堵门", f"{BLACK}天天堵门"),
        ("12345打过了，2026年11月25日还没修", "12345打过了，2026年11月25日还没修"),
        ("王桂兰阿姨上不了台阶", f"{BLACK}阿姨上不了台阶"),
        ("高空抛物砸了车", "高空抛物砸了车"),
        ("", ""),
        ("■■漏水", "■■漏水"),
        ("😀" * 3 + "\U0001f333", "😀" * 3 + "\U0001f333"),
    ],
)
def test_what_is_blackened(text, left):
    assert blacken(text) == left
    assert blacken(left) == left  # once more changes nothing


def test_a_long_text_costs_no_time():
    for piece in ("1", "1 ", "-1", "一二三", "号楼", "王", "豫A"):
        assert blacken(piece * 20000) is not None
