"""What surrounds a stack in one environment: certificates, the way in, secrets' keeper, mesh, monitoring, GitOps."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, field
from typing import Annotated, Literal

from seawall.stack.options import Secret
from seawall.stack.provenance import Placed, frozen
from seawall.stack.rules import HOST, LabelKey, LabelValue, Line, Matches, Name

Email = Annotated[str, Matches(r"[^@\s]+@[^@\s]+", "a mail address, such as 'ops@example.com'")]
DnsName = Annotated[str, Matches(HOST.pattern, "the name of a class in the cluster, such as 'eg'")]
HttpsUrl = Annotated[str, Matches(r"https://\S+", "an https:// address")]


@frozen
class LetsEncrypt(Placed):
    """Certificates by cert-manager from Let's Encrypt; `email` is the contact of the account there."""

    email: Email
    _: KW_ONLY
    staging: bool = False


@frozen
class Gateway(Placed):
    """The way in is a Gateway API HTTPRoute (the default); `class_name` names the cluster's GatewayClass.

    `namespace` is where that class runs the pods of its gateways: only they reach public services from outside. Envoy
    Gateway's is the default.
    """

    class_name: DnsName = "eg"
    _: KW_ONLY
    namespace: Name = "envoy-gateway-system"


@frozen
class Ingress(Placed):
    """The way in is an Ingress of the class `class_name`.

    `namespace` is that of the controller's pods: only they reach public services from outside.
    """

    class_name: DnsName
    _: KW_ONLY
    namespace: Name


@frozen
class SealedSecrets(Placed):
    """Secrets lie in git, sealed for one namespace and name by Bitnami's Sealed Secrets."""


@frozen
class ExternalSecrets(Placed):
    """Secrets lie outside the cluster; the External Secrets Operator reads them; `store` names its SecretStore."""

    store: Name
    _: KW_ONLY
    provider: Literal["aws", "vault"] = "aws"
    prefix: str = ""


@frozen(kw_only=True)
class Mesh(Placed):
    """Mutual TLS between services by Istio, with its ambient or its sidecar data plane."""

    mode: Literal["ambient", "sidecar"] = "ambient"


@frozen
class Slack(Placed):
    """Alerts go to the Slack webhook whose address is this secret."""

    webhook: Secret


@frozen(kw_only=True)
class Monitoring(Placed):
    """Prometheus and Grafana in `namespace`, by their Service names; `logs` adds Loki, `traces` OpenTelemetry.

    With `traces` the services that are `traced` send their spans to the Service `collector` there, by OTLP over HTTP.

    `labels` are those by which Prometheus finds its monitors: that of kube-prometheus-stack wants ``release``, the name
    of its Helm release.
    """

    namespace: Name = "monitoring"
    prometheus: Name = "prometheus"
    grafana: Name = "grafana"
    collector: Name = "opentelemetry-collector"
    labels: Mapping[LabelKey, LabelValue] = field(default_factory=dict[str, str])
    logs: bool = False
    traces: bool = False
    notify: Slack | None = None


@frozen
class ArgoCD(Placed):
    """Argo CD brings what is rendered in the git `repository` to the cluster."""

    repository: HttpsUrl
    _: KW_ONLY
    revision: Line = "main"
