from pathlib import Path

import pytest
from openpyxl import load_workbook

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture(scope="session")
def first_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first hundred rows of the real roster, where the whole one would only take longer."""
    book = load_workbook(DATA / "roster.xlsx")
    book.active.delete_rows(101, book.active.max_row)
    path: Path = tmp_path_factory.mktemp("rosters") / "first_page.xlsx"
    book.save(path)
    return path
