"""Triggers that freeze the rows of a whole, such as the entries of a revision, once the whole has been made final."""

from __future__ import annotations

import pgtrigger


def frozen_with(whole: str, name: str, *, once: str, said: str, row: str, found_by: str) -> pgtrigger.Trigger:
    """Return a trigger that refuses to add, change or remove rows of a `whole` whose column `once` is set.

    `found_by` is SQL that yields the whole's id from the row named ROW; `row` and `said` name the row and the whole in
    the refusal, such as “The evidence” and “a signed revision”.
    """
    final = f"SELECT 1 FROM assurance_{whole} WHERE id = {whole} AND {once} IS NOT NULL"  # noqa: S608  # own names
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[(whole, "BIGINT")],
        func=f"""
            IF TG_OP <> 'INSERT' THEN
                {whole} := ({found_by.replace("ROW", "OLD")});
                IF EXISTS ({final}) THEN
                    RAISE EXCEPTION '{row} of {said} cannot be changed.';
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            {whole} := ({found_by.replace("ROW", "NEW")});
            IF EXISTS ({final}) THEN
                RAISE EXCEPTION '{row} cannot be added to {said}.';
            END IF;
            RETURN NEW;
        """,
    )
