"""What a verb says no with."""

import pytest
from django.db import transaction

from common.errors import DomainError


def refused(code, verb, /, **kwargs):
    with pytest.raises(DomainError) as caught, transaction.atomic():
        verb(**kwargs)
    assert caught.value.code == code
    assert str(caught.value)
    return caught.value
