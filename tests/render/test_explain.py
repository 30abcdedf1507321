from seawall.render.deploy import Found, render
from seawall.render.explain import Explained, explained, shown_path
from seawall.stack.validate import resolve_all
from tests.render.stacks import HEAD, one, text
from tests.stack.written import run

LINE = HEAD.count("\n") + 1


def values(target: str, more: str = "") -> dict[str, Explained]:
    """What is said of each value of an object of prod, by its path."""
    stack, sources = run(text(more))
    made = render(resolve_all(stack, sources), Found(), sources)
    found = one(made, "prod", target)
    return {shown_path(found.tree, each.path): each for each in explained(found, sources)}


def test_a_value_of_stack_py_comes_with_its_line() -> None:
    port = values("deployment/api")["spec.template.spec.containers[api].ports[http].containerPort"]
    assert (port.value, port.origin, port.argument) == (8001, "stack", "Api.port")
    assert str(port.place) == f"stack.py:{LINE + 2}:35"
    assert str(port).startswith(f"stack.py:{LINE + 2}:35 Api.port")


def test_a_default_says_why_it_is_what_it_is() -> None:
    cpu = values("deployment/api")["spec.template.spec.containers[api].resources.requests.cpu"]
    assert (cpu.value, cpu.origin, cpu.argument, cpu.place) == ("250m", "default", "Resources.cpu", None)
    assert cpu.why
    assert str(cpu).startswith("default of Resources.cpu: ")


def test_a_rule_is_said() -> None:
    surge = values("deployment/api")["spec.strategy.rollingUpdate.maxUnavailable"]
    assert (surge.value, surge.origin, surge.argument) == (0, "rule", "")
    assert str(surge) == f"rule: {surge.why}"


def test_what_a_patch_changed_or_added_is_its_own() -> None:
    found = values("deployment/api", ', patches=[Patch("Deployment/api", labelled)]')
    team = found["metadata.labels.team"]
    assert (team.value, team.origin, team.argument) == ("orders", "patch", "Patch.change")
    assert team.place is not None
    assert team.place.line == LINE
    assert found["metadata.labels.app"].origin == "stack"


def test_an_extra_object_comes_from_its_line() -> None:
    found = values("configmap/more", ", extras=[Extra(EXTRA)]")
    assert {each.argument for each in found.values()} == {"Extra.manifest"}


def test_every_value_of_every_object_has_an_origin() -> None:
    stack, sources = run(text())
    made = render(resolve_all(stack, sources), Found(), sources)
    for objects in made.environments.values():
        for each in objects:
            for value in explained(each, sources):
                assert value.why or value.argument, (each.target, value.path)
