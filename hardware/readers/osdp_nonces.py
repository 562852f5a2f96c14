"""Where libosdp takes its random numbers from, made random.

The wheels of libosdp 3.2.9 draw the panel's half of every handshake from the C library's ``rand()`` and
never seed it: each start of a process sends the same "random" numbers, and a recording of an earlier session
is as good as the key. ``renew`` puts 124 random bytes into the generator's state; it has to be called before
every step of libosdp that could draw. With glibc the eight bytes of a nonce are then independent of each
other and of all before. Another C library may keep a state of its own for ``rand()``; there, 32 random bits
are what its seed can hold.
"""

import ctypes
import os
from typing import Final

STATE_BYTES: Final = 128
_HEAD: Final = 4
"""glibc keeps the kind of generator in the first word of a state."""

_libc: Final = ctypes.CDLL(None)
# Never freed: the C library goes on using it for as long as the process lives.
_state: Final = ctypes.create_string_buffer(STATE_BYTES)


def renew() -> None:
    """Make what ``rand()`` gives next unpredictable."""
    load(os.urandom(STATE_BYTES - _HEAD))


def load(words: bytes) -> None:
    """Make these bytes the generator's state; what ``rand()`` gives next follows from them."""
    seed = int.from_bytes(words[:4], "little")
    _libc.srand(ctypes.c_uint(seed))
    if hasattr(_libc, "initstate"):
        _libc.initstate(ctypes.c_uint(seed), _state, ctypes.c_size_t(STATE_BYTES))
        ctypes.memmove(ctypes.addressof(_state) + _HEAD, words, STATE_BYTES - _HEAD)
