import math

import prometheus_client
import pytest
from prometheus_client.parser import text_string_to_metric_families

from seawall.runtime import metrics
from seawall.runtime.metrics import Counter, Gauge, Histogram, Registry


def samples(registry: Registry) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(registry.own())
        for sample in family.samples
    }


@pytest.fixture
def registry() -> Registry:
    return Registry()


def test_a_counter_without_labels_is_there_at_zero(registry: Registry) -> None:
    Counter("orders_total", "Orders.", registry=registry)
    assert registry.own() == "# HELP orders_total Orders.\n# TYPE orders_total counter\norders_total 0\n"


def test_a_child_is_made_once_and_counts(registry: Registry) -> None:
    counter = Counter("orders_total", "Orders.", ("kind",), registry=registry)
    assert samples(registry) == {}
    counter.child("big")
    assert samples(registry) == {("orders_total", (("kind", "big"),)): 0}
    counter.child("big").inc()
    counter.child("big").inc(2.5)
    assert samples(registry) == {("orders_total", (("kind", "big"),)): 3.5}
    assert counter.child("big") is counter.child("big")


def test_a_wrong_number_of_label_values_is_refused(registry: Registry) -> None:
    counter = Counter("orders_total", "Orders.", ("kind", "size"), registry=registry)
    with pytest.raises(ValueError, match="not 1 values"):
        counter.child("big")


@pytest.mark.parametrize("value", ['say "hi"', "back\\slash", "two\nlines", "späti", 'end\\"'])
def test_label_values_survive_the_text_format(registry: Registry, value: str) -> None:
    Counter("orders_total", "Or\\ders\nof all.", ("kind",), registry=registry).child(value).inc()
    assert samples(registry) == {("orders_total", (("kind", value),)): 1}


def test_a_gauge_goes_up_and_down_and_may_be_read_when_asked(registry: Registry) -> None:
    gauge = Gauge("depth", "Depth.", ("queue",), registry=registry)
    gauge.child("a").set(5)
    gauge.child("a").inc()
    gauge.child("a").dec(3)
    waiting = [1, 2, 3, 4]
    gauge.child("b").set_function(lambda: len(waiting))
    assert samples(registry) == {("depth", (("queue", "a"),)): 3, ("depth", (("queue", "b"),)): 4}
    gauge.remove("b")
    gauge.remove("never there")
    assert samples(registry) == {("depth", (("queue", "a"),)): 3}


@pytest.mark.parametrize(("value", "text"), [(math.inf, "+Inf"), (-math.inf, "-Inf"), (math.nan, "NaN")])
def test_numbers_that_are_not_finite_are_spelled_as_prometheus_does(
    registry: Registry, value: float, text: str
) -> None:
    Gauge("depth", "Depth.", registry=registry).child().set(value)
    assert registry.own().endswith(f"\ndepth {text}\n")


def test_a_histogram_is_cumulative_and_a_bound_belongs_to_its_bucket(registry: Registry) -> None:
    histogram = Histogram("wait_seconds", "Waits.", ("route",), buckets=(0.1, 1, 2.5), registry=registry)
    for value in (0.05, 0.1, 0.5, 2.5, 99):
        histogram.child("/").observe(value)
    route = ("route", "/")
    assert samples(registry) == {
        ("wait_seconds_bucket", (("le", "0.1"), route)): 2,
        ("wait_seconds_bucket", (("le", "1.0"), route)): 3,
        ("wait_seconds_bucket", (("le", "2.5"), route)): 4,
        ("wait_seconds_bucket", (("le", "+Inf"), route)): 5,
        ("wait_seconds_sum", (route,)): pytest.approx(102.15),
        ("wait_seconds_count", (route,)): 5,
    }


def test_a_name_is_used_once(registry: Registry) -> None:
    Gauge("depth", "Depth.", registry=registry)
    with pytest.raises(ValueError, match="two metrics are named depth"):
        Counter("depth", "Depth.", registry=registry)


def test_render_shows_ours_once_beside_the_users_and_the_process() -> None:
    theirs = prometheus_client.Counter("test_render_theirs", "Theirs.")
    try:
        theirs.inc(7)
        ours = Counter("test_render_ours_total", "Ours.")
        ours.child().inc(3)
        lines = metrics.render().decode().splitlines()
        assert lines.count("test_render_ours_total 3") == 1
        assert "test_render_theirs_total 7.0" in lines
        assert any(line.startswith("process_resident_memory_bytes ") for line in lines)
        assert any(line.startswith("python_info{") for line in lines)
        # Whoever reads prometheus_client's registry sees ours, too.
        assert prometheus_client.REGISTRY.get_sample_value("test_render_ours_total") == 3
        assert {"test_render_ours_total", "test_render_theirs_total", "python_info"} <= set(metrics.names())
    finally:
        prometheus_client.REGISTRY.unregister(theirs)
        del metrics.REGISTRY._metrics["test_render_ours_total"]


def test_prometheus_client_sees_labels_and_buckets_as_the_text_has_them(registry: Registry) -> None:
    histogram = Histogram("wait_seconds", "Waits.", ("route",), buckets=(0.1, 1), registry=registry)
    histogram.child("/a").observe(0.5)
    Counter("orders_total", "Orders.", ("kind",), registry=registry).child("big").inc()
    theirs = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in registry.collect()
        for sample in family.samples
    }
    assert theirs == samples(registry)
    assert len(theirs) == 6


def test_a_name_that_the_user_has_taken_is_refused_on_attaching(registry: Registry) -> None:
    theirs = prometheus_client.Gauge("test_taken", "Theirs.")
    try:
        Gauge("test_taken", "Ours.", registry=registry)
        with pytest.raises(ValueError, match="test_taken"):
            registry.attach()
    finally:
        prometheus_client.REGISTRY.unregister(theirs)
