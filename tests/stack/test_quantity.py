from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seawall.stack.quantity import amount, cores, share, size


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("1", Fraction(1)),
        ("250m", Fraction(1, 4)),
        ("0.5", Fraction(1, 2)),
        ("0.0001", Fraction(1, 1000)),
        ("128Mi", Fraction(128 * 1024**2)),
        ("1.5Gi", Fraction(3 * 512 * 1024**2)),
        ("2G", Fraction(2 * 10**9)),
        ("3k", Fraction(3000)),
        ("1E", Fraction(10**18)),
        ("1Ei", Fraction(1024**6)),
    ],
)
def test_a_quantity_is_a_number_of_thousandths(quantity: str, number: Fraction) -> None:
    assert amount(quantity) == number * 1000


@pytest.mark.parametrize("quantity", ["", "Mi", "1K", "1mi", "-1", "1 Gi", "1e3", ".5", "1."])
def test_what_is_no_quantity_is_refused(quantity: str) -> None:
    with pytest.raises(ValueError, match="no quantity"):
        amount(quantity)


def test_numbers_are_written_as_people_write_them() -> None:
    assert [cores(n) for n in (50, 1000, 2500)] == ["50m", "1", "2500m"]
    sizes = [size(n * 1000) for n in (0, 1000, 1024, 384 * 1024**2, 2 * 1024**3)]
    assert sizes == ["0", "1000", "1Ki", "384Mi", "2Gi"]


def test_a_share_is_rounded_up() -> None:
    assert (share("250m", 4), share("250m", 1, 4), share("1", 1, 3)) == (1000, 63, 334)


@given(st.integers(min_value=1, max_value=10**6))
def test_cores_are_read_back(thousandths: int) -> None:
    assert amount(cores(thousandths)) == thousandths


@given(st.integers(min_value=1, max_value=2**70))
def test_sizes_are_read_back_and_never_less(thousandths: int) -> None:
    assert thousandths <= amount(size(thousandths)) < thousandths + 1000
