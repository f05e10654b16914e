"""Agreement of claims and verdicts against irr, vcd, psych and irrCAC in R (`agreement_reference_R.csv`)."""

from __future__ import annotations

import csv
from collections import Counter
from math import comb, sqrt
from pathlib import Path
from random import Random
from statistics import mean, stdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assurance.agreement import (
    ALL_ALIKE,
    NO_PAIRS,
    ONE_LEVEL,
    RARELY_DEFINED,
    SEED,
    TOO_FEW,
    Agreement,
    Measures,
    Pair,
    Table,
    ac2_standard_error,
    agreement_in,
    agreement_of,
    bias_in,
    gwets_ac2,
    kappa_standard_error,
    mean_difference,
    sign_test_p,
    table_of,
    weighted_kappa,
)

CASES = (
    "abstractors3x3",
    "diagnosis4x4",
    "anxiety_r1r2",
    "sexualfun4x4",
    "self_audit_over",
    "self_audit_even",
    "self_audit_prevalence",
)


def exactly(value: float) -> Any:
    """The value, to nine decimals and nine figures."""
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def unweighted(claim: int, verdict: int, _levels: int) -> float:
    return float(claim == verdict)


def quadratic(claim: int, verdict: int, levels: int) -> float:
    return 1 - (claim - verdict) ** 2 / (levels - 1) ** 2


def measured(agreement: Agreement) -> Measures:
    assert agreement.measures is not None
    return agreement.measures


@pytest.fixture
def tables(shared_dir: Path) -> dict[str, Table]:
    found = {}
    for case in CASES:
        with (shared_dir / "data" / "agreement" / f"table_{case}.csv").open(encoding="utf-8") as opened:
            found[case] = tuple(tuple(map(int, row)) for row in list(csv.reader(opened))[1:])
    return found


@pytest.fixture
def reference(shared_dir: Path) -> dict[str, dict[str, str]]:
    with (shared_dir / "data" / "agreement" / "agreement_reference_R.csv").open(encoding="utf-8") as opened:
        return {row["case"]: row for row in csv.DictReader(opened)}


@pytest.mark.parametrize("case", CASES)
def test_counts_are_those_of_the_reference(
    case: str, tables: dict[str, Table], reference: dict[str, dict[str, str]]
) -> None:
    found, row = agreement_in(tables[case]), reference[case]
    assert (found.pairs, len(found.table)) == (int(row["n"]), int(row["k"]))
    assert (found.too_high, found.too_low) == (int(row["over"]), int(row["under"]))
    assert found.confirmed / found.pairs == exactly(float(row["exact"]))
    assert found.within_one / found.pairs == exactly(float(row["within1"]))


@pytest.mark.parametrize("case", CASES)
def test_every_measure_is_that_of_r(case: str, tables: dict[str, Table], reference: dict[str, dict[str, str]]) -> None:
    found, row = measured(agreement_in(tables[case])), reference[case]
    assert found.exact.value == exactly(float(row["exact"]))
    assert found.within_one.value == exactly(float(row["within1"]))
    assert found.bias.value == exactly(float(row["bias_mean_row_minus_col"]))
    assert found.sign_test_p == exactly(float(row["sign_test_p"]))
    for column in ("kappa_lin", "irr_equal", "psych_lin", "vcd_lin"):
        assert found.kappa.value == exactly(float(row[column]))
    assert found.ac2.value == exactly(float(row["ac2_lin"]))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    ("weights", "kappa", "error", "ac"),
    [
        (None, "vcd_lin", "vcd_lin_ase", "ac2_lin"),
        (unweighted, "kappa", "kappa_se", "ac1"),
        (quadratic, "vcd_quad", "vcd_quad_ase", "ac2_quad"),
    ],
)
def test_coefficients_of_other_weights_are_those_of_r(
    case: str,
    weights: object,
    kappa: str,
    error: str,
    ac: str,
    tables: dict[str, Table],
    reference: dict[str, dict[str, str]],
) -> None:
    of_weights = {} if weights is None else {"weights": weights}
    table, row = tables[case], reference[case]
    assert weighted_kappa(table, **of_weights) == exactly(float(row[kappa]))  # type: ignore[arg-type]
    assert kappa_standard_error(table, **of_weights) == exactly(float(row[error]))  # type: ignore[arg-type]
    assert gwets_ac2(table, **of_weights) == exactly(float(row[ac]))  # type: ignore[arg-type]


