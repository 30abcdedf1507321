import time

import pytest

from seawall.runtime.redaction import MASK, is_secret_name, redact, redact_value


@pytest.mark.parametrize(
    "text",
    [
        "connect to postgresql://user:canary@db:5432/orders failed",
        "postgres://user:can/ary@canary@db/orders",
        "postgresql+asyncpg://user:canary@db/orders",
        "postgresql://USER:PASSWORD@canary@HOST/DATABASE",
        "amqp://user:canary@mq:5672/",
        "https://user:canary@example.com/x",
        "postgresql:///orders?user=u&password=canary",
        "host=db user=u password=canary dbname=d",
        "password='canary with blanks' user=u",
        '{"password": "canary", "a": 1}',
        "{'api_key': 'canary'}",
        "DB_PASSWORD=canary",
        "Authorization: Bearer canarycanary",
        "authorization=Basic Y2FuYXJ5canary==",
        "sent Bearer canarycanary.canary-canary",
        "GET /x?token=canary&y=1",
    ],
)
def test_no_shape_of_a_secret_is_left(text: str) -> None:
    assert "canary" not in redact(text)
    assert MASK in redact(text)


@pytest.mark.parametrize(
    "part",
    ["a.", "-a", "a://", "postgres://a:", "postgres://", "token", "token=", "token ", "bearer ", "authorization:"],
)
def test_no_text_from_outside_takes_long(part: str) -> None:
    text = "://token " + part * 30_000  # quadratic time would be minutes
    began = time.process_time()
    redact(text)
    assert time.process_time() - began < 5.0


@pytest.mark.parametrize(
    "text",
    [
        "http://localhost:8000/users/@me",
        "postgresql://db:5432/orders",
        "postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
        "3 tokens were issued",
        "password changed",
        "the bearer of bad news",
        "secret",
        "a:b@c",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


def test_the_rest_of_a_line_stays() -> None:
    assert redact("a postgresql://u:p@h/d b password=x&y=1 c") == "a postgresql://u:***@h/d b password=***&y=1 c"


@pytest.mark.parametrize(
    "name",
    ["Authorization", "proxy-authorization", "Set-Cookie", "password", "PASSWD", "client_secret", "stripe_api_key",
     "APIKEY", "token", "access_token", "db_dsn", "session_id"],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["tokens", "token_count", "keyboard", "author", "passenger", "secretary_"[:3]])
def test_other_names(name: str) -> None:
    assert not is_secret_name(name)


def test_secrets_inside_of_values_are_masked() -> None:
    value = {
        "headers": [{"Authorization": "canary", "Accept": "*/*"}],
        "nested": ({"url": "postgresql://u:canary@h/d"}, {"password": b"canary"}),
        "token": 7,
        "n": None,
    }
    assert redact_value(value) == {
        "headers": [{"Authorization": MASK, "Accept": "*/*"}],
        "nested": [{"url": f"postgresql://u:{MASK}@h/d"}, {"password": MASK}],
        "token": 7,
        "n": None,
    }


def test_a_value_that_contains_itself_ends() -> None:
    value: list[object] = []
    value.append(value)
    assert "..." in str(redact_value(value))
