import pytest

from seawall.stack.faults.near import nearest


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("prot", ["path", "port"], "port"),
        ("workr", ["web", "worker-service"], "worker-service"),
        ("web", ["db", "web-frontend"], "web-frontend"),
        ("worker-of-orders", ["web", "worker"], "worker"),
        ("pg", ["db", "cache"], ""),
        ("a", ["abacus"], ""),
        ("a", [], ""),
    ],
)
def test_the_nearest_name(name: str, known: list[str], meant: str) -> None:
    assert nearest(name, known) == meant