def test_the_reference_has_every_case(reference: dict[str, dict[str, str]]) -> None:
    assert set(reference) == set(CASES)


@pytest.mark.parametrize("case", [case for case in CASES if case != "anxiety_r1r2"])
def test_from_fifty_pairs_the_intervals_are_normal(
    case: str, tables: dict[str, Table], reference: dict[str, dict[str, str]]
) -> None:
    found, row = measured(agreement_in(tables[case])), reference[case]
    kappa, error = float(row["kappa_lin"]), float(row["kappa_lin_se"])
    assert found.kappa.low == exactly(kappa - 1.959963984540054 * error)
    assert found.kappa.high == exactly(kappa + 1.959963984540054 * error)
    differences = [i - j for i, counts in enumerate(tables[case]) for j, n in enumerate(counts) for _ in range(n)]
    reach = 1.959963984540054 * stdev(differences) / sqrt(len(differences))
    assert found.bias.low == exactly(mean(differences) - reach)
    assert found.bias.high == exactly(mean(differences) + reach)
    reach = 1.959963984540054 * ac2_standard_error(tables[case])
    assert found.ac2.low == exactly(float(row["ac2_lin"]) - reach)
    assert found.ac2.high == exactly(min(1.0, float(row["ac2_lin"]) + reach))
    assert found.seed is None


@pytest.mark.parametrize("case", CASES)
def test_the_error_of_ac2_is_that_of_its_slopes(case: str, tables: dict[str, Table]) -> None:
    """The delta method with slopes by difference quotients: the error of any smooth measure of a table's shares."""
    table = tables[case]
    pairs, step = sum(map(sum, table)), 1e-4
    cells = [(i, j, number) for i, row in enumerate(table) for j, number in enumerate(row) if number]

    def with_more(i: int, j: int, more: float) -> Any:
        return [[n + more * ((row, column) == (i, j)) for column, n in enumerate(of)] for row, of in enumerate(table)]

    slopes = [
        (gwets_ac2(with_more(i, j, step)) - gwets_ac2(with_more(i, j, -step))) / (2 * step) * pairs for i, j, _ in cells
    ]
    spread = sum(number / pairs * slope**2 for (_, _, number), slope in zip(cells, slopes, strict=True))
    assert ac2_standard_error(table) == pytest.approx(sqrt(spread / pairs), rel=1e-6)


def test_below_fifty_pairs_the_intervals_are_resampled_with_a_recorded_seed(
    tables: dict[str, Table], reference: dict[str, dict[str, str]]
) -> None:
    """Twenty pairs: the percentile interval has the width that the large-sample error would give, within a third."""
    found, row = measured(agreement_in(tables["anxiety_r1r2"])), reference["anxiety_r1r2"]
    assert found.seed == SEED
    assert found.kappa.value is not None
    assert found.kappa.low is not None
    assert found.kappa.high is not None
    assert found.kappa.low < found.kappa.value < found.kappa.high
    width = 2 * 1.959963984540054 * float(row["kappa_lin_se"])
    assert found.kappa.high - found.kappa.low == pytest.approx(width, rel=1 / 3)
    assert found.bias.low is not None
    assert found.bias.high is not None
    assert found.bias.low < 0 < found.bias.high


