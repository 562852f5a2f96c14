"""What a camera looks at faces with: an engine, and the liveness models where the operator has them."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware.faces.engine import Face, FaceEngine, Picture
from hardware.faces.model_files import ModelRefused
from hardware.specs import ModelFile, OnnxEngine


class ScoresLiveness(Protocol):
    """Tells a face from a picture of one by its look."""

    def score(self, picture: Picture, face: Face) -> float:
        """Give how live it looks: 1 is live, 0 is a picture."""
        ...


@dataclass(frozen=True, slots=True)
class Sight:
    """Loaded, and used from one thread."""

    engine: FaceEngine
    passive: ScoresLiveness | None = None
    """``None`` where there are no models: then no face counts as live by its look."""


def load_sight(engine: OnnxEngine | None = None, liveness: tuple[ModelFile, ...] = ()) -> Sight:
    """Load what is wanted: dlib's engine unless there are files of another. Raises ``ModelRefused``."""
    if not liveness:
        return Sight(load_engine(engine))
    from hardware.faces.passive import PassiveLiveness

    return Sight(load_engine(engine), PassiveLiveness(liveness))


def load_engine(files: OnnxEngine | None = None) -> FaceEngine:
    """Load an engine. Raises ``ModelRefused``."""
    if files is None:
        from hardware.faces.dlib_engine import DlibEngine

        return DlibEngine()
    from hardware.faces.onnx_engine import OnnxFaceEngine

    return OnnxFaceEngine(files)


class Loading:
    """Loads models once. What did not succeed is tried again by whoever asks for them."""

    def __init__(self, loads: Callable[[], Sight]) -> None:
        """Load by this, and not yet."""
        self._loads = loads
        self._sight: Sight | None = None

    def try_now(self) -> None:
        """Load, and leave it to who asks later to tell why that failed."""
        with contextlib.suppress(ModelRefused, ImportError):
            self()

    def __call__(self) -> Sight:
        """Give what was loaded. Raises ``ModelRefused`` and ``ImportError``."""
        if self._sight is None:
            self._sight = self._loads()
        return self._sight
