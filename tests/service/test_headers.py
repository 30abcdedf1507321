import re

import pytest

from seawall.service.headers import RequestIds, completed, trust, well_formed
from tests.service.support import http_scope

JSON = (b"content-type", b"application/json")
HTML = (b"content-type", b"text/html; charset=utf-8")


def test_ids_are_128_bits_each_its_own_over_several_pools() -> None:
    ids = RequestIds()
    made = [ids.make() for _ in range(1000)]
    assert len(set(made)) == 1000
    assert all(re.fullmatch(r"[0-9a-f]{32}", each) for each in made)


@pytest.mark.parametrize("given", [b"abc-1", b"7f3e:9/a=b", b"x" * 128, b"user@host"])
def test_well_formed_ids(given: bytes) -> None:
    assert well_formed(given)


@pytest.mark.parametrize("given", [b"", b"x" * 129, b"-x", b"a b", b"a\nb", b'a"b', "ä".encode(), b"<script>"])
def test_ids_that_do_not_belong_in_a_log(given: bytes) -> None:
    assert not well_formed(given)


def test_data_gets_the_strict_policy_and_pages_one_that_lets_their_scripts_run() -> None:
    assert dict(completed([JSON], "id"))[b"content-security-policy"] == b"default-src 'none'; frame-ancestors 'none'"
    page = dict(completed([HTML], "id"))
    assert b"default-src" not in page[b"content-security-policy"]
    assert b"object-src 'none'" in page[b"content-security-policy"]
    assert page[b"x-content-type-options"] == b"nosniff"


def test_what_the_application_sets_itself_stands_once() -> None:
    own = [HTML, (b"x-frame-options", b"SAMEORIGIN"), (b"x-request-id", b"mine")]
    headers = completed(own, "id")
    assert [value for name, value in headers if name == b"x-frame-options"] == [b"SAMEORIGIN"]
    assert [value for name, value in headers if name == b"x-request-id"] == [b"mine"]
    assert [name for name, _ in headers].count(b"referrer-policy") == 1


@pytest.mark.parametrize(
    ("entries", "hops", "client"),
    [
        ([b"203.0.113.7"], 1, "203.0.113.7"),
        ([b"6.6.6.6, 203.0.113.7"], 1, "203.0.113.7"),  # the left one is whatever the client wrote
        ([b"6.6.6.6", b"203.0.113.7, 10.0.0.1"], 2, "203.0.113.7"),
        ([b"203.0.113.7:4711"], 1, "203.0.113.7"),
        ([b"[2001:db8::1]:4711"], 1, "2001:db8::1"),
        ([b"[2001:db8::1]"], 1, "2001:db8::1"),
        ([b"2001:DB8::1"], 1, "2001:db8::1"),
        ([b"203.0.113.7"], 2, "192.0.2.9"),  # fewer than it should be: it did not come through all proxies
        ([b"unknown"], 1, "192.0.2.9"),
        ([b""], 1, "192.0.2.9"),
        ([b"<script>"], 1, "192.0.2.9"),
    ],
)
def test_the_client_stands_as_many_from_the_right_as_there_are_proxies(
    entries: list[bytes], hops: int, client: str
) -> None:
    scope = http_scope()
    trust(scope, entries, None, hops)
    assert scope["client"][0] == client


@pytest.mark.parametrize(
    ("given", "scheme"), [(b"https", "https"), (b"http", "http"), (b"gopher", "http"), (None, "http")]
)
def test_the_scheme_is_the_proxys(given: bytes | None, scheme: str) -> None:
    scope = http_scope()
    trust(scope, [b"203.0.113.7"], given, 1)
    assert scope["scheme"] == scheme