@pytest.mark.parametrize("pairs", [[(4, 3), (3, 3), (3, 3), (2, 3), (5, 3)] * 4, [(1, 5), (2, 2), (4, 4), (5, 5)] * 9])
def test_resampled_intervals_are_those_of_the_coefficients_of_as_many_tables(pairs: list[Pair]) -> None:
    """Drawn again with the recorded seed, and each coefficient worked out by way of its table."""
    found, draw = measured(agreement_of(pairs)), Random(SEED)  # noqa: S311  # chance that can be drawn again
    in_order = sorted(pairs)
    tables = [table_of(Counter(draw.choices(in_order, k=len(pairs)))) for _ in range(2000)]
    kappas = sorted(kappa for table in tables if (kappa := weighted_kappa(table)) is not None)
    ac2s = sorted(map(gwets_ac2, tables))
    for estimate, drawn in ((found.kappa, kappas), (found.ac2, ac2s)):
        outside = int(len(drawn) * 0.025)
        assert estimate.low == pytest.approx(drawn[outside])
        assert estimate.high == pytest.approx(drawn[-1 - outside])


def test_nine_of_ten_confirmed_can_still_be_a_kappa_of_a_sixth(tables: dict[str, Table]) -> None:
    """`statistics.md`: why kappa never stands alone."""
    found = measured(agreement_in(tables["self_audit_prevalence"]))
    assert round(found.exact.value or 0, 2) == 0.91
    assert round(found.kappa.value or 0, 2) == 0.16
    assert round(found.ac2.value or 0, 2) == 0.98


# --- What is not defined, or not said ---------------------------------------------------------------------------------


def test_without_pairs_there_is_nothing_to_say() -> None:
    found = agreement_of([])
    assert (found.pairs, found.confirmed, found.measures, found.why_not) == (0, 0, None, NO_PAIRS)


def test_of_nine_pairs_only_counts_are_given() -> None:
    found = agreement_of([(4, 3)] * 4 + [(3, 3)] * 5)
    assert (found.pairs, found.confirmed, found.within_one, found.too_high, found.too_low) == (9, 5, 9, 4, 0)
    assert (found.measures, found.why_not) == (None, TOO_FEW)
    assert agreement_of([(4, 3)] * 4 + [(3, 3)] * 6).measures is not None


@pytest.mark.parametrize("pairs", [12, 60])
def test_where_one_level_is_used_kappa_is_not_defined_and_says_so(pairs: int) -> None:
    found = measured(agreement_of([(3, 3)] * pairs))
    assert (found.kappa.value, found.kappa.low, found.kappa.high, found.kappa.why_not) == (None, None, None, ONE_LEVEL)
    assert (found.bias.value, found.bias.low, found.bias.why_not) == (0, None, ALL_ALIKE)
    assert found.exact.value == 1
    assert (found.ac2.value, found.ac2.low, found.ac2.why_not) == (1, None, ALL_ALIKE)
    assert found.sign_test_p is None


@pytest.mark.parametrize("times", [4, 20])
def test_where_every_claim_is_confirmed_kappa_is_one_without_an_interval(times: int) -> None:
    found = measured(agreement_of([(2, 2), (3, 3), (4, 4)] * times))
    assert found.kappa.value == pytest.approx(1)
    assert (found.kappa.low, found.kappa.why_not) == (None, ALL_ALIKE)


def test_where_all_claim_one_level_and_another_is_found_kappa_is_nought() -> None:
    found = measured(agreement_of([(4, 3)] * 12))
    assert found.kappa.value == pytest.approx(0, abs=1e-12)
    assert found.kappa.why_not == ALL_ALIKE
    assert found.bias.value == 1


def test_where_most_resamples_have_no_kappa_there_is_no_interval() -> None:
    """One pair of twelve is apart: 0.9167 ** 12 = 35 % of the resamples miss it, and have one level alone."""
    found = measured(agreement_of([(3, 3)] * 11 + [(4, 3)]))
    assert found.kappa.value == pytest.approx(0, abs=1e-12)
    assert (found.kappa.low, found.kappa.why_not) == (None, RARELY_DEFINED)
    assert found.bias.low == 0


def test_a_level_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="not a pair of levels from 1 to 5"):
        agreement_of([(3, 6)])
    with pytest.raises(ValueError, match="leaves nothing to agree on"):
        table_of({}, levels=1)


