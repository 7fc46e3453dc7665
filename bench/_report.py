"""What a bench prints: figures, ratios against their limits, and whether the targets were met."""

import statistics
import sys
from collections.abc import Sequence


class Report:
    """Collects the lines of one bench; `finish` ends the process with 1 on a miss."""

    def __init__(self) -> None:
        self.missed = 0

    def figure(self, what: str, values: Sequence[float] | float, unit: str) -> float:
        """Prints a figure (the median, with its range, when there are several); returns it."""
        several = [values] if isinstance(values, int | float) else list(values)
        middle = statistics.median(several)
        spread = f"  ({min(several):,.1f} to {max(several):,.1f})" if len(several) > 1 else ""
        print(f"  {what:.<58} {middle:>10,.1f} {unit}{spread}", flush=True)
        return middle

    def target(self, what: str, value: float, relation: str, target: float, unit: str = "") -> None:
        """Prints a value against its target; `relation` is ">=", "<=" or "=="."""
        met = {">=": value >= target, "<=": value <= target, "==": value == target}[relation]
        self.missed += not met
        words = f"{value:,.2f}{unit} (target {relation} {target:g}{unit})"
        print(f"  {what:.<58} {'pass' if met else 'MISS'}  {words}", flush=True)

    def finish(self) -> None:
        sys.exit(1 if self.missed else 0)
