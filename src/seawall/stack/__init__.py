"""What a system is: frozen, typed, no I/O. Everything that a ``stack.py`` imports stands here."""

from seawall.stack.alerts import Alert, ErrorRate, JobFailures, Latency, Unreachable
from seawall.stack.databases import Backup, CloudNativePG, ObjectStore
from seawall.stack.model import Environment, Stack, System, stack
from seawall.stack.options import (
    Autoscale,
    BlueGreen,
    Canary,
    Cidr,
    Internet,
    Objective,
    Permission,
    Resources,
    Rolling,
    Secret,
)
from seawall.stack.overrides import Extra, Patch
from seawall.stack.platform import (
    ArgoCD,
    ExternalSecrets,
    Gateway,
    Ingress,
    LetsEncrypt,
    Mesh,
    Monitoring,
    SealedSecrets,
    Slack,
)
from seawall.stack.services import Api, Postgres, Program, Service, Site, Worker

__all__ = [
    "Alert",
    "Api",
    "ArgoCD",
    "Autoscale",
    "Backup",
    "BlueGreen",
    "Canary",
    "Cidr",
    "CloudNativePG",
    "Environment",
    "ErrorRate",
    "ExternalSecrets",
    "Extra",
    "Gateway",
    "Ingress",
    "Internet",
    "JobFailures",
    "Latency",
    "LetsEncrypt",
    "Mesh",
    "Monitoring",
    "ObjectStore",
    "Objective",
    "Patch",
    "Permission",
    "Postgres",
    "Program",
    "Resources",
    "Rolling",
    "SealedSecrets",
    "Secret",
    "Service",
    "Site",
    "Slack",
    "Stack",
    "System",
    "Unreachable",
    "Worker",
    "stack",
]
