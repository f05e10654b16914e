"""Numbers and HTML in, SVG and PDF out. Plain Python: nothing in this room knows Django."""
