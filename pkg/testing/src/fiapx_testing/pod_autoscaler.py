"""What Kubernetes' HorizontalPodAutoscaler (autoscaling/v2) decides, as pure code.

Source: Kubernetes documentation, "Horizontal Pod Autoscaling": algorithm details, tolerance, scaling policies,
stabilization window; an external metric with a target of AverageValue.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

TOLERANCE = Fraction(1, 10)
"""kube-controller-manager's --horizontal-pod-autoscaler-tolerance."""
_QUANTITIES = {"m": Fraction(1, 1000), "k": Fraction(1000), "M": Fraction(10**6)}


@dataclass(frozen=True)
class Policy:
    """How much change one period may bring."""

    kind: str
    """Pods or Percent."""
    value: int
    period_s: float


@dataclass(frozen=True)
class Rules:
    """For one direction."""

    stabilization_s: float
    policies: tuple[Policy, ...]
    select: str = "Max"
    """Max: the policy that allows the greatest change; Min: the smallest; Disabled: no change."""


@dataclass(frozen=True)
class AutoscalerSpec:
    """What the autoscaler is told."""

    min_replicas: int
    max_replicas: int
    average_value: Fraction
    """Of the metric, per replica."""
    scale_up: Rules
    scale_down: Rules

    @classmethod
    def of_manifest(cls, manifest: Mapping[str, Any]) -> "AutoscalerSpec":
        """As a HorizontalPodAutoscaler's manifest says, with Kubernetes' defaults for what it leaves out."""
        spec = manifest["spec"]
        (metric,) = spec["metrics"]
        behavior = spec.get("behavior", {})
        up = {"stabilizationWindowSeconds": 0, "policies": [_policy("Percent", 100, 15), _policy("Pods", 4, 15)]}
        down = {"stabilizationWindowSeconds": 300, "policies": [_policy("Percent", 100, 15)]}
        return cls(
            spec.get("minReplicas", 1),
            spec["maxReplicas"],
            quantity(metric["external"]["target"]["averageValue"]),
            _rules({**up, **behavior.get("scaleUp", {})}),
            _rules({**down, **behavior.get("scaleDown", {})}),
        )


def quantity(text: str) -> Fraction:
    """A Kubernetes quantity: 4, 500m, 2k."""
    factor = _QUANTITIES.get(text[-1])
    return Fraction(text[:-1]) * factor if factor else Fraction(text)


def _policy(kind: str, value: int, period_s: int) -> dict[str, object]:
    return {"type": kind, "value": value, "periodSeconds": period_s}


def _rules(given: Mapping[str, Any]) -> Rules:
    policies = tuple(Policy(one["type"], one["value"], one["periodSeconds"]) for one in given["policies"])
    return Rules(given["stabilizationWindowSeconds"], policies, given.get("selectPolicy", "Max"))


@dataclass(frozen=True)
class _At:
    when_s: float
    replicas: int


@dataclass
class PodAutoscaler:
    """One autoscaler and what it remembers."""

    spec: AutoscalerSpec
    _recommended: list[_At] = field(default_factory=list)
    _added: list[_At] = field(default_factory=list)
    _removed: list[_At] = field(default_factory=list)

    def decide(self, now_s: float, current: int, metric: float) -> int:
        """How many replicas there shall be, given those there are and the metric's sum over them."""
        if not self._recommended:
            self._recommended.append(_At(now_s, current))
        wanted = self._within_rate(now_s, current, self._stabilized(now_s, current, self._wanted(current, metric)))
        if wanted > current:
            self._added.append(_At(now_s, wanted - current))
        elif wanted < current:
            self._removed.append(_At(now_s, current - wanted))
        return wanted

    def _wanted(self, current: int, metric: float) -> int:
        total = Fraction(metric)
        if current and abs(total / (self.spec.average_value * current) - 1) <= TOLERANCE:
            return current
        return ceil(total / self.spec.average_value)

    def _stabilized(self, now_s: float, current: int, wanted: int) -> int:
        """Up to the lowest of the recent recommendations, down to the highest."""
        self._recommended.append(_At(now_s, wanted))
        longest_s = max(self.spec.scale_up.stabilization_s, self.spec.scale_down.stabilization_s)
        self._recommended = [one for one in self._recommended if one.when_s >= now_s - longest_s]
        lowest = min([wanted, *_since(self._recommended, now_s - self.spec.scale_up.stabilization_s)])
        highest = max([wanted, *_since(self._recommended, now_s - self.spec.scale_down.stabilization_s)])
        return min(max(current, lowest), highest)

    def _within_rate(self, now_s: float, current: int, wanted: int) -> int:
        low, high = self.spec.min_replicas, self.spec.max_replicas
        if wanted > current:
            limit = self._limit(now_s, current, self.spec.scale_up, +1)
            return max(low, min(wanted, high, max(limit, current)))
        if wanted < current:
            limit = self._limit(now_s, current, self.spec.scale_down, -1)
            return min(high, max(wanted, low, min(limit, current)))
        return min(max(current, low), high)

    def _limit(self, now_s: float, current: int, rules: Rules, sign: int) -> int:
        """How far the policies let it go, counted from the number at each period's beginning."""
        if rules.select == "Disabled":
            return current
        furthest: Callable[[Iterable[int]], int] = max if (sign > 0) == (rules.select == "Max") else min
        return furthest(self._proposal(now_s, current, policy, sign) for policy in rules.policies)

    def _proposal(self, now_s: float, current: int, policy: Policy, sign: int) -> int:
        since_s = now_s - policy.period_s
        start = current - sum(_since(self._added, since_s)) + sum(_since(self._removed, since_s))
        if policy.kind == "Pods":
            return start + sign * policy.value
        exact = Fraction(start * (100 + sign * policy.value), 100)
        return ceil(exact) if sign > 0 else int(exact)


def _since(events: Iterable[_At], when_s: float) -> list[int]:
    return [one.replicas for one in events if one.when_s > when_s]
