"""The witness: cosigns the heads of logs that only ever grow (C2SP tlog-witness).

A process of its own with a folder of its own. It holds no home of an installation, so it runs on another
controller as well as on a machine of the head office, and it cosigns the heads of any log, not only ours.
"""
