"""Whatever an annotation allows comes back as it was: annotations and values made up together."""

import dataclasses
import enum
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal, NotRequired, TypedDict

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.errors import SeawallError
from seawall.jobs.arguments import Parameters

Case = tuple[Any, Any]  # an annotation, and a value of it


class Colour(enum.Enum):
    RED = "red"
    ONE = 1


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Flag(enum.StrEnum):
    A = "a"


@dataclasses.dataclass(frozen=True)
class Point:
    x: float
    when: datetime
    colour: Colour | None = None
    near: tuple["Point", ...] = ()


@dataclasses.dataclass
class Made:
    id: uuid.UUID
    total: int = dataclasses.field(init=False, default=7)
    tags: frozenset[str] = frozenset()


class Row(TypedDict):
    at: time
    note: NotRequired[str | None]


class Inner(pydantic.BaseModel):
    day: date
    amount: Decimal


class Model(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(populate_by_name=True)

    id: uuid.UUID
    lines: list[Inner] = []
    moment: pydantic.AwareDatetime
    level: Level = Level.LOW
    name: str | None = pydantic.Field(default=None, alias="theName")


offsets = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
# ISO 8601 has no way to say `fold`; with an offset there is nothing that it could mean.
moments = st.datetimes(timezones=st.none() | st.just(UTC) | offsets).map(lambda moment: moment.replace(fold=0))
times = st.times(timezones=st.none() | st.just(UTC) | offsets).map(lambda moment: moment.replace(fold=0))
aware = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is added to it
decimals = st.decimals(allow_nan=False)
texts = st.text(st.characters(exclude_categories=["Cs"]))
floats = st.floats(allow_nan=False, allow_infinity=False)
integers = st.integers(-(2**63), 2**63 - 1)
points = st.recursive(
    st.builds(Point, floats, moments, st.none() | st.sampled_from(Colour)),
    lambda inner: st.builds(Point, floats, moments, st.none(), st.lists(inner, max_size=2).map(tuple)),
    max_leaves=4,
)
models = st.builds(
    Model,
    id=st.uuids(),
    lines=st.lists(st.builds(Inner, day=st.dates(), amount=st.decimals(-(10**9), 10**9)), max_size=2),
    moment=aware,
    level=st.sampled_from(Level),
    name=st.none() | texts,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    bool: st.booleans(),
    int: integers,
    float: floats,
    str: texts,
    bytes: st.binary(),
    datetime: moments,
    date: st.dates(),
    time: times,
    uuid.UUID: st.uuids(),
    Decimal: decimals,
    Colour: st.sampled_from(Colour),
    Level: st.sampled_from(Level),
    Flag: st.sampled_from(Flag),
    (Literal["a", 1] | None): st.sampled_from(["a", 1, None]),
    Point: points,
    Made: st.builds(Made, st.uuids(), tags=st.frozensets(texts, max_size=3)),
    Row: st.fixed_dictionaries({"at": times}, optional={"note": st.none() | texts}),
    Model: models,
}
hashable = (bool, int, str, bytes, date, uuid.UUID, Decimal, Colour, Level, Flag)
simple = st.sampled_from(list(SIMPLE)).flatmap(lambda kind: st.tuples(st.just(kind), SIMPLE[kind]))
keys = st.sampled_from([str, uuid.UUID, date, Flag])


def of(generic: Any, *arguments: Any) -> Any:
    """``generic[arguments]``, of values."""
    return generic[arguments]


@st.composite
def containers(draw: st.DrawFn, inner: st.SearchStrategy[Case]) -> Case:
    annotation, value = draw(inner)
    shape = draw(st.sampled_from(["list", "sequence", "tuple", "pair", "dict", "mapping", "optional"]))
    if shape == "optional":
        return annotation | None, draw(st.sampled_from([value, None]))
    if shape in {"dict", "mapping"}:
        key = draw(keys)
        return of(dict if shape == "dict" else Mapping, key, annotation), {draw(SIMPLE[key]): value}
    count = draw(st.integers(0, 3))
    if shape == "pair":
        other, second = draw(simple)
        return of(tuple, annotation, other), (value, second)
    if shape == "tuple":
        return of(tuple, annotation, ...), (value,) * count
    return of(list if shape == "list" else Sequence, annotation), [value] * count


sets = st.sampled_from(hashable).flatmap(
    lambda kind: st.tuples(
        st.sampled_from([of(set, kind), of(frozenset, kind)]), st.sets(SIMPLE[kind], max_size=4)
    ).map(lambda case: (case[0], case[0].__origin__(case[1])))
)
cases = st.recursive(simple | sets, containers, max_leaves=4)


def returned(annotation: object, value: object) -> object:
    """What a job gets that is enqueued with `value`."""

    def job(value: Any) -> None: ...

    job.__annotations__["value"] = annotation
    own = Parameters("job", job, takes_job=False)
    _, kwargs = own.decode(own.encode((value,), {}))
    return kwargs["value"]


@given(cases)
def test_whatever_an_annotation_allows_comes_back_as_it_was(case: Case) -> None:
    annotation, value = case
    back = returned(annotation, value)
    assert back == value
    assert type(back) is type(value)


@given(simple)
def test_zones_signs_and_exponents_come_back_too(case: Case) -> None:
    annotation, value = case
    if annotation not in {Made, Model}:  # which hold a set, and zones that pydantic makes
        assert repr(returned(annotation, value)) == repr(value)


@pytest.mark.parametrize("annotation", [str | Flag, Flag | str])
def test_a_union_refuses_what_would_come_back_as_its_other_kind(annotation: object) -> None:
    with pytest.raises(SeawallError):
        returned(annotation, Flag.A)
    assert type(returned(annotation, "a")) is str


@given(simple, simple)
def test_a_union_gives_back_what_it_was_given_or_refuses_it(first: Case, second: Case) -> None:
    annotation = first[0] | second[0]
    for _, value in (first, second):
        try:
            back = returned(annotation, value)
        except SeawallError as error:
            assert {problem.code for problem in error.problems} == {"SW603"}  # noqa: PT017 - either is right
        else:
            assert (type(back), back) == (type(value), value)


@given(simple, simple)
def test_a_value_of_another_kind_is_refused_or_comes_back_as_it_was(first: Case, second: Case) -> None:
    annotation, value = first[0], second[1]
    try:
        back = returned(annotation, value)
    except SeawallError as error:
        assert {problem.code for problem in error.problems} <= {"SW602", "SW603"}  # noqa: PT017 - either is right
    else:
        assert back == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_json_has_no_number_for_is_refused(value: float) -> None:
    with pytest.raises(SeawallError, match="SW602"):
        returned(float, value)
