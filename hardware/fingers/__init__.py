"""Fingerprint sensors: behind fprintd, or of the R30x/R503 family on a serial line.

A sensor keeps the templates itself, each under a name that the door process makes up by
``hardware.fingers.names.template_name``: the sensor has to find the template by the name alone.
"""
