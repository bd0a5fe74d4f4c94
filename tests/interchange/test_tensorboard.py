"""The event file, read by a reader of its own: frames, checksums, then protocol buffers."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tensorboardX.proto.event_pb2 import Event

from rnnviz.engine.run_store import Run
from rnnviz.interchange import tensorboard
from rnnviz.interchange.passages import Text


def crc32c(data: bytes) -> int:
    """Castagnoli's polynomial, bit by bit (RFC 3720, appendix B.4)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(path: Path) -> Iterator[Event]:
    """TFRecord: length, its checksum, data, its checksum."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        length, check = struct.unpack_from("<QI", data, at)
        assert masked(data[at : at + 8]) == check
        body = data[at + 12 : at + 12 + length]
        assert masked(body) == struct.unpack_from("<I", data, at + 12 + length)[0]
        yield Event.FromString(body)
        at += 16 + length


def test_every_step_is_there(letters: Run, tmp_path: Path) -> None:
    said = tensorboard.write(letters, tmp_path / "t", Text(), lambda *_: None)
    assert said.startswith("6 steps")
    (path,) = (tmp_path / "t").iterdir()
    assert path.name.startswith("events.out.tfevents.")
    found = list(events(path))
    assert found[0].file_version == "brain.Event:2"
    for column, tag in tensorboard.TAGS.items():
        values = [
            (event.step, value.simple_value)
            for event in found
            for value in event.summary.value
            if value.tag == tag
        ]
        if column not in tensorboard.OFTEN:
            assert [step for step, _ in values] == [1, 2, 3, 4, 5, 6]
            assert np.allclose([v for _, v in values], letters.history.column(column), rtol=1e-6)
        else:
            assert values == []
    clocks = [event.wall_time for event in found[2:8]]
    assert clocks == sorted(clocks)


def test_samples_and_configuration_are_texts(letters: Run, tmp_path: Path) -> None:
    tensorboard.write(letters, tmp_path / "t", Text(), lambda *_: None)
    (path,) = (tmp_path / "t").iterdir()
    texts = {
        value.tag: value.tensor.string_val[0].decode()
        for event in events(path)
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "text"
    }
    assert "hidden_size = 8" in texts["config/text_summary"]
    assert "    the end" in texts["samples/text_summary"]
