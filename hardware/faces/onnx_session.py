"""Models by onnxruntime: one thread, no file but the bytes given, and refused when their shape is another."""

from collections.abc import Sequence

import onnxruntime

from hardware.faces.model_files import ModelRefused


def session_of(data: bytes, path: str) -> onnxruntime.InferenceSession:
    """Load a model. Raises ``ModelRefused`` for what is none."""
    options = onnxruntime.SessionOptions()
    # One core is enough for a face, and the door process has a use for the others.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 - onnxruntime has an exception of its own for each way to fail
        raise ModelRefused(path, f"onnxruntime cannot load it ({type(error).__name__})") from None


def one_in_one_out(
    session: onnxruntime.InferenceSession, path: str, wanted: Sequence[int], numbers: int = 0
) -> int:
    """See that a model makes one row of numbers of one picture; tell how many. Raises ``ModelRefused``."""
    inputs, outputs = session.get_inputs(), session.get_outputs()
    if len(inputs) != 1 or list(inputs[0].shape[1:]) != list(wanted) or inputs[0].type != "tensor(float)":
        raise ModelRefused(path, f"does not take one picture of {' × '.join(map(str, wanted))} numbers")
    shape = outputs[0].shape if len(outputs) == 1 else []
    if len(shape) != 2 or not isinstance(shape[1], int) or (numbers and shape[1] != numbers):  # noqa: PLR2004
        raise ModelRefused(path, f"does not give one row of {numbers or 'so many'} numbers")
    return shape[1]
