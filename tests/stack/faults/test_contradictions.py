import pytest

from seawall.stack import Environment, Postgres, Stack
from seawall.stack.validate import problems
from tests.stack.written import faults, said, written

CONTRADICTIONS = {
    "a singleton of two": (
        'Worker("w", jobs="a:b", uses=["db"], singleton=True, replicas=2)',
        "w: singleton means never two, and replicas is 2",
        "replicas=1",
    ),
    "a range that is empty": (
        'Api("a", app="a:b", scale=Autoscale(5, 2))',
        "a: Autoscale from 5 to 2 replicas is empty",
        "Autoscale(2, 5)",
    ),
    "nothing to follow": (
        'Site("a", root="web", scale=Autoscale(2, 5, cpu=None))',
        "a: Autoscale needs cpu, memory, or both to follow",
        "cpu=70",
    ),
    "a limit below what is asked for": (
        'Api("a", app="a:b", resources=Resources(cpu="0.5", cpu_limit="250m"))',
        "a: cpu_limit 250m is less than the 0.5 that it asks for",
        'cpu_limit="0.5"',
    ),
    "a lone pod that may be replaced for its size": (
        'Worker("w", jobs="a:b", uses=["db"], vpa="apply")',
        "w: vpa='apply' may replace a pod, and replicas is 1: nobody would do its work",
        'vpa="recommend"',
    ),
    "requests that take longer than a release waits for them": (
        'Api("a", app="a:b", request_timeout=120, drain=1)',
        "a: drain 1 s is less than request_timeout 120 s",
        "drain=120",
    ),
    "requests that take longer than a release waits for any": (
        'Api("a", app="a:b", request_timeout=20.5)',
        "a: drain 20 s is less than request_timeout 20.5 s",
        "drain=20.5",
    ),
    "nothing to run": ('Program("p", port=7700)', "p: a Program needs a command, an image, or both", "command=[...]"),
    "weights that fall": (
        'Api("a", app="a:b", release=Canary(50, 5, 5))',
        "a: the weights of a Canary must grow (saw 50, 5, 5)",
        "Canary(5, 50)",
    ),
    "no weights": (
        'Api("a", app="a:b", release=Canary())',
        "a: the weights of a Canary must grow (saw none)",
        "Canary(5, 25, 50)",
    ),
    "public health of what is not public": (
        'Api("a", app="a:b", public_health=True)',
        "a: public_health has no effect without a path: nothing of it is public",
        'path="/..."',
    ),
}


@pytest.mark.parametrize(("call", "message", "fix"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_arguments_that_cannot_hold_together(call: str, message: str, fix: str) -> None:
    (problem,) = faults(written(f'return [Postgres("db"), {call}]'))
    assert (problem.code, problem.message, problem.fix) == ("SW210", message, fix)


@pytest.mark.parametrize(
    "call",
    [
        'Worker("w", jobs="a:b", uses=["db"], singleton=True, replicas=0)',
        'Api("a", app="a:b", scale=Autoscale(2, 2))',
        'Api("a", app="a:b", resources=Resources(cpu="1000m", cpu_limit="1"))',
        'Worker("w", jobs="a:b", uses=["db"], replicas=2, vpa="apply")',
        'Program("p", port=7700, image="search:1")',
        'Api("a", app="a:b", release=Canary(10))',
    ],
)
def test_what_looks_like_one_and_is_none(call: str) -> None:
    assert said(f'return [Postgres("db"), {call}]') == []


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ('"gateway"', "environment gateway: the namespace 'bakery-gateway' is that of the stack's gateways"),
        (
            '"a", namespace="bakery-gateway"',
            "environment a: the namespace 'bakery-gateway' is that of the stack's gateways",
        ),
        ('"platform"', "environment 'platform': what all environments share is rendered under this name"),
    ],
)
def test_environments_whose_place_is_taken(environment: str, message: str) -> None:
    assert said('return [Postgres("db")]', environments=f"[Environment({environment})]") == [f"SW210 2 {message}"]


@pytest.mark.parametrize(("letters", "found"), [(22, 0), (23, 1)])
def test_a_namespace_is_a_label(letters: int, found: int) -> None:
    stack = Stack("a" * 40, describe=lambda _: [Postgres("db")], environments=[Environment("b" * letters)])
    assert [problem.message.partition(":")[0] for problem in problems(stack)] == [f"environment {'b' * 23}"] * found


def test_two_environments_of_one_name() -> None:
    assert said('return [Postgres("db")]', environments='[Environment("dev"), Environment("dev")]') == [
        "SW210 2 environment 'dev' defined at stack.py:2:32 and stack.py:2:52"
    ]


def test_no_environment() -> None:
    assert said('return [Postgres("db")]', environments="[]") == ["SW210 2 stack bakery has no environment"]


def test_a_certificate_for_no_host() -> None:
    environments = '[Environment("prod", tls=LetsEncrypt("ops@example.com"))]'
    assert said('return [Postgres("db")]', environments=environments) == [
        "SW210 2 environment prod has tls and no host to have a certificate for"
    ]


def test_a_way_in_to_no_host() -> None:
    assert said('return [Postgres("db")]', environments='[Environment("prod", way_in=Gateway())]') == [
        "SW210 2 environment prod has way_in and no host to come in by"
    ]


def test_the_port_of_a_database_that_is_not_managed() -> None:
    assert said('return [Postgres("db", managed_port=6432)]') == [
        "SW210 4 db: managed_port is where a managed database listens; this one listens on 5432"
    ]
