"""Prometheus, Grafana and Loki beside the system, in two profiles: ``monitoring``, and ``logs``.

Versions are those whose options are used here: of Prometheus the one that is supported longest, until 2027-07-31
(https://prometheus.io/docs/introduction/release-cycle/). https://prometheus.io/docs/, https://grafana.com/docs/ and
https://vector.dev/docs/ describe them. Each image's own user is none of the machine's, and stays.
"""

from collections.abc import Iterator
from typing import Any, Final

from seawall import contract
from seawall.render.compose import container, secrets
from seawall.render.compose.project import EDGE, LOOPBACK, OWN, Json, Project, listening, published
from seawall.render.yaml import dump
from seawall.stack import Resources
from seawall.stack.graph import listens_on
from seawall.stack.services import Workload

PASSWORD: Final = "grafana-password"  # noqa: S105 - the name of a file
_METRICS: Final = "monitoring"
_LOGS: Final = "logs"
_DAYS: Final = 7
_LOKI_PORT: Final = 3100
_LINES_PORT: Final = 24224  # where Docker's driver "fluentd" sends lines
_MEMORY: Final = Resources(memory="512Mi")
_TMP: Final = container.scratch("/tmp", "64Mi")  # noqa: S108 - the container's own
VOLUMES: Final = {"prometheus": "/prometheus", "grafana": "/var/lib/grafana", "loki": "/loki"}


def services(project: Project) -> Iterator[tuple[str, Json]]:
    """Each of them by its name."""
    prometheus, grafana, loki, vector = (project.name(each) for each in OWN)
    yield prometheus, _prometheus(project, prometheus)
    yield grafana, _grafana(project, grafana)
    yield loki, _loki(project, loki)
    yield vector, _vector(project, vector)


def configurations(project: Project) -> Iterator[tuple[str, str]]:
    """What each of them is told, as YAML, by its name."""
    prometheus, grafana, loki, vector = (project.name(each) for each in OWN)
    yield prometheus, dump(_scraped(project))
    yield grafana, dump(_sources(prometheus, loki))
    yield loki, dump(_kept())
    yield vector, dump(_collected(loki))


def sent(project: Project) -> Json:
    """What a second file for Compose says: the engine sends the lines of all services to Vector, and keeps them too."""
    ours = [each.name for each in project.system.services]
    edge = [project.name(EDGE)] if project.is_public else []
    return {"services": {name: {"logging": _driver(name)} for name in (*edge, *ours)}}


def _driver(name: str) -> Json:
    where = {"fluentd-address": f"{LOOPBACK}:{_LINES_PORT}", "fluentd-async": "true", "tag": name}
    return {"driver": "fluentd", "options": where}


def volume(name: str) -> str:
    """The volume that holds the data of one of them."""
    return f"{name}_data"


def _prometheus(project: Project, name: str) -> Json:
    return {
        "image": project.public_image("prom/prometheus:v3.13.4"),
        "profiles": [_METRICS],
        **_common(name, "prometheus"),
        "command": [
            "--config.file=/etc/prometheus/prometheus.yaml",
            "--storage.tsdb.path=/prometheus",
            f"--storage.tsdb.retention.time={_DAYS}d",
        ],
        "configs": [{"source": name, "target": "/etc/prometheus/prometheus.yaml"}],
        "ports": [published(name, project.ports[name], OWN["prometheus"])],
        "healthcheck": container.healthcheck(_fetched(f"http://127.0.0.1:{OWN['prometheus']}/-/ready")),
    }


def _grafana(project: Project, name: str) -> Json:
    return {
        "image": project.public_image("grafana/grafana:13.2.3"),
        "profiles": [_METRICS, _LOGS],
        **_common(name, "grafana"),
        "environment": {
            "GF_SECURITY_ADMIN_PASSWORD__FILE": f"{secrets.MOUNTED}/{PASSWORD}",
            "GF_LOG_MODE": "console",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_USERS_ALLOW_SIGN_UP": "false",
        },
        "secrets": [PASSWORD],
        "configs": [{"source": name, "target": "/etc/grafana/provisioning/datasources/seawall.yaml"}],
        "ports": [published(name, project.ports[name], OWN["grafana"])],
        "healthcheck": container.healthcheck(_fetched(f"http://127.0.0.1:{OWN['grafana']}/api/health")),
    }


