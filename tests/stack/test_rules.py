import pytest

from seawall.stack import rules

GOOD = {
    "NAME": (rules.DNS_LABEL, ["a", "api-service", "a" * 40]),
    "VARIABLE": (rules.VARIABLE, ["STRIPE_KEY", "_x", "a1"]),
    "REFERENCE": (rules.REFERENCE, ["orders.api:app", "app:app", "módulo:app"]),
    "QUANTITY": (rules.QUANTITY, ["1", "250m", "1.5", "1Gi", "2G"]),
    "URL_PATH": (rules.URL_PATH, ["/", "/api", "/api/v1.2/~x", "/.well-known"]),
    "HOST": (rules.HOST, ["localhost", "shop.example.com", "a-b.c", "10.0.0.1.example", f"{'a' * 63}.b"]),
    "DIRECTORY": (rules.DIRECTORY, [".", "migrations", "../shared", "web/my dist"]),
    "IMAGE": (rules.IMAGE, ["orders-api", "ghcr.io/acme/x:1.2", f"localhost:5000/x@sha256:{'0' * 64}"]),
    "IMAGE_TAG": (rules.IMAGE_TAG, ["latest", "1.2.3", "_x"]),
    "LINE": (rules.LINE, ["prod-eu", "release/1 x"]),
}
BAD = {
    "NAME": ["", "-a", "a-", "A", "1a", "a_b", "a" * 41, "a\n"],
    "VARIABLE": ["", "1A", "A-B", "A=B", "A\n"],
    "REFERENCE": ["", "orders", "orders:", ":app", "orders.api:app.x", "a b:c", "a:b\n"],
    "QUANTITY": ["", "ten", "1 Gi", "1gi", "-1", "\uff11Gi", "1Gi\n"],
    "URL_PATH": ["", "api", "/api/", "//", "/a//b", "/a b", "/..", "/a/../b", "/.", "/api\n"],
    "HOST": [
        "",
        "a b",
        "-a",
        "a-",
        "A.example.com",
        "a..b",
        "https://x",
        "a\n",
        "10.0.0.1",
        f"{'a' * 64}.b",
        "a." * 127,
    ],
    "DIRECTORY": ["", "/web", " web", "web\n", "a\0"],
    "IMAGE": ["", "A", "a b", "x:", "x@sha256:0", "x\n"],
    "IMAGE_TAG": ["", "-x", "a b", "x" * 129, "x\n"],
    "LINE": ["", " x", "x ", "a\nb", "a\x1bb"],
}


@pytest.mark.parametrize("name", GOOD)
def test_a_pattern(name: str) -> None:
    rule, good = GOOD[name]
    assert [text for text in good if not rule.allows(text)] == []
    assert [text for text in BAD[name] if rule.allows(text)] == []


def test_a_range_of_addresses() -> None:
    given = ["203.0.113.0/24", "::/0", "10.0.0.1/32", "10.0.0.1", "10.0.0.1/8", "x", "", "0.0.0.0/33", "10.0.0.0/8\n"]
    assert [text for text in given if rules.Network().allows(text)] == given[:3]


def test_a_cron_expression_as_kubernetes_reads_it() -> None:
    good = ["* * * * *", "0 2 * * *", "*/5 0-6 1,15 1-12/3 0", "59 23 31 12 6", "5/15 * * * *"]
    bad = [
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 7",
        "5-1 * * * *",
        "*/0 * * * *",
        "1,,2 * * * *",
        "-1 * * * *",
        "@daily",
        "0  2 * * *",
        "0 2 * * *\n",
        "\uff11 * * * *",
    ]
    assert [text for text in good if not rules.Schedule().allows(text)] == []
    assert [text for text in bad if rules.Schedule().allows(text)] == []


def test_a_range() -> None:
    assert [value for value in (0, 1, 2, 2.5, 3, float("nan"), "2") if rules.Range(1, 2.5).allows(value)] == [1, 2, 2.5]
    assert rules.Range(1).allows(10**9)
    assert (rules.Range(1).wanted, rules.Range(0, 1).wanted) == ("≥ 1", "from 0 to 1")
