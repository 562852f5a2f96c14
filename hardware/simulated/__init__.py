"""The simulated warehouse: doors, contacts and readers in a process of their own.

It outlives the door process, as doors do. ``warehouse`` is what is physically so, ``server`` the
process (``python -m hardware.simulated SOCKET_PATH``), ``link`` and ``devices`` the door process's
end of the wires, ``tool`` what badges and opens leaves from outside. ``wire`` has the protocol.
"""
