"""What the page takes for a request is one, by the messages of the installed Streamlit."""

from __future__ import annotations

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from siamese.app.components import waiting


def test_a_message_that_asks_for_a_run_is_told_by_its_first_byte():
    """Whatever it asks to run; the page reads no more of it."""
    message = BackMsg()
    message.rerun_script.fragment_id = "some fragment"
    assert message.SerializeToString()[0] == waiting.RUN_MESSAGE


@pytest.mark.parametrize("kind", [field.name for field in BackMsg.DESCRIPTOR.fields if field.name != "rerun_script"])
def test_no_other_message_is_taken_for_one(kind):
    """A sign of life, say, has no answer that could be late."""
    message, field = BackMsg(), BackMsg.DESCRIPTOR.fields_by_name[kind]
    if field.message_type:
        getattr(message, kind).SetInParent()
    else:
        setattr(message, kind, True if field.cpp_type == field.CPPTYPE_BOOL else "text")
    assert message.SerializeToString()[0] != waiting.RUN_MESSAGE
