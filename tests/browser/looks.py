"""Whether a page can be read and pressed: sizes, and what is measured."""

from pathlib import Path

import pytest

from tests.browser.chromium import DESK, PHONE

AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


ASK_AXE = """async rules => (await axe.run({runOnly: rules})).violations.map(
    wrong => wrong.id + ': ' + wrong.nodes.map(node => node.target.join(' ')).join(', '))"""


# What is pressed: a radio or a checkbox with its label is pressed anywhere on the label.
TARGETS = """least => [...document.querySelectorAll('a[href], button, select, summary, input:not([type=hidden])')]
    .map(node => node.closest('label') || node.labels?.[0]?.matches('.form-check-label') && node.parentElement || node)
    .map(node => [node, node.getBoundingClientRect()])
    .filter(([node, box]) => box.width && box.height && !node.closest('.skip') && getComputedStyle(node).visibility !== 'hidden')
    .filter(([node, box]) => box.height < least - .5 || box.width < least - .5)
    .map(([node, box]) => `${node.tagName} "${node.textContent.trim() || node.name}" ${box.width | 0}x${box.height | 0}`)"""


SMALL_TEXT = """least => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = [];
    while (walker.nextNode()) {
        const words = walker.currentNode.textContent.trim(), node = walker.currentNode.parentElement;
        if (words && node.checkVisibility() && parseFloat(getComputedStyle(node).fontSize) < least) small.push(words);
    }
    return small;
}"""


SIDEWAYS = """() => document.documentElement.scrollWidth <= innerWidth + 1 ? [] :
    [...document.querySelectorAll('body *')].filter(node => node.getBoundingClientRect().right > innerWidth + 1
        && node.checkVisibility()).map(node => node.tagName + '.' + node.className + ' ' + node.textContent.trim().slice(0, 20))"""


TEXT = "getComputedStyle(document.documentElement).fontSize"


def inspect(visitor, paths):
    """Everything that is wrong with how these pages look: on a phone, with text twice as large, on a desk.

    Each is opened once, on the phone, and the screen and the text then change under it.
    """
    target, text = (60, 18) if visitor.is_elder else (44, 12)
    wrong = []
    for path in paths:
        visitor.page.set_viewport_size(PHONE)
        page = visitor.open(path)
        page.evaluate(AXE)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            wide = size["width"]
            wrong += [f"{path} {wide} axe {line}" for line in page.evaluate(ASK_AXE, RULES)]
            wrong += [f"{path} {wide} too small to press: {line}" for line in page.evaluate(TARGETS, target)]
            wrong += [f"{path} {wide} too small to read: {line}" for line in page.evaluate(SMALL_TEXT, text)]
            wrong += [f"{path} {wide} wider than the screen: {line}" for line in page.evaluate(SIDEWAYS)]
        page.set_viewport_size(PHONE)
        with visitor.twice_the_text():
            assert page.evaluate(TEXT) == "32px"
            wrong += [f"{path} twice as large: {line}" for line in page.evaluate(SIDEWAYS)]
    return wrong


def inspect_as(visit, pages, *, elder):
    """The same of pages and who opens them; of nobody those that everybody may open."""
    wrong = []
    for user, paths in pages:
        visitor = visit(elder=elder)
        if user:
            visitor.sign_in(user)
        wrong += inspect(visitor, paths)
    return wrong


LOOKS = [pytest.param(False, id="plain"), pytest.param(True, id="elder")]
