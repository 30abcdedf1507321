import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import SeawallError
from seawall.runtime import postgres_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:p@h/d", "h:5432/d"),
        ("postgres://h:6000", "h:6000"),
        ("postgresql://u:p@h1:1,h2/d", "h1:1,h2:5432/d"),
        ("postgresql://[::1]:7/d", "[::1]:7/d"),
        ("postgresql://[::1]/d", "[::1]:5432/d"),
        ("postgresql:///d?host=/run/pg&port=6&user=u&password=p", "/run/pg:6/d"),
        ("postgresql://%2Frun%2Fpg/d", "/run/pg:5432/d"),
        ("postgresql://u@h?dbname=d", "h:5432/d"),
        ("postgresql:///?host=a,b&port=1,2", "a:1,b:2"),
        ("postgresql:///d", "localhost:5432/d"),
    ],
)
def test_where_a_url_leads(url: str, shown: str) -> None:
    assert str(postgres_url.parse(url)) == shown


@pytest.mark.parametrize(
    "url",
    [
        "",
        "canary",
        "mysql://u:canary@h/d",
        "postgresql://u:can@ary@h/d",
        "postgresql://u:12/canary@h/d",
        "postgresql://u:12#canary@h/d",
        "postgresql://u:12?canary@h/d",
        "postgresql://u:p@h:canary/d",
        "postgresql://u:p@[::1/canary",
        "postgresql://u:can ary@h/d",
        "host=h password=canary",
    ],
)
def test_what_is_no_url_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(SeawallError) as caught:
        postgres_url.parse(url, "ORDERS_DATABASE_URL")
    assert caught.value.problems[0].code == "SW501"
    assert "ORDERS_DATABASE_URL is not a Postgres URL (value hidden)" in str(caught.value)
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)


@given(user=text, password=text, database=text)
def test_any_login_survives_the_way_into_a_url(user: str, password: str, database: str) -> None:
    parts = {"POSTGRES_USER": user, "POSTGRES_PASSWORD": password, "POSTGRES_DB": database, "POSTGRES_HOST": "h"}
    url = postgres_url.from_parts(parts)
    assert postgres_url.parse(url) == postgres_url.Target("h:5432", database)
    assert postgres_url.password(url) == password


@pytest.mark.parametrize(("host", "shown"), [("::1", "[::1]:7/d"), ("/run/pg", "/run/pg:7/d"), ("h", "h:7/d")])
def test_every_kind_of_host_can_be_a_part(host: str, shown: str) -> None:
    login = {"POSTGRES_USER": "u", "POSTGRES_PASSWORD": "p", "POSTGRES_DB": "d"}
    url = postgres_url.from_parts({**login, "POSTGRES_HOST": host, "POSTGRES_PORT": "7"})
    assert str(postgres_url.parse(url)) == shown


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://u:a%40b@h/d", "a@b"),
        ("postgresql:///d?password=p", "p"),
        ("postgresql://h/d", None),
        ("postgresql://[x", None),
    ],
)
def test_the_password_in_a_url(url: str, password: str | None) -> None:
    assert postgres_url.password(url) == password
