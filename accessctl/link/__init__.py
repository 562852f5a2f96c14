"""The narrow link between the door process and everybody else: typed messages over a Unix socket."""
