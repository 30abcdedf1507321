from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.stack.quantity import amount, cores, size


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("1", Fraction(1)),
        ("250m", Fraction(1, 4)),
        ("0.5", Fraction(1, 2)),
        ("128Mi", Fraction(128 * 1024**2)),
        ("1.5Gi", Fraction(3 * 512 * 1024**2)),
        ("2G", Fraction(2 * 10**9)),
        ("3k", Fraction(3000)),
        ("1E", Fraction(10**18)),
        ("1Ei", Fraction(1024**6)),
    ],
)
def test_a_quantity_is_a_number(quantity: str, number: Fraction) -> None:
    assert amount(quantity) == number


@pytest.mark.parametrize("quantity", ["", "Mi", "1K", "1mi", "-1", "1 Gi", "1e3"])
def test_what_is_no_quantity_is_refused(quantity: str) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        amount(quantity)


def test_numbers_are_written_as_people_write_them() -> None:
    assert [cores(Fraction(n, 1000)) for n in (50, 1000, 2500)] == ["50m", "1", "2500m"]
    assert [size(Fraction(n)) for n in (0, 1000, 1024, 384 * 1024**2, 2 * 1024**3)] == [
        "0",
        "1000",
        "1Ki",
        "384Mi",
        "2Gi",
    ]


@given(st.integers(min_value=1, max_value=10**6))
def test_cores_are_read_back(thousandths: int) -> None:
    assert amount(cores(Fraction(thousandths, 1000))) == Fraction(thousandths, 1000)


@given(st.fractions(min_value=1, max_value=2**60))
def test_sizes_are_read_back_and_never_less(number: Fraction) -> None:
    assert number <= amount(size(number)) < number + 1
