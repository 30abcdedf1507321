from dataclasses import replace
from typing import Any

from seawall.render.kubernetes import environment
from seawall.render.kubernetes.scope import Scope
from seawall.render.kubernetes.sync_wave import DELETION, HOOK, WAVE
from seawall.render.reason import leaves, plain
from seawall.stack import Api, ArgoCD, Autoscale, Postgres, Worker
from tests.render.kubernetes.made import scope

DB = Postgres("db", migrations="migrations")
SERVICES = (DB, Api("api", app="a:b", uses=[DB], scale=Autoscale(2, 4)), Worker("worker", jobs="a:b", uses=[DB]))


def annotations(here: Scope) -> dict[str, dict[str, str]]:
    found: dict[str, Any] = {}
    for each in environment.objects(here):
        assert list(leaves(each.tree)), "raises where a value has no reason"
        found[f"{each.kind}/{each.name}"] = plain(each.tree)["metadata"].get("annotations", {})
    return found


def by_argo_cd() -> Scope:
    here = scope(*SERVICES)
    stack = replace(here.stack, gitops=ArgoCD("https://git.example.com/shop.git"))
    return Scope(replace(here.system, stack=stack))


def test_a_migration_comes_after_what_it_needs_and_before_the_rest() -> None:
    found = annotations(by_argo_cd())
    waves = {name: int(each.get(WAVE, "0")) for name, each in found.items()}
    job = waves["Job/db-migrate"]
    assert all(job < wave for name, wave in waves.items() if name.startswith(("Deployment/", "HorizontalPod")))
    needed = ("Namespace/", "ServiceAccount/", "StatefulSet/", "Service/", "NetworkPolicy/", "ConfigMap/")
    assert all(wave < job for name, wave in waves.items() if name.startswith(needed))
    assert found["Job/db-migrate"] == {HOOK: "Sync", DELETION: "BeforeHookCreation", WAVE: "-1"}


def test_without_argo_cd_nothing_speaks_of_it() -> None:
    assert not any("argocd" in key for each in annotations(scope(*SERVICES)).values() for key in each)
