"""The heat map as a drawing, for pages and documents alike."""

from __future__ import annotations

from rendering.charts import heatmap as chart
from risks.heatmap import HeatMap

CHART_ID = "heat-map"


def drawn(found: HeatMap) -> str:
    """Return the map as an `svg` element; its title says all that it shows."""
    rows = [
        [
            chart.Square(f"{cell.place.score} {cell.band.name}", cell.band.step - 1, cell.risks, cell.left)
            for cell in row.cells
        ]
        for row in found.rows
    ]
    return chart.grid(
        rows,
        likelihoods=[row.name for row in found.rows],
        impacts=found.scale.impact,
        chart_id=CHART_ID,
        title=f"Risk heat map. {found.sentence}",
    )
