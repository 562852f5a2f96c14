"""The Raspberry Pi's own camera, through picamera2.

NOTE: picamera2 comes from Raspberry Pi OS (apt install python3-picamera2) and is seen by an environment that
was made with ``SYSTEM_PACKAGES=yes packaging/set-up.sh``. This was written after its manual and has not met a
camera yet.
"""

from typing import Any, Final

import numpy as np

from hardware.cameras.frames import SourceLost
from hardware.faces.engine import Picture

SIZE: Final = (640, 480)


class PicameraSource:
    """A camera on the ribbon cable."""

    def __init__(self, number: str | None) -> None:
        """Open the camera with this number, by default the first. Raises ``SourceLost``."""
        from picamera2 import Picamera2

        try:
            self._camera: Any = Picamera2(int(number or 0))
        except (RuntimeError, IndexError, ValueError) as error:
            raise SourceLost(f"no camera of the board can be opened ({type(error).__name__})") from None
        try:
            # In its manual's words, "BGR888" is what an array holds as red, green, blue.
            self._camera.configure(
                self._camera.create_video_configuration(main={"size": SIZE, "format": "BGR888"})
            )
            self._camera.start()
        except RuntimeError as error:
            self._camera.close()
            raise SourceLost(f"the camera does not start ({type(error).__name__})") from None

    def read(self) -> Picture:
        """Give the next picture."""
        try:
            return np.asarray(self._camera.capture_array("main"), np.uint8)
        except RuntimeError as error:
            raise SourceLost(f"the camera gives no pictures any more ({type(error).__name__})") from None

    def close(self) -> None:
        """Stop it and let it go."""
        self._camera.stop()
        self._camera.close()
