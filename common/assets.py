"""Publishes single files out of node_modules, named one by one: nothing else there is served."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

# published path -> path under node_modules
FILES = {
    "vendor/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    # Named in the stylesheet's last line, and collectstatic wants every name it reads to exist.
    "vendor/bootstrap.min.css.map": "bootstrap/dist/css/bootstrap.min.css.map",
    # Lines, bars, legend and patterns; on staff pages only.
    "vendor/echarts.common.min.js": "echarts/dist/echarts.common.min.js",
}


class NodeModulesFinder(BaseFinder):
    """A staticfiles finder with an explicit allow-list (FILES)."""

    def __init__(self) -> None:
        self.root = settings.BASE_DIR / "node_modules"
        self.storage = FileSystemStorage(location=self.root)

    def check(self, **_kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        source = FILES.get(path)
        if source is None or not (self.root / source).exists():
            return [] if find_all else None
        found = str(self.root / source)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[tuple[str, Storage]]:
        for published, source in FILES.items():
            storage = _Renamed(location=self.root, published=published, source=source)
            yield published, storage


class _Renamed(FileSystemStorage):
    """One file under another name, as collectstatic wants to open it by its published path."""

    def __init__(self, *, location: Any, published: str, source: str) -> None:
        super().__init__(location=location)
        self._published, self._source = published, source

    def path(self, name: str) -> str:
        return super().path(self._source if name == self._published else name)