def _loki(project: Project, name: str) -> Json:
    return {
        "image": project.public_image("grafana/loki:3.7.8"),
        "profiles": [_LOGS],
        **_common(name, "loki"),
        "command": ["-config.file=/etc/loki/loki.yaml"],
        "configs": [{"source": name, "target": "/etc/loki/loki.yaml"}],
        # Its image has no shell and no other program: since 3.6.5 it asks itself.
        "healthcheck": container.healthcheck(("/usr/bin/loki", "-health")),
    }


def _vector(project: Project, name: str) -> Json:
    """What the engine sends the containers' lines to: to read them at its socket would be to have all of its power."""
    return {
        "image": project.public_image("timberio/vector:0.56.0-alpine"),
        "profiles": [_LOGS],
        **container.confined(user=""),
        **container.limits(_MEMORY),
        "tmpfs": [_TMP],
        "command": ["--config", "/etc/vector/vector.yaml"],
        "configs": [{"source": name, "target": "/etc/vector/vector.yaml"}],
        "ports": [f"{LOOPBACK}:{_LINES_PORT}:{_LINES_PORT}"],
    }


def _common(name: str, own: str) -> Json:
    data = f"{volume(name)}:{VOLUMES[own]}"
    return {**container.confined(user=""), **container.limits(_MEMORY), "tmpfs": [_TMP], "volumes": [data]}


def _fetched(url: str) -> tuple[str, ...]:
    return ("wget", "-q", "-O", "/dev/null", url)


def _scraped(project: Project) -> dict[str, Any]:
    every = f"{contract.QUEUE_SAMPLE_SECONDS:g}s"
    jobs = [
        {
            "job_name": each.name,
            "metrics_path": contract.METRICS_PATH,
            "static_configs": [{"targets": [f"{each.name}:{_metrics_port(each)}"]}],
        }
        for each in project.workloads
        if listening(each)
    ]
    return {"global": {"scrape_interval": every, "evaluation_interval": every}, "scrape_configs": jobs}


def _metrics_port(workload: Workload) -> int:
    return int(getattr(workload, "metrics_port", listens_on(workload)))


def _sources(prometheus: str, loki: str) -> dict[str, Any]:
    found = (("Prometheus", prometheus, OWN["prometheus"], True), ("Loki", loki, _LOKI_PORT, False))
    listed = [
        {"name": title, "type": own, "access": "proxy", "url": f"http://{name}:{port}", "isDefault": first}
        for (title, name, port, first), own in zip(found, ("prometheus", "loki"), strict=True)
    ]
    return {"apiVersion": 1, "datasources": listed}


def _kept() -> dict[str, Any]:
    """Loki as one process that keeps everything in its volume."""
    index = {"prefix": "index_", "period": "24h"}
    schema = {"from": "2024-04-01", "store": "tsdb", "object_store": "filesystem", "schema": "v13", "index": index}
    folders = {"chunks_directory": "/loki/chunks", "rules_directory": "/loki/rules"}
    return {
        "auth_enabled": False,
        "server": {"http_listen_port": _LOKI_PORT},
        "common": {
            "path_prefix": "/loki",
            "replication_factor": 1,
            "ring": {"instance_addr": "127.0.0.1", "kvstore": {"store": "inmemory"}},
            "storage": {"filesystem": folders},
        },
        "schema_config": {"configs": [schema]},
        "limits_config": {"retention_period": f"{_DAYS * 24}h"},
        "compactor": {
            "working_directory": "/loki/compactor",
            "retention_enabled": True,
            "delete_request_store": "filesystem",
        },
        "analytics": {"reporting_enabled": False},
    }


def _collected(loki: str) -> dict[str, Any]:
    """Each line with the name of its service, which is the tag that `sent` gives it."""
    sink = {
        "type": "loki",
        "inputs": ["lines"],
        "endpoint": f"http://{loki}:{_LOKI_PORT}",
        "encoding": {"codec": "text"},
        "labels": {"service": "{{ tag }}", "stream": "{{ source }}"},
    }
    return {
        "data_dir": "/tmp",  # noqa: S108 - the container's own
        "sources": {"containers": {"type": "fluent", "address": f"0.0.0.0:{_LINES_PORT}"}},
        "transforms": {"lines": {"type": "remap", "inputs": ["containers"], "source": ".message = del(.log)"}},
        "sinks": {"loki": sink},
    }
