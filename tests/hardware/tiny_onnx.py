"""ONNX files of a few bytes, written by hand: enough protobuf for a chain of operators.

Field numbers are those of onnx.proto (ONNX 1.16).
"""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FLOAT, INTS, INT = 1, 7, 2


def _varint(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def _field(number: int, value: bytes | str | int) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    data = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def node(op: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: int | Sequence[int]) -> bytes:
    made = b"".join(_field(1, name) for name in inputs) + b"".join(_field(2, name) for name in outputs)
    made += _field(3, outputs[0]) + _field(4, op)
    for name, value in attributes.items():
        if isinstance(value, int):
            attribute = _field(1, name) + _field(3, value) + _field(20, INT)
        else:
            attribute = _field(1, name) + b"".join(_field(8, each) for each in value) + _field(20, INTS)
        made += _field(5, attribute)
    return made


def tensor(name: str, values: NDArray[np.float32] | NDArray[np.int64]) -> bytes:
    kind = 7 if values.dtype == np.int64 else FLOAT
    dims = b"".join(_field(1, size) for size in values.shape)
    return dims + _field(2, kind) + _field(8, name) + _field(9, values.tobytes())


def _value(name: str, shape: Sequence[int]) -> bytes:
    dims = b"".join(_field(1, _field(1, size)) for size in shape)
    return _field(1, name) + _field(2, _field(1, _field(1, FLOAT) + _field(2, dims)))


def model(
    nodes: Sequence[bytes],
    given: tuple[str, Sequence[int]],
    made: Sequence[tuple[str, Sequence[int]]],
    tensors: Sequence[bytes] = (),
) -> bytes:
    graph = b"".join(_field(1, each) for each in nodes) + _field(2, "tiny")
    graph += b"".join(_field(5, each) for each in tensors) + _field(11, _value(*given))
    graph += b"".join(_field(12, _value(*each)) for each in made)
    opset = _field(1, "") + _field(2, 13)
    return _field(1, 8) + _field(7, graph) + _field(8, opset)


def encoder(side: int = 112) -> bytes:
    """Give the mean colours of 8 × 8 places, as 192 numbers: crude, and about the picture."""
    step = [side // 8, side // 8]
    return model(
        [
            node("AveragePool", ["x"], ["small"], kernel_shape=step, strides=step),
            node("Flatten", ["small"], ["y"], axis=1),
        ],
        ("x", (1, 3, side, side)),
        [("y", (1, 192))],
    )


def three_classes(weights: Sequence[float] = (0.0, 1.0, 0.0)) -> bytes:
    """Give three scores: the mean of the picture, 0 to 1, times these weights."""
    matrix = (np.outer(np.ones(3), np.array(weights)) / 255 / 3).astype(np.float32)
    return model(
        [
            node("GlobalAveragePool", ["x"], ["mean"]),
            node("Flatten", ["mean"], ["flat"], axis=1),
            node("MatMul", ["flat", "w"], ["y"]),
        ],
        ("x", (1, 3, 80, 80)),
        [("y", (1, 3))],
        [tensor("w", matrix)],
    )


def yunet(faces: Sequence[tuple[int, int]] = ((160, 160),), side: int = 320) -> bytes:
    """Give what YuNet gives for faces in these cells of its coarsest grid, whatever the picture is.

    A cell is 32 pixels, a face found there 64 pixels wide. Only the outputs' names and shapes are YuNet's.
    """
    nodes, tensors, made = [], [], []
    # Tied to the input, or it would be no model of a picture: the corner of the picture, times nothing.
    nodes.append(node("GlobalAveragePool", ["input"], ["mean"]))
    nodes.append(node("Flatten", ["mean"], ["flat"], axis=1))
    nodes.append(node("MatMul", ["flat", "zeros"], ["flat_nothing"]))
    nodes.append(node("Reshape", ["flat_nothing", "shape"], ["nothing"]))
    tensors.append(tensor("shape", np.ones(3, np.int64)))
    tensors.append(tensor("zeros", np.zeros((3, 1), np.float32)))
    for what, width in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
        for stride in (8, 16, 32):
            across = side // stride
            values = np.zeros((1, across * across, width), np.float32)
            for x, y in faces if stride == 32 else ():
                values[0, y // 32 * across + x // 32] = _cell(what)
            name = f"{what}_{stride}"
            tensors.append(tensor(f"{name}_values", values))
            nodes.append(node("Add", [f"{name}_values", "nothing"], [name]))
            made.append((name, values.shape))
    return model(nodes, ("input", (1, 3, side, side)), made, tensors)


def _cell(what: str) -> list[float]:
    wide = float(np.log(2))
    eyes_nose_mouth = [0.0, 0.2, 1.0, 0.2, 0.5, 0.6, 0.1, 1.1, 0.9, 1.1]
    return {"cls": [1.0], "obj": [1.0], "bbox": [0.5, 0.5, wide, wide], "kps": eyes_nose_mouth}[what]


def broken(data: bytes) -> bytes:
    """Give a file whose weights are one bit off."""
    return data[:-1] + struct.pack("B", data[-1] ^ 1)
