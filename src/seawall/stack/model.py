"""The system as a whole: `Stack`, `Environment`, and `System`, a stack in one environment."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Annotated

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
)
from seawall.stack.provenance import Placed, frozen
from seawall.stack.rules import Host, ImageTag, Line, Matches, Name
from seawall.stack.services import Api, Program, Service, Site

Registry = Annotated[str, Matches(r"[a-z0-9][a-z0-9.:_/-]*", "an address, such as 'ghcr.io/acme'")]


@frozen
class Environment(Placed):
    """One place where the stack runs. `namespace` defaults to STACK-ENVIRONMENT.

    `context` binds it to one kubeconfig context; `host` is its public name; `disposable` lets drills hurt it.
    `node_local_dns` also allows DNS to NodeLocal DNSCache, where the cluster runs it. `strict_zones` has a replica wait
    rather than make zones uneven. `user_namespaces` makes nobody of the pods' users outside of them, where the nodes'
    kernel, runtime and file systems can.
    `branch` and `image_tag` say what the pipeline deploys here and under which tag besides the commit's.
    """

    name: Name
    _: KW_ONLY
    namespace: Name | None = None
    context: Line | None = None
    host: Host | None = None
    tls: LetsEncrypt | None = None
    way_in: Gateway | Ingress | None = None
    secrets: SealedSecrets | ExternalSecrets | None = None
    mesh: Mesh | None = None
    monitoring: Monitoring | None = None
    quota: bool = False
    node_local_dns: bool = False
    strict_zones: bool = False
    user_namespaces: bool = False
    disposable: bool = False
    branch: Line | None = None
    image_tag: ImageTag | None = None


Describe = Callable[[Environment], Sequence[Service]]


@frozen
class Stack(Placed):
    """A described system: a pure function from an environment to its services, and what holds in all environments.

    `registry` is where its images are pushed, `pull_secret` the Secret with which they are pulled, where nodes have no
    login of their own. `patches` change what is rendered for Kubernetes, `extras` add to it.
    """

    name: Name
    _: KW_ONLY
    describe: Describe
    environments: Sequence[Environment]
    registry: Registry | None = None
    pull_secret: Name | None = None
    gitops: ArgoCD | None = None
    minimal_images: bool = False
    patches: Sequence[Patch] = ()
    extras: Sequence[Extra] = ()


@dataclass(frozen=True)
class System:
    """A stack in one environment, validated: the services in the order in which they were listed."""

    stack: Stack
    environment: Environment
    services: tuple[Service, ...]

    @property
    def namespace(self) -> str:
        """The Kubernetes namespace: the environment's own, or STACK-ENVIRONMENT."""
        return self.environment.namespace or f"{self.stack.name}-{self.environment.name}"

    @property
    def public(self) -> tuple[Api | Site | Program, ...]:
        """The services that have a path under the public address, as listed."""
        found = (each for each in self.services if isinstance(each, Api | Site | Program))
        return tuple(each for each in found if each.path is not None)

    @property
    def way_in(self) -> Gateway | Ingress | None:
        """How the public comes in: as the environment says, else by a Gateway; None without a host or a public path."""
        if self.environment.host is None or not self.public:
            return None
        return self.environment.way_in or Gateway()


def stack(  # noqa: PLR0913 - they are the fields of a Stack
    name: str,
    *,
    environments: Sequence[Environment],
    registry: str | None = None,
    pull_secret: str | None = None,
    gitops: ArgoCD | None = None,
    minimal_images: bool = False,
    patches: Sequence[Patch] = (),
    extras: Sequence[Extra] = (),
) -> Callable[[Describe], Stack]:
    """Make a `Stack` of the function below: ``@stack("orders", environments=[Environment("dev")])``.

    The function takes an `Environment` and returns its services. It is called once for each environment and must be
    pure: no files, no variables, no clock.
    """

    def decorate(describe: Describe) -> Stack:
        return Stack(
            name,
            describe=describe,
            environments=environments,
            registry=registry,
            pull_secret=pull_secret,
            gitops=gitops,
            minimal_images=minimal_images,
            patches=patches,
            extras=extras,
        )

    return decorate
