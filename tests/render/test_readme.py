import re

from tests.render.stacks import rendered, text

BODY = (
    'db = Postgres("db", migrations="m"); '
    'return [db, Api("api", app="a:b", uses=[db], secrets=[Secret("STRIPE_KEY")], scale=2)]'
)


def readme(more: str = "", body: str = BODY) -> str:
    (page,) = [each.text for each in rendered(text(more, body)).files if each.path == "README.md"]
    return page


def test_every_file_that_it_names_is_rendered() -> None:
    made = rendered(text(body=BODY))
    (page,) = [each.text for each in made.files if each.path == "README.md"]
    named = re.findall(r"-[fk] (kubernetes/\S+)", page)
    paths = {each.path for each in made.files} | {each.path.rpartition("/")[0] for each in made.files}
    assert len(named) >= 4
    assert set(named) <= paths


def test_it_waits_for_migrations_and_workloads() -> None:
    page = readme()
    assert "kubectl -n bakery-prod wait --for=condition=complete job/db-migrate" in page
    assert "kubectl -n bakery-prod rollout status deployment/api" in page
    assert "kubectl -n bakery-prod delete job db-migrate --ignore-not-found" in page


def test_it_says_how_secrets_are_made_and_none_of_their_values() -> None:
    page = readme()
    assert "create secret generic db-secret --from-literal=POSTGRES_USER=db" in page
    assert '--from-literal=POSTGRES_PASSWORD="$(openssl rand -hex 24)"' in page
    assert "create secret generic api-secrets --from-env-file=api-secrets.env  # STRIPE_KEY" in page


def test_the_keys_to_a_bucket_are_not_made_up() -> None:
    page = readme(body='return [Postgres("big", operator=CloudNativePG(store=ObjectStore("s3://bucket/big")))]')
    keys = "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"
    assert f"create secret generic big-backup --from-env-file=big-backup.env  # {keys}" in page
    assert "openssl rand" not in page


def test_a_cluster_needs_what_the_objects_are_of() -> None:
    assert "metrics-server" not in readme()
    body = 'return [Api("api", app="a:b", scale=Autoscale(2, 5))]'
    assert "metrics-server" in readme(body=body)


def watched(body: str) -> str:
    """The page of a stack whose first environment has a collector."""
    known = 'Environment("dev", monitoring=Monitoring(traces=True, collector="otel"))'
    written = text(body=body).replace('Environment("dev")', known)
    (page,) = [each.text for each in rendered(written).files if each.path == "README.md"]
    return page


def test_a_cluster_needs_a_collector_where_something_is_traced() -> None:
    traced = 'return [Api("api", app="a:b", traced=True)]'
    assert "at `http://otel.monitoring:4318`" in watched(traced)
    assert "OpenTelemetry" not in watched('return [Api("api", app="a:b")]')
    assert "OpenTelemetry" not in readme(body=traced)


def test_databases_come_before_migrations_and_those_before_services() -> None:
    page = readme()
    prod = page[page.index("## prod") :]
    steps = [
        " -f kubernetes/prod/networkpolicy-allow-dns.yaml",  # or the migration would not find its database
        "kubectl apply --server-side -k kubernetes/prod -l app=db\n",
        "statefulset/db",
        "job/db-migrate --timeout",
        "kubectl apply --server-side -k kubernetes/prod\n",
        "deployment/api",
    ]
    assert sorted(steps, key=prod.index) == steps


def test_all_databases_come_first_and_without_migrations_none_does() -> None:
    two = 'return [Postgres("one", migrations="m"), Postgres("two"), Api("api", app="a:b", uses=["one", "two"])]'
    assert "-k kubernetes/prod -l 'app in (one,two)'" in readme(body=two)
    none = readme(body='return [Postgres("one"), Api("api", app="a:b", path="/")]')
    assert " -l " not in none
    assert "rollout status statefulset/one" in none


def test_a_registry_that_asks_for_a_login_is_named() -> None:
    assert "nodes that may pull from `ghcr.io/acme`; else `pull_secret=`" in readme()
    page = readme(', pull_secret="ghcr"')
    assert "nodes that may pull" not in page
    assert "create secret docker-registry ghcr --from-file=.dockerconfigjson=config.json" in page


