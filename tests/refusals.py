"""What a verb says no with."""

from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction

from common.errors import DomainError


def refused(code, verb, /, **kwargs):
    with pytest.raises(DomainError) as caught, transaction.atomic():
        verb(**kwargs)
    assert caught.value.code == code
    assert str(caught.value)
    return caught.value


@contextmanager
def rule(name):
    """The database refuses by this constraint, whoever writes."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        yield
    assert caught.value.__cause__.diag.constraint_name == name
