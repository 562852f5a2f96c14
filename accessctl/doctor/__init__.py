"""What is wrong with an installation's devices, in words that an installer can act on.

It looks at the site file, the machine and the home by itself, so it also works while nothing runs; how the
devices are just now it is told by whoever asked the door process.
"""
