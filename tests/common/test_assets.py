"""Out of node_modules only what is named is served."""

import pytest
from django.contrib.staticfiles import finders

from common.assets import FILES, NodeModulesFinder


@pytest.fixture
def finder() -> NodeModulesFinder:
    return NodeModulesFinder()


@pytest.mark.parametrize("published", FILES)
def test_every_named_file_exists_and_is_found(finder: NodeModulesFinder, published: str) -> None:
    found = finder.find(published)
    assert found.endswith(FILES[published])
    assert finder.find(published, find_all=True) == [found]
    assert finders.find(published) == found


@pytest.mark.parametrize(
    "path",
    [
        "bootstrap/dist/css/bootstrap.min.css",
        "vendor/../../package.json",
        "vendor/bootstrap.min.js",
        "axe-core/axe.min.js",
        "",
    ],
)
def test_nothing_else_of_node_modules_is_served(finder: NodeModulesFinder, path: str) -> None:
    assert finder.find(path) is None
    assert finder.find(path, find_all=True) == []


def test_collectstatic_gets_the_files_under_their_published_names(finder: NodeModulesFinder) -> None:
    listed = dict(finder.list(None))
    assert set(listed) == set(FILES)
    for published, storage in listed.items():
        with storage.open(published) as file:
            assert file.read(1)
