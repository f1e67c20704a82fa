"""Makes the engine's SNS note each text message down in a file, so that the carrier reads only what is new.

MiniStack itself tells of all texts it ever took, in one answer: with ten thousand of them it would be busy with nothing
else.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def note_texts(sns: Any, file: Path) -> None:
    """Do it from now on: a JSON line a text, the record that MiniStack keeps of it.

    Args:
        sns: MiniStack's service of that name.
        file: private to the owner; begins anew.
    """
    publish = sns._publish
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))

    def publish_and_note(params: Any) -> Any:
        answer = publish(params)
        phone = sns._p(params, "PhoneNumber")
        if phone and not sns._p(params, "TopicArn") and not sns._p(params, "TargetArn"):
            with file.open("a") as noted:
                noted.write(json.dumps(sns._sms_log_for(phone)[-1]) + "\n")
        return answer

    sns._publish = publish_and_note
