from seawall.render.kubernetes import limit_range
from seawall.stack import Api
from tests.render.kubernetes.made import made


def test_it_limits_memory_and_disk_of_what_says_nothing_and_never_cpu() -> None:
    (found,) = made(limit_range.objects, Api("a", app="a:b")).values()
    (limit,) = found["spec"]["limits"]
    assert limit == {
        "type": "Container",
        "defaultRequest": {"cpu": "250m", "memory": "256Mi", "ephemeral-storage": "256Mi"},
        "default": {"memory": "256Mi", "ephemeral-storage": "256Mi"},
    }
