from seawall.render.kubernetes import role
from seawall.stack import Api, Permission
from tests.render.kubernetes.made import made


def test_permissions_become_a_role_of_the_workloads_account() -> None:
    permissions = [
        Permission(["get", "list"], ["pods"]),
        Permission(["patch"], ["deployments"], api_group="apps"),
    ]
    found = made(role.objects, Api("a", app="a:b", permissions=permissions, service_account="a-sa"))
    assert list(found) == ["Role/a", "RoleBinding/a"]
    assert found["Role/a"]["rules"] == [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]},
        {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["patch"]},
    ]
    binding = found["RoleBinding/a"]
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "a"}
    assert binding["subjects"] == [{"kind": "ServiceAccount", "name": "a-sa", "namespace": "bakery-dev"}]


def test_without_permissions_there_is_none() -> None:
    assert made(role.objects, Api("a", app="a:b")) == {}
