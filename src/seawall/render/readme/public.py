"""From an address to a certificate: what is done once the way in is there."""

from collections.abc import Iterator, Sequence

from seawall.render.kubernetes.overrides import Finished
from seawall.render.kubernetes.scope import Scope
from seawall.render.readme.blocks import block

_ADDRESS = {
    "Gateway": "{.status.addresses[0].value}",
    "Ingress": "{.status.loadBalancer.ingress[0].ip}{.status.loadBalancer.ingress[0].hostname}",
}


def steps(scopes: Sequence[Scope], objects: Sequence[Finished]) -> Iterator[str]:
    """The lines about the Gateways, Ingresses and Certificates among `objects`; nothing where there are none."""
    ways = [each for each in objects if each.kind in _ADDRESS]
    if not ways:
        return
    hosts = ", ".join(f"`{scope.environment.host}`" for scope in scopes if scope.environment.host)
    yield "Wait for the address of the way in:"
    yield ""
    yield from block(*(command for each in ways for command in _address(each)))
    yield ""
    yield f"Make the DNS record of {hosts} with that address."
    if waits := [_issued(each) for each in objects if each.kind == "Certificate"]:
        yield "Once the name is known, the certificate comes:"
        yield ""
        yield from block(*waits)


def _address(way_in: Finished) -> Iterator[str]:
    name = f"{way_in.kind.lower()}/{way_in.name}"
    on = f"kubectl -n {_namespace(way_in)}"
    path = _ADDRESS[way_in.kind]
    if way_in.kind == "Gateway":
        yield f"{on} wait --for=condition=Programmed {name} --timeout=5m"
    else:
        yield f"{on} wait --for=jsonpath='{{.status.loadBalancer.ingress}}' {name} --timeout=5m"
    yield f"{on} get {name} -o jsonpath='{path}{{\"\\n\"}}'"


def _issued(certificate: Finished) -> str:
    name = f"certificate/{certificate.name}"
    return f"kubectl -n {_namespace(certificate)} wait --for=condition=Ready {name} --timeout=15m"


def _namespace(each: Finished) -> str:
    return str(each.tree["metadata"]["namespace"])
