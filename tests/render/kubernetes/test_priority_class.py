from seawall.render.kubernetes import priority_class
from seawall.render.kubernetes.scope import Platform
from seawall.render.reason import leaves, plain
from seawall.stack import Environment, Stack


def test_serving_comes_before_background_work_which_takes_nobodys_place() -> None:
    stack = Stack("bakery", describe=lambda _: [], environments=[Environment("dev")])
    found = list(priority_class.objects(Platform(stack, ())))
    assert all(list(leaves(each.tree)) for each in found)
    trees = {each.name: plain(each.tree) for each in found}
    serving, batch = trees["seawall-serving"], trees["seawall-batch"]
    assert (serving["value"], serving["preemptionPolicy"]) == (100_000, "PreemptLowerPriority")
    assert (batch["value"], batch["preemptionPolicy"]) == (10_000, "Never")
    assert not any(each["globalDefault"] for each in trees.values())


def test_what_may_be_hurt_comes_last() -> None:
    stack = Stack("bakery", describe=lambda _: [], environments=[Environment("dev")])
    values = {each.name: plain(each.tree)["value"] for each in priority_class.objects(Platform(stack, ()))}
    assert sorted(values, key=values.__getitem__) == ["seawall-disposable", "seawall-batch", "seawall-serving"]


def test_they_are_the_same_whatever_stack_makes_them() -> None:
    def of(name: str) -> list[object]:
        stack = Stack(name, describe=lambda _: [], environments=[])
        return [plain(each.tree) for each in priority_class.objects(Platform(stack, ()))]

    assert of("one") == of("other")