def test_secrets_of_an_operator_are_there_before_the_migrations() -> None:
    body = BODY.replace('secrets=[Secret("STRIPE_KEY")]', "egress=[]")
    source = text(body=body).replace('Environment("prod")', 'Environment("prod", secrets=ExternalSecrets("vault"))')
    (page,) = [each.text for each in rendered(source).files if each.path == "README.md"]
    prod = page[page.index("## prod") :]
    first = "kubectl apply --server-side -f kubernetes/prod/externalsecret-db-secret.yaml"
    assert prod.index(first) < prod.index("-l app=db")


def test_environments_that_share_a_namespace_need_clusters_of_their_own() -> None:
    assert "each needs a cluster of its own" not in readme()
    shared = text(body=BODY).replace('Environment("dev")', 'Environment("dev", namespace="app")')
    shared = shared.replace('Environment("prod")', 'Environment("prod", namespace="app")')
    (page,) = [each.text for each in rendered(shared).files if each.path == "README.md"]
    assert "Its namespace is also that of prod: each needs a cluster of its own." in page


def test_it_says_how_to_go_back_and_what_is_left_over() -> None:
    page = readme()
    assert "`-- seawall: compatible`" in page
    assert "git diff --relative --no-renames --diff-filter=D" in page  # a renamed ConfigMap is a deleted one
    assert "':!*/persistentvolumeclaim-*'" in page


def test_without_a_job_none_is_deleted() -> None:
    page = readme(body='return [Api("api", app="a:b")]')
    assert "Job" not in page
    assert "delete job" not in page


PUBLIC = 'Environment("prod", host="bakery.example.com", tls=LetsEncrypt("ops@example.com")'


def public(more: str = "") -> str:
    """The page of a stack whose `prod` is public, with more arguments of that environment."""
    body = 'return [Api("api", app="a:b", path="/")]'
    source = text(body=body).replace('Environment("prod")', PUBLIC + more + ")")
    (page,) = [each.text for each in rendered(source).files if each.path == "README.md"]
    return page


def test_the_name_is_made_between_the_address_and_the_certificate() -> None:
    page = public()
    once = page[page.index("## Once in each cluster") : page.index("## dev")]
    steps = [
        "kubectl -n bakery-gateway wait --for=condition=Programmed gateway/bakery-prod --timeout=5m",
        "kubectl -n bakery-gateway get gateway/bakery-prod -o jsonpath=",
        "Make the DNS record of `bakery.example.com`",
        "kubectl -n bakery-gateway wait --for=condition=Ready certificate/bakery-prod-tls --timeout=15m",
    ]
    assert sorted(steps, key=once.index) == steps


def test_so_it_is_with_an_ingress_in_the_environment_itself() -> None:
    page = public(', way_in=Ingress("nginx", namespace="ingress-nginx")')
    assert "wait --for=condition=Programmed" not in page
    prod = page[page.index("## prod") :]
    steps = ["rollout status deployment/api", "get ingress/", "Make the DNS record", "certificate/bakery-prod-tls"]
    assert sorted(steps, key=prod.index) == steps


def test_the_cluster_must_have_the_namespaces_that_policies_admit() -> None:
    page = public(', monitoring=Monitoring(namespace="watch", labels={"release": "kps"})')
    assert "the GatewayClass `eg`, whose proxies run in the namespace `envoy-gateway-system`" in page
    whole = " ".join(page.split())
    assert "Prometheus in the namespace `watch`: policies admit it from there only." in whole
    assert "selects ServiceMonitors and PodMonitors in `bakery-prod`, by `release: kps`" in whole
    assert "whatever their labels (else set `Monitoring(labels=)`)" in public(", monitoring=Monitoring()")


def test_it_lists_what_is_declared_and_not_rendered() -> None:
    assert "do not hold yet" not in readme()
    alert = 'ErrorRate("ManyErrors", above_percent=5, for_minutes=5, severity="critical")'
    page = readme(body=f'return [Api("api", app="a:b", release=Canary(5, 50), alerts=[{alert}])]')
    missing = page[page.index("do not hold yet") : page.index("## dev")]
    assert "the alerts of `api`: ManyErrors" in missing
    assert "the Canary release of `api`" in missing


def test_the_commit_is_the_release() -> None:
    page = readme()
    assert page.count("Commit `kustomization.yaml`: that commit is the release.") == 2
