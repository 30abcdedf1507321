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
    steps = ["statefulset/db", "job/db-migrate --timeout", "deployment/api"]
    assert sorted(steps, key=prod.index) == steps


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
