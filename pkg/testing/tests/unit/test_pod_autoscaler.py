"""The autoscaler's model decides as Kubernetes' documentation says."""

from fractions import Fraction

import pytest
from fiapx_testing.pod_autoscaler import AutoscalerSpec, PodAutoscaler, Policy, Rules, quantity

FREE = Rules(0, (Policy("Percent", 1_000_000, 1),))
ALL_AT_ONCE = Rules(0, (Policy("Percent", 100, 1),))


def autoscaler(up: Rules = FREE, down: Rules = ALL_AT_ONCE, low: int = 1, high: int = 100) -> PodAutoscaler:
    return PodAutoscaler(AutoscalerSpec(low, high, Fraction(10), up, down))


@pytest.mark.parametrize(
    ("current", "metric", "wanted"),
    [(1, 20, 2), (2, 41, 5), (4, 20, 2), (3, 0, 1), (2, 2000, 100), (2, 22, 2), (2, 18, 2), (2, 22.1, 3), (2, 17, 2)],
    ids=["double", "rounded up", "half", "never below", "never above", "upper edge", "lower edge", "past", "ceiling"],
)
def test_replicas_are_the_metric_by_the_target_rounded_up_outside_the_tolerance(
    current: int, metric: float, wanted: int
) -> None:
    assert autoscaler().decide(0, current, metric) == wanted


def test_a_percentage_is_of_the_number_at_the_periods_beginning() -> None:
    scaler = autoscaler(up=Rules(0, (Policy("Percent", 100, 15),)))
    assert [scaler.decide(0, 3, 999), scaler.decide(10, 6, 999), scaler.decide(16, 6, 999)] == [6, 6, 12]


def test_of_two_policies_the_one_with_the_greater_change_counts() -> None:
    policies = (Policy("Percent", 100, 15), Policy("Pods", 4, 15))
    assert autoscaler(up=Rules(0, policies)).decide(0, 1, 999) == 5
    assert autoscaler(up=Rules(0, policies)).decide(0, 10, 999) == 20


def test_of_two_policies_the_one_with_the_smaller_change_counts_when_told_so() -> None:
    policies = (Policy("Percent", 10, 60), Policy("Pods", 5, 60))
    assert autoscaler(down=Rules(0, policies, "Min")).decide(0, 80, 0) == 75
    assert autoscaler(down=Rules(0, policies, "Max")).decide(0, 80, 0) == 72


def test_a_direction_can_be_forbidden() -> None:
    assert autoscaler(down=Rules(0, ALL_AT_ONCE.policies, "Disabled")).decide(0, 9, 0) == 9


def test_it_goes_down_to_the_highest_recommendation_of_the_window() -> None:
    scaler = autoscaler(down=Rules(300, ALL_AT_ONCE.policies))
    metrics = {0: 50, 60: 20, 120: 30, 301: 20, 361: 20, 421: 20}
    current, seen = 5, []
    for now_s, metric in metrics.items():
        current = scaler.decide(now_s, current, metric)
        seen.append(current)
    assert seen == [5, 5, 5, 3, 3, 2]


def test_it_goes_up_to_the_lowest_recommendation_of_the_window() -> None:
    scaler = autoscaler(up=Rules(30, FREE.policies))
    assert [scaler.decide(0, 1, 40), scaler.decide(15, 1, 30), scaler.decide(31, 1, 50)] == [1, 1, 3]


def test_one_pod_less_in_each_period() -> None:
    scaler = autoscaler(down=Rules(0, (Policy("Pods", 1, 60),)))
    assert [scaler.decide(0, 4, 0), scaler.decide(30, 3, 0), scaler.decide(61, 3, 0)] == [3, 3, 2]


def test_a_manifest_without_behaviour_means_kubernetes_defaults() -> None:
    metric = {"external": {"target": {"averageValue": "500m"}}}
    spec = AutoscalerSpec.of_manifest({"spec": {"maxReplicas": 7, "metrics": [metric]}})
    assert (spec.min_replicas, spec.max_replicas, spec.average_value) == (1, 7, Fraction(1, 2))
    assert spec.scale_up == Rules(0, (Policy("Percent", 100, 15), Policy("Pods", 4, 15)))
    assert spec.scale_down == Rules(300, (Policy("Percent", 100, 15),))


@pytest.mark.parametrize(("text", "value"), [("4", 4), ("2500m", Fraction(5, 2)), ("3k", 3000)])
def test_quantities_are_kubernetes_quantities(text: str, value: Fraction) -> None:
    assert quantity(text) == value
