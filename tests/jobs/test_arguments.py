import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal, NewType, NotRequired, TypedDict

import pydantic
import pytest
from asyncpg.pgproto.pgproto import UUID as AsyncpgUUID  # noqa: N811 - there are two of that name here
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import SeawallError
from seawall.jobs.arguments import Parameters

OrderId = NewType("OrderId", int)
NAIVE = datetime.fromisoformat("2027-01-02T03:04:05")


class Colour(Enum):
    RED = "red"
    BLUE = 2


class Size(StrEnum):
    SMALL = "s"


@dataclass(frozen=True)
class Line:
    item: str
    price: Decimal
    sizes: tuple[Size, ...] = ()


@dataclass
class Tree:
    value: int
    children: list["Tree"] = field(default_factory=list)


class Options(TypedDict):
    when: datetime
    note: NotRequired[str]


class Customer(pydantic.BaseModel):
    name: str
    since: date
    reference: uuid.UUID | None = None


def parameters(function: Callable[..., object]) -> Parameters:
    return Parameters(function.__name__, function, takes_job=False)


def returned(annotation: object, value: object) -> object:
    """What a job gets that is enqueued with `value`."""

    def job(value: Any) -> None: ...

    job.__annotations__["value"] = annotation
    own = parameters(job)
    _, kwargs = own.decode(own.encode((value,), {}))
    return kwargs["value"]


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, 42),
        (int, -(2**63)),
        (str, "ünï\0\N{SNOWMAN}"),
        (bool, True),
        (float, 1.5),
        (type(None), None),
        (bytes, b"\0\xff"),
        (OrderId, 7),
        (Annotated[int, "positive"], 7),
        (int | None, None),
        (str | int, 3),
        (Literal["a", 1], 1),
        (datetime, datetime(2027, 1, 2, 3, 4, 5, 678, tzinfo=UTC)),
        (datetime, NAIVE),
        (datetime, datetime(2027, 1, 2, tzinfo=timezone(timedelta(hours=5, minutes=30)))),
        (date, date(2027, 1, 2)),
        (time, time(3, 4)),
        (uuid.UUID, uuid.uuid4()),
        (Decimal, Decimal("1.10")),
        (Colour, Colour.BLUE),
        (Size, Size.SMALL),
        (list[Colour], [Colour.RED]),
        (dict[str, date], {"a": date(2027, 1, 2)}),
        (tuple[int, str], (1, "a")),
        (tuple[date, ...], (date(2027, 1, 2),)),
        (set[int], {1, 2}),
        (Sequence[int], [1]),
        (Mapping[str, int], {"a": 1}),
        (Line, Line("bread", Decimal("2.50"), (Size.SMALL,))),
        (Tree, Tree(1, [Tree(2), Tree(3, [Tree(4)])])),
        (Options, {"when": NAIVE}),
        (Options, {"when": NAIVE, "note": "x"}),
        (Customer, Customer(name="Ada", since=date(1815, 12, 10))),
        (list[Customer], [Customer(name="A", since=date(1, 1, 1))]),
        (date | datetime, NAIVE),
        (Any, {"a": [1, None, "x", 1.5, True]}),
        (object, "x"),
        (list, [1, "a"]),
        (dict, {"a": {"b": []}}),
    ],
)
def test_what_a_job_is_enqueued_with_is_what_it_gets(annotation: object, value: object) -> None:
    back = returned(annotation, value)
    assert back == value
    assert type(back) is type(value)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_anything_that_json_has_comes_back_or_is_refused(value: object) -> None:
    try:
        back = returned(Any, value)
    except SeawallError as error:
        back, codes = value, {problem.code for problem in error.problems}
    else:
        codes = {"SW602"}
    assert (back, codes) == (value, {"SW602"})  # refused is half of a surrogate pair


def send_mail(to: str, copies: int = 1, *, opts: Any = None) -> None: ...


@pytest.mark.parametrize(
    ("args", "kwargs", "code", "message"),
    [
        ((), {}, "SW603", "send_mail() missing a required argument: 'to'"),
        (("a", 1, 2), {}, "SW603", "send_mail() too many positional arguments"),
        (("a",), {"bcc": 1}, "SW603", "send_mail() got an unexpected keyword argument 'bcc'"),
        ((1,), {}, "SW603", "send_mail(): $.to does not fit"),
        (("a", "many"), {}, "SW603", "send_mail(): $.copies does not fit"),
        (("a", True), {}, "SW603", "send_mail(): $.copies does not fit"),
        (
            ("a",),
            {"opts": {"wait": timedelta(1)}},
            "SW602",
            "send_mail(): datetime.timedelta at $.opts.wait cannot be stored",
        ),
        (("a",), {"opts": [1, {2: 3}]}, "SW602", "send_mail(): int at $.opts[1] key cannot be stored"),
        (("a",), {"opts": (1, 2)}, "SW602", "send_mail(): tuple at $.opts cannot be stored"),
        (("a",), {"opts": float("nan")}, "SW602", "send_mail(): a float that is not finite at $.opts cannot be stored"),
        (("a", 2**80), {}, "SW602", "send_mail(): Integer exceeds 64-bit range"),
        (("a" * 2**20,), {}, "SW604", "send_mail(): arguments are 1.0 MiB, limit 1 MiB"),
    ],
)
def test_arguments_that_cannot_be_are_refused_in_the_caller(
    args: tuple[object, ...], kwargs: dict[str, object], code: str, message: str
) -> None:
    with pytest.raises(SeawallError) as caught:
        parameters(send_mail).encode(args, kwargs)
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == (code, message)


