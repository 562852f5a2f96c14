"""What people at a fingerprint sensor are told to do, in words. The same ones for every kind of sensor."""

from typing import Final

PLACE: Final = "place the finger on the sensor"
ONCE_MORE: Final = "lift the finger and place it once more"
BAD_TOUCH: Final = "the finger did not lie well: place it flat in the middle"
TOO_SHORT: Final = "that was too short: rest the finger on the sensor for a moment"
TOO_FAST: Final = "that was too fast: move the finger more slowly"
ANOTHER_FINGER: Final = "that was another finger: begin again with the first"

NOBODY: Final = "nobody touched the sensor in time"
NO_TEMPLATE: Final = "the sensor keeps none of these fingers"
KNOWN_ALREADY: Final = "the sensor keeps this finger already, under another name"
