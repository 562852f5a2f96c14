"""The two SQLite files, and nothing but SQL.

``people.db`` is written by the API process alone, ``record.db`` by the door process alone. Schema and
migrations go through sqlite-utils; the badge's path is constant SQL on plain ``sqlite3`` connections.
"""
