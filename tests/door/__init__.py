"""The door process, whole, on a clock of the tests' own: real stores, real keys, fakes for the wires."""
