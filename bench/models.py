"""The bare views' own tables: as little as a seat can be."""

from django.db import models


class BareClass(models.Model):
    name = models.CharField(max_length=40)
    teacher = models.CharField(max_length=40)
    weekday = models.CharField(max_length=20)
    capacity = models.IntegerField()
    taken = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int:
        return self.capacity - self.taken


class BareSeat(models.Model):
    bare_class = models.ForeignKey(BareClass, models.CASCADE)
    user_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bare_class", "user_id"], name="bare_seat_once")]

    def __str__(self) -> str:
        return f"{self.user_id}"


class PlainAccount(models.Model):
    """Double entry as one writes it first, for comparison with the ledger."""

    balance = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.balance}"


class PlainTransfer(models.Model):
    memo = models.CharField(max_length=80)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.memo


class PlainEntry(models.Model):
    transfer = models.ForeignKey(PlainTransfer, models.PROTECT)
    account = models.ForeignKey(PlainAccount, models.PROTECT)
    amount = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.amount}"
