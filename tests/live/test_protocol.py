"""The lines between a server and its training process: each side believes nothing that it has not checked."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from siamese.errors import InvalidMessage, InvalidSettings
from siamese.live.protocol import MAX_LINE, Done, EpochResult, Failed, Request, Stage, read, write
from siamese.live.settings import LiveSettings

RESULT = EpochResult(1, 4.5, 0.9, 0.99, 0.98, 0.97, 0.9, 0.8)
MESSAGES = [Stage("learning"), RESULT, Failed("The disk is full."), Done()]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_a_message_survives_its_line(message):
    """One line, read as what was written."""
    line = write(message)
    assert line.count(b"\n") == 1
    assert read(line) == message


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"[]",
        b"null",
        b"{}",
        b"not JSON",
        b"\xff\xfe",
        b"[" * 9000,
        b'{"kind": "other"}',
        b'{"kind": ["done"]}',
        b'{"kind": "done", "more": 1}',
        b'{"kind": "stage", "name": "dancing"}',
        b'{"kind": "failed", "text": 3}',
        b'{"kind": "failed", "text": ""}',
        b'{"kind": "done"}' + b" " * MAX_LINE,
    ],
)
def test_other_lines_are_named_errors(line):
    """Nonsense, unknown kinds, wrong fields and overlong lines."""
    with pytest.raises(InvalidMessage):
        read(line)


@pytest.mark.parametrize(
    ("field", "value"),
    [("epoch", 0), ("epoch", 1.0), ("seen", 1.01), ("unseen", "0.5"), ("loss", True), ("threshold", -1)],
)
def test_impossible_numbers_are_refused(field, value):
    """No chart gets an accuracy beyond 100%, or an epoch 0."""
    values = {**json.loads(write(RESULT)), field: value}
    with pytest.raises(InvalidMessage):
        read(json.dumps(values).encode())


def test_not_a_number_is_refused():
    """JSON's NaN, which Python reads, is no loss."""
    with pytest.raises(InvalidMessage):
        read(write(RESULT).replace(b"4.5", b"NaN"))


@settings(deadline=None)  # a busy machine may be slow
@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_the_named_error(line):
    """No other error comes out."""
    try:
        read(line)
    except InvalidMessage:
        return
    assert line


def test_a_request_survives_its_line(tmp_path):
    """Settings, folder, name and time arrive."""
    request = Request(LiveSettings(epochs=3), tmp_path, "yours-1", 60.0)
    assert Request.from_line(request.to_line()) == request


@pytest.mark.parametrize(
    "change",
    [
        {"folder": "/nowhere/at/all"},
        {"folder": 3},
        {"name": "../up"},
        {"name": None},
        {"seconds": "60"},
        {"settings": None},
        {"more": 1},
    ],
)
def test_a_process_refuses_other_requests(tmp_path, change):
    """A folder that does not exist, a name that is a path, settings that are none."""
    values = json.loads(Request(LiveSettings(), tmp_path, "yours-1", 60.0).to_line()) | change
    with pytest.raises((InvalidMessage, InvalidSettings)):
        Request.from_line(json.dumps(values).encode())