def test_a_test_of_claims_that_never_differ_is_none() -> None:
    assert sign_test_p(0, 0) is None
    assert sign_test_p(5, 0) == 2 / 2**5
    assert sign_test_p(3, 3) == 1


# --- Properties -------------------------------------------------------------------------------------------------------

level = st.integers(1, 5)
some_pairs = st.lists(st.tuples(level, level), min_size=1, max_size=120)


def turned(pairs: list[Pair]) -> Table:
    return table_of(Counter((verdict, claim) for claim, verdict in pairs))


@given(some_pairs)
def test_claim_and_verdict_exchanged_turn_what_has_a_side_and_leave_the_rest(pairs: list[Pair]) -> None:
    one, other = agreement_of(pairs), agreement_in(turned(pairs))
    assert (one.confirmed, one.within_one) == (other.confirmed, other.within_one)
    assert (one.too_high, one.too_low) == (other.too_low, other.too_high)
    assert mean_difference(one.table) == pytest.approx(-mean_difference(other.table))
    assert weighted_kappa(one.table) == pytest.approx(weighted_kappa(other.table))
    assert kappa_standard_error(one.table) == pytest.approx(kappa_standard_error(other.table))
    assert gwets_ac2(one.table) == pytest.approx(gwets_ac2(other.table))
    assert sign_test_p(one.too_high, one.too_low) == sign_test_p(other.too_high, other.too_low)


@given(
    st.lists(st.tuples(level, level), max_size=15).flatmap(lambda one: st.tuples(st.just(one), st.permutations(one)))
)
def test_the_order_of_the_pairs_changes_nothing(orders: tuple[list[Pair], list[Pair]]) -> None:
    one, other = orders
    assert agreement_of(one) == agreement_of(other)


@given(some_pairs)
def test_everything_is_within_its_bounds(pairs: list[Pair]) -> None:
    found = agreement_of(pairs)
    assert found.confirmed + found.too_high + found.too_low == len(pairs)
    assert found.confirmed <= found.within_one <= found.pairs
    kappa = weighted_kappa(found.table)
    assert (kappa is None) == (len({level for pair in pairs for level in pair}) == 1)
    assert kappa is None or -1 - 1e-9 <= kappa <= 1 + 1e-9
    # Of linear weights, chance agreement by AC2 is at most 0.6 on a scale of five.
    assert -1.5 <= gwets_ac2(found.table) <= 1 + 1e-9
    assert -4 <= mean_difference(found.table) <= 4


@given(st.lists(st.tuples(level, level), min_size=10, max_size=70))
def test_every_interval_holds_its_value_and_lies_on_its_scale(pairs: list[Pair]) -> None:
    found = measured(agreement_of(pairs))
    for estimate, least, most in (
        (found.exact, 0, 1),
        (found.within_one, 0, 1),
        (found.kappa, -1, 1),
        (found.ac2, -1.5, 1),
        (found.bias, -4, 4),
    ):
        if estimate.low is None or estimate.high is None:
            assert estimate.why_not
            continue
        assert least - 1e-9 <= estimate.low <= estimate.high <= most + 1e-9
    assert found.seed == (SEED if len(pairs) < 50 else None)


@given(st.lists(st.tuples(level, level), min_size=10, max_size=70))
def test_the_mean_difference_alone_is_the_one_among_the_rest(pairs: list[Pair]) -> None:
    assert bias_in(table_of(Counter(pairs))) == measured(agreement_of(pairs)).bias


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_sign_test_counts_outcomes_as_rare_as_the_one_seen(higher: int, lower: int) -> None:
    """The other way to the same p-value: every outcome at least as far from even, counted one by one."""
    differing = higher + lower
    if not differing:
        return
    apart = abs(higher - lower)
    as_rare = sum(comb(differing, number) for number in range(differing + 1) if abs(differing - 2 * number) >= apart)
    assert sign_test_p(higher, lower) == pytest.approx(as_rare / 2**differing)
