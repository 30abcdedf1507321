import pytest

from tests.render.stacks import HEAD, one, refused, rendered, text

LINE = HEAD.count("\n") + 1


def test_a_patch_changes_the_object_in_all_environments() -> None:
    made = rendered(text(', patches=[Patch("namespace/bakery-dev", labelled, environments=["dev"])]'))
    assert one(made, "dev", "Namespace/bakery-dev").tree["metadata"]["labels"]["team"] == "orders"
    assert "team" not in one(made, "prod", "Namespace/bakery-prod").tree["metadata"]["labels"]


def test_patches_come_one_after_the_other() -> None:
    made = rendered(text(', patches=[Patch("Deployment/api", labelled), Patch("Deployment/api", same)]'))
    deployment = one(made, "prod", "Deployment/api")
    assert deployment.tree["metadata"]["labels"]["team"] == "orders"
    assert len(deployment.patches) == 2


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ('Patch("Deployment/apy", same)', "SW701 {} no Deployment/apy is rendered for dev, prod; have Deployment/api"),
        (
            'Patch("namespace/bakery-dev", same)',
            "SW701 {} no namespace/bakery-dev is rendered for prod; have Namespace/bakery-prod",
        ),
        ('Patch("Nothing/api", same)', "SW701 {} no Nothing/api is rendered for dev, prod"),
        (
            'Patch("Deployment/api", nothing)',
            "SW702 {} the patch of Deployment/api must return the object that it was given, changed",
        ),
        (
            'Patch("Deployment/api", other)',
            "SW702 {} the patch of Deployment/api must return the object that it was given, changed",
        ),
        ('Patch("Deployment/api", broken)', "SW702 21 the patch of Deployment/api fails: KeyError: 'nothing'"),
        (
            'Patch("Deployment/api", same, environments=["prd"])',
            "SW106 {} Patch for environment 'prd'; have dev, prod",
        ),
        ('Patch("api", same)', "SW201 {} Patch: target must be KIND/NAME, such as 'Deployment/api' (saw \"api\")"),
        ('Patch("Deployment/api", 3)', "SW201 {} Patch: change must be a function (saw 3)"),
    ],
)
def test_a_patch_that_would_be_a_lie_is_an_error_at_its_line(patch: str, message: str) -> None:
    assert refused(text(f", patches=[{patch}]")) == [message.format(LINE)]


def test_all_patches_that_match_nothing_are_said_at_once() -> None:
    found = refused(text(', patches=[Patch("Service/a", same), Patch("Service/b", same)]'))
    assert [each[:5] for each in found] == ["SW701", "SW701"]


def test_an_extra_object_is_rendered_in_the_environment_s_namespace() -> None:
    made = rendered(text(', extras=[Extra(EXTRA, environments=["prod"])]'))
    tree = one(made, "prod", "ConfigMap/more").tree
    metadata = {"name": "more", "namespace": "bakery-prod"}
    assert tree == {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": "b"}}
    assert all(each.name != "more" for each in made.environments["dev"])
    assert "kubernetes/prod/configmap-more.yaml" in [each.path for each in made.files]


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ('{"kind": "ConfigMap"}', "SW703 {} an extra object is not an object of Kubernetes"),
        ('{**EXTRA, "metadata": "more"}', "SW703 {} an extra object is not an object of Kubernetes"),
        (
            '{"apiVersion": "v1", "kind": "Deployment", "metadata": {"name": "api"}}',
            "SW703 {} Deployment/api is rendered already",
        ),
        (
            '{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"A": "b"}}',
            "SW703 {} Secret/s holds values, and no rendered file may",
        ),
        ('["a"]', "SW201 {} Extra: manifest must be a dict, each key a string, each value anything (saw a list)"),
    ],
)
def test_an_extra_object_that_cannot_be(extra: str, message: str) -> None:
    assert refused(text(f", extras=[Extra({extra})]")) == [message.format(LINE)]


@pytest.mark.parametrize("kind", ["PriorityClass", "ClusterPolicy"])
def test_an_extra_object_of_a_kind_without_a_namespace_gets_none(kind: str) -> None:
    manifest = f'{{"apiVersion": "v1", "kind": "{kind}", "metadata": {{"name": "more"}}}}'
    assert one(rendered(text(f", extras=[Extra({manifest})]")), "dev", f"{kind}/more").tree["metadata"] == {
        "name": "more"
    }


def test_a_patched_configuration_rolls_the_pods_and_keeps_its_stable_name() -> None:
    plain = one(rendered(text()), "prod", "ConfigMap/api-config")
    made = rendered(text(', patches=[Patch("cm/api-config", noted, environments=["prod"])]'))
    patched = one(made, "prod", "ConfigMap/api-config")
    assert patched.tree["data"]["NOTE"] == "patched"
    assert patched.name != plain.name
    assert patched.stable_name == plain.stable_name == "api-config"
    (container,) = one(made, "prod", "deploy/api").tree["spec"]["template"]["spec"]["containers"]
    assert container["envFrom"] == [{"configMapRef": {"name": patched.name}}]
    assert one(made, "dev", "ConfigMap/api-config").name == one(rendered(text()), "dev", "ConfigMap/api-config").name
