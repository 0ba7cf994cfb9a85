"""A time box: the learning rate by the share of it that has passed."""

import math
import time
from dataclasses import dataclass, field


@dataclass
class TimeBox:
    """Cosine from `rate` to a hundredth of it over `seconds`, after `warm_up` steps of a linear rise."""

    seconds: float
    rate: float
    warm_up: int
    started: float = field(default_factory=time.monotonic)
    step: int = 0

    @property
    def passed(self) -> float:
        return time.monotonic() - self.started

    @property
    def done(self) -> bool:
        return self.passed >= self.seconds

    def next_rate(self) -> float:
        """For the step that comes now."""
        self.step += 1
        share = min(1.0, self.passed / self.seconds)
        cosine = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * share))
        return self.rate * cosine * min(1.0, self.step / max(1, self.warm_up))
