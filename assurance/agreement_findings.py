"""Agreement of claims and verdicts as the sentences, tables and rows that pages and documents print. Plain values.

In the order of `statistics.md`: the table; exact and within-one agreement; too high and too low; the mean difference;
kappa, with AC2 beside it. Every denominator is printed, and of fewer than ten pairs nothing but counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from assurance.agreement import (
    FEWEST_PAIRS,
    NONE_DIFFERS,
    RESAMPLES,
    Agreement,
    Counts,
    Estimate,
    Measures,
    Pair,
    agreement_in,
    bias_in,
    table_of,
)
from records.proportions import wilson
from rendering.formats import count, decimal, share


class Outcome(StrEnum):
    """What became of a claim that an audit looked at: compared with a verdict, and how, or why not."""

    COMPARED = "compared"
    CONFIRMED = "confirmed"
    TOO_HIGH = "too-high"
    TOO_LOW = "too-low"
    NOT_ENOUGH_EVIDENCE = "not-enough-evidence"
    NO_CLAIM = "no-claim"
    NOT_SCORED = "not-scored"
    NO_VERDICT = "no-verdict"


@dataclass(frozen=True, slots=True)
class Audited:
    """What issued audits of units looked at: pairs of claim and verdict, and the themes that make no pair.

    `not_scored` have no levels in their edition, `no_claim` had none in the statement that was validated; of
    `not_enough_evidence` the auditors could not judge, and of `no_verdict` they said nothing.
    """

    pairs: Mapping[Pair, int] = field(default_factory=dict)
    not_scored: int = 0
    no_claim: int = 0
    not_enough_evidence: int = 0
    no_verdict: int = 0

    @property
    def counts(self) -> Counts:
        return Counts(table_of(self.pairs))


def together(parts: Iterable[Audited]) -> Audited:
    """Add up what was audited in parts that do not overlap."""
    pairs: Counter[Pair] = Counter()
    rest: Counter[str] = Counter()
    names = ("not_scored", "no_claim", "not_enough_evidence", "no_verdict")
    for part in parts:
        pairs.update(part.pairs)
        rest.update({name: getattr(part, name) for name in names})
    return Audited(pairs, **{name: rest[name] for name in names})


@dataclass(frozen=True, slots=True)
class TableRow:
    """The claims of a level: how many of them were found to be at each level, and how many there are."""

    level: int
    cells: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure with its value, its 95 % interval and what has to be said with it."""

    name: str
    value: str
    interval: str
    note: str


