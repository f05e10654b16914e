"""The trail reads as sentences: every act that the code can record has words, and every word an act."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from home import acts

ROOT = Path(__file__).parents[2]
ROOMS = (
    "home",
    "papers",
    "insight",
    "assurance",
    "injuries",
    "risks",
    "maturity",
    "actions",
    "organisation",
    "records",
)
AN_ACT = re.compile(r"[a-z]+(-[a-z]+)*\.[a-z]+([_-][a-z]+)*")
# Acts whose names are put together where they happen: by file, what they may come to.
PUT_TOGETHER = {
    "assurance/services/reviews.py": {"statement.accepted", "statement.returned"},
}

# Kinds of news for people, which look the same and are in no trail: assurance/notices.py, of audits
# assurance/services/audit_notices.py, of risks and the HSE risks/services/reminding.py and liaison_notices.py.
KINDS_OF_NEWS = {
    "statement.opened",
    "statement.reminder",
    "statement.escalated",
    "statement.review_waits",
    "recommendation.done",
    "recommendation.overdue",
    "recommendation.check_waits",
    "recommendation.repeat_proposed",
    "risk.review-due",
    "risk.stale",
    "hse.to_report",
    "hse.to_comply",
}


def product_files() -> list[Path]:
    return [
        path
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts and path.name != "acts.py"
    ]


def given_as_act(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what stands behind `act=` in any call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from (keyword.value for keyword in node.keywords if keyword.arg == "act")


def texts(tree: ast.AST) -> set[str]:
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def acts_in_the_code() -> set[str]:
    """Every text after `act=`, and every text of a file that names acts which looks like one of a known family."""
    found: set[str] = set()
    for path in product_files():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        given = list(given_as_act(tree))
        found |= {text for expression in given for text in texts(expression) if AN_ACT.fullmatch(text)}
        found |= {text for text in texts(tree) if AN_ACT.fullmatch(text) and acts.family_of(text) in acts.FAMILIES}
        put_together = any(isinstance(expression, ast.JoinedStr) for expression in given)
        name = path.relative_to(ROOT).as_posix()
        assert put_together is (name in PUT_TOGETHER), f"{name}: list what its acts may come to"
        found |= PUT_TOGETHER.get(name, set())
    return found - KINDS_OF_NEWS


def test_every_act_in_the_code_has_words() -> None:
    assert acts_in_the_code() - set(acts.ACTS) == set()


def test_no_words_stand_for_an_act_that_nobody_does() -> None:
    assert set(acts.ACTS) - acts_in_the_code() == set()


def test_every_family_has_a_name_for_the_list() -> None:
    assert {acts.family_of(act) for act in acts.ACTS} == set(acts.FAMILIES)


def test_an_act_reads_behind_the_name_of_whoever_did_it() -> None:
    assert acts.in_words("statement.signed", "Kiln Hill, 2025/26 Q1") == "signed Kiln Hill, 2025/26 Q1"
    assert acts.in_words("account.sign_in_failed", "") == "was refused a sign-in to an address that has no account"


def test_an_act_without_words_reads_as_its_name() -> None:
    assert acts.in_words("old-thing.taken_down", "The thing") == "old thing, taken down: The thing"


def test_an_administrator_chooses_among_sign_ins_only() -> None:
    offered = [value for _, options in acts.choices(acts.SIGN_INS) for value, _ in options]
    assert {acts.family_of(value) for value in offered} == {"account", "session"}
    assert offered[0] == "account."
