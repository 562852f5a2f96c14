"""Reports: what the stores say, as values, and as pages, tables and lines.

``value`` is what a report is. What works one out stands in ``kinds`` and reads the stores alone; what shows
one (``html``, ``terminal``, ``plain``, ``sheet``, ``as_json``) reads nothing but the value.
"""