def mixed(first: int, /, second: int, third: int = 3, *, fourth: int, fifth: int = 5) -> None: ...


@pytest.mark.parametrize(
    ("args", "kwargs", "stored"),
    [
        ((1, 2), {"fourth": 4}, {"first": 1, "second": 2, "fourth": 4}),
        ((1,), {"fifth": 0, "fourth": 4, "second": 2}, {"first": 1, "second": 2, "fourth": 4, "fifth": 0}),
        ((1, 2, 9), {"fourth": 4}, {"first": 1, "second": 2, "third": 9, "fourth": 4}),
        ((1, 2, 3), {}, None),
        ((), {"first": 1, "second": 2, "fourth": 4}, None),
    ],
)
def test_arguments_are_bound_as_python_does(
    args: tuple[object, ...], kwargs: dict[str, object], stored: dict[str, object] | None
) -> None:
    own = parameters(mixed)
    if stored is None:
        with pytest.raises(SeawallError, match="SW603"):
            own.encode(args, kwargs)
    else:
        assert own.encode(args, kwargs) == json.dumps(stored, separators=(",", ":"))


@pytest.mark.parametrize(("args", "kwargs"), [(("a", 2), {}), (("a",), {"copies": 2}), ((), {"copies": 2, "to": "a"})])
def test_the_same_call_is_stored_as_the_same_text(args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    assert parameters(send_mail).encode(args, kwargs) == '{"to":"a","copies":2}'


def test_all_faults_are_said_at_once_and_no_value_is_shown() -> None:
    with pytest.raises(SeawallError) as caught:
        parameters(send_mail).encode((b"hunter2", "hunter2"), {"opts": {"key": b"hunter2"}})
    assert [problem.code for problem in caught.value.problems] == ["SW603", "SW603", "SW602"]
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ('{"copies":1}', "send_mail() missing 'to'"),
        ('{"to":"a","cc":"b"}', "send_mail() takes no 'cc'"),
        ('{"to":5}', "send_mail(): $.to does not fit"),
    ],
)
def test_what_another_release_stored_and_does_not_fit_is_said(stored: str, message: str) -> None:
    with pytest.raises(SeawallError) as caught:
        parameters(send_mail).decode(stored)
    assert [(problem.code, problem.message) for problem in caught.value.problems] == [("SW603", message)]


def test_what_was_left_to_its_default_stays_the_functions_own() -> None:
    own = parameters(send_mail)
    assert own.encode(("a",), {}) == '{"to":"a"}'
    assert own.decode('{"to":"a"}') == ([], {"to": "a"})


def test_positional_only_arguments_are_stored_by_name_and_given_by_position() -> None:
    def job(first: int, /, second: int) -> None: ...

    own = parameters(job)
    assert own.decode(own.encode((1, 2), {})) == ([1], {"second": 2})


def test_an_argument_that_is_given_by_position_alone_is_missed() -> None:
    def job(first: int, /) -> None: ...

    with pytest.raises(SeawallError, match="missing 'first'"):
        parameters(job).decode("{}")


def test_an_argument_that_is_given_by_name_alone_is_missed() -> None:
    def job(*, first: int) -> None: ...

    with pytest.raises(SeawallError, match=r"missing a required .*argument: 'first'"):
        parameters(job).encode((), {})


def test_arguments_without_a_name_cannot_be_stored() -> None:
    def job(*orders: int) -> None: ...

    with pytest.raises(SeawallError, match="SW602"):
        parameters(job)


def test_an_id_as_asyncpg_reads_it_is_stored_as_any_other() -> None:
    def job(order: uuid.UUID) -> None: ...

    order = uuid.uuid4()
    read = AsyncpgUUID(str(order))
    assert type(read) is not uuid.UUID
    args, kwargs = parameters(job).decode(parameters(job).encode((read,), {}))
    (found,) = [*args, *kwargs.values()]
    assert (found, type(found)) == (order, uuid.UUID)


@pytest.mark.parametrize(
    ("annotation", "stored"),
    [
        (date, "yesterday"),
        (uuid.UUID, "x"),
        (Colour, "green"),
        (Line, {"item": "a"}),
        (Line, {"item": "a", "price": "1", "x": 1}),
        (Customer, {"name": 1}),
        (tuple[int, int], [1]),
        (list[int], {}),
        (dict[str, int], []),
        (int | None, "x"),
        (Literal[1], 2),
    ],
)
def test_stored_values_that_do_not_fit_are_refused(annotation: object, stored: object) -> None:
    def job(value: Any) -> None: ...

    job.__annotations__["value"] = annotation
    with pytest.raises(SeawallError) as caught:
        parameters(job).decode(json.dumps({"value": stored}))
    assert caught.value.problems[0].code == "SW603"


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Line, Customer(name="a", since=date(1, 1, 1))),
        (date, NAIVE),
        (Colour, "red"),
        (Options, {"note": "x"}),
        (timedelta, timedelta(1)),
        (list[timedelta], [timedelta(1)]),
        (dict[int, str], {1: "a"}),
        (Literal[1], True),
        (str | bytes, 1),
    ],
)
def test_values_that_would_not_come_back_are_refused(annotation: object, value: object) -> None:
    with pytest.raises(SeawallError):
        returned(annotation, value)