@dataclass(frozen=True, slots=True)
class NoPair:
    """How many were looked at and are in no count, and why."""

    number: str
    why: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class AgreementFindings:
    """Everything a page shows of one set of pairs. `measures` are empty, and `why_not` says why, below ten pairs."""

    says: str
    no_pairs: tuple[NoPair, ...]
    rows: tuple[TableRow, ...]
    totals: TableRow | None
    within_one: str
    measures: tuple[MeasureRow, ...]
    intervals_say: str
    why_not: str


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of the pairs: a theme, a group, an auditor … Shares and intervals are dashes below ten pairs.

    `bias` is the mean difference with its interval; "" where the table of the parts does not give it.
    """

    name: str
    claims: str
    confirmed: str
    share: str
    interval: str
    within_one: str
    too_high: str
    too_low: str
    bias: str = ""


def in_one_sentence(*, claims: int, confirmed: int, too_high: int, too_low: int) -> str:
    """Say how many audited claims were confirmed: the sentence of roll-ups, papers and pages alike."""
    if not claims:
        return "No claim of a level has been audited yet."
    return (
        f"Of {count(claims)} audited {'claim' if claims == 1 else 'claims'} {count(confirmed)} {_were(confirmed)} "
        f"confirmed, {count(too_high)} {_were(too_high)} too high and {count(too_low)} too low."
    )


def sentence_of(audited: Audited) -> str:
    """Say `in_one_sentence` of these."""
    counts = audited.counts
    return in_one_sentence(
        claims=counts.pairs, confirmed=counts.confirmed, too_high=counts.too_high, too_low=counts.too_low
    )


def findings_of(audited: Audited) -> AgreementFindings:
    """Return what a page shows of what was audited."""
    agreement = agreement_in(table_of(audited.pairs))
    measures = agreement.measures
    return AgreementFindings(
        says=sentence_of(audited),
        no_pairs=tuple(_no_pairs(audited)),
        rows=tuple(_table_row(level, counts) for level, counts in enumerate(agreement.table, start=1)),
        totals=_table_row(0, [sum(column) for column in zip(*agreement.table, strict=True)]),
        within_one=f"{count(agreement.within_one)} of {count(agreement.pairs)}",
        measures=tuple(_measure_rows(agreement, measures)) if measures else (),
        intervals_say=_intervals_say(measures) if measures else "",
        why_not=agreement.why_not,
    )


def part_row(name: str, audited: Audited, *, with_bias: bool = False) -> PartRow:
    """Return the row of a part, with shares only where there are ten pairs."""
    counts = audited.counts
    claims, confirmed = counts.pairs, counts.confirmed
    enough = claims >= FEWEST_PAIRS
    return PartRow(
        name=name,
        claims=count(claims),
        confirmed=count(confirmed),
        share=share(confirmed, claims) if enough else "–",
        interval=_percentages(*wilson(confirmed, claims)) if enough else "–",
        within_one=count(counts.within_one),
        too_high=count(counts.too_high),
        too_low=count(counts.too_low),
        bias=_bias(audited) if with_bias else "",
    )


def _bias(audited: Audited) -> str:
    bias = bias_in(table_of(audited.pairs))
    if bias.value is None:
        return "–"
    row = _estimate_row("", bias, "")
    return row.value if row.interval == "–" else f"{row.value} ({row.interval})"


def _no_pairs(audited: Audited) -> Iterable[NoPair]:
    for number, why, outcome in (
        (audited.not_enough_evidence, "there was not enough evidence to judge", Outcome.NOT_ENOUGH_EVIDENCE),
        (audited.no_claim, "the statement claimed no level", Outcome.NO_CLAIM),
        (audited.not_scored, "the theme was not scored", Outcome.NOT_SCORED),
        (audited.no_verdict, "the report gives no level", Outcome.NO_VERDICT),
    ):
        if number:
            yield NoPair(count(number), f"where {why}", outcome)


def _table_row(level: int, counts: Sequence[int]) -> TableRow:
    return TableRow(level, tuple(count(number) for number in counts), count(sum(counts)))


# --- Measures ---------------------------------------------------------------------------------------------------------


def _measure_rows(agreement: Agreement, measures: Measures) -> Iterable[MeasureRow]:
    pairs = agreement.pairs
    yield _share_row("Confirmed: the same level", agreement.confirmed, pairs, measures.exact)
    yield _share_row("The same level or one beside it", agreement.within_one, pairs, measures.within_one)
    yield MeasureRow(
        "Too high and too low",
        f"{count(agreement.too_high)} and {count(agreement.too_low)} of {count(pairs)}",
        "–",
        _sign_test(agreement, measures),
    )
    yield _estimate_row(
        "Mean difference, claim minus verdict (an index)",
        measures.bias,
        "In levels; it takes every step between two levels to be as large. Above 0, claims are too high.",
    )
    yield _estimate_row(
        "Kappa, linear weights",
        measures.kappa,
        "Agreement beyond chance: 1 is complete, 0 what chance would give. Where nearly all are at one level it is "
        "small however many are confirmed, so it is never read alone.",
    )
    yield _estimate_row(
        "AC2 (Gwet), linear weights",
        measures.ac2,
        "Also beyond chance, counted so that it stays high where nearly all are at one level and confirmed.",
    )


def _share_row(name: str, part: int, whole: int, estimate: Estimate) -> MeasureRow:
    return MeasureRow(
        name,
        f"{count(part)} of {count(whole)} ({share(part, whole)})",
        _percentages(estimate.low or 0.0, estimate.high or 0.0),
        "Wilson’s interval.",
    )


def _estimate_row(name: str, estimate: Estimate, note: str) -> MeasureRow:
    if estimate.value is None:
        return MeasureRow(name, "Not defined", "–", f"{estimate.why_not} {note}")
    interval = "–"
    if estimate.low is not None and estimate.high is not None:
        interval = f"{decimal(estimate.low, 2)} to {decimal(estimate.high, 2)}"
    why_not = f"No interval: {estimate.why_not[:1].lower()}{estimate.why_not[1:]} " if estimate.why_not else ""
    return MeasureRow(name, decimal(estimate.value, 2), interval, why_not + note)


def _sign_test(agreement: Agreement, measures: Measures) -> str:
    if measures.sign_test_p is None:
        return NONE_DIFFERS
    differing = agreement.too_high + agreement.too_low
    return (
        f"Were too high as likely as too low, {count(differing)} that differ would divide at least as unevenly with "
        f"{_probability(measures.sign_test_p)} (exact two-sided sign test)."
    )


def _probability(p: float) -> str:
    return "a probability below 0.001" if p < 0.001 else f"a probability of {decimal(p, 3)}"


def _intervals_say(measures: Measures) -> str:
    if measures.seed is None:
        return "Intervals are at 95%. Those of the mean difference, kappa and AC2 are normal ones."
    return (
        "Intervals are at 95%. There are fewer than 50 pairs, so those of the mean difference, kappa and AC2 come "
        f"from {count(RESAMPLES)} resamples of the pairs (bootstrap percentiles, seed {measures.seed})."
    )


def _percentages(low: float, high: float) -> str:
    return f"{decimal(low * 100, 0)}% to {decimal(high * 100, 0)}%"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"
