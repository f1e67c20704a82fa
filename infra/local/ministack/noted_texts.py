"""Makes the engine's SNS append each text message to a file, so that the simulated carrier reads only new ones.

MiniStack's own API returns all texts of all time in one response, which is too slow with ten thousand texts.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


def note_texts(sns: Any, file: Path) -> None:
    """Patch the service: each text is appended as a JSON line: MiniStack's own record, and when (`At`).

    Args:
        sns: MiniStack's module of SNS.
        file: created with mode 0600, or emptied.
    """
    publish = sns._publish
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))

    def publish_and_note(params: Any) -> Any:
        answer = publish(params)
        phone = sns._p(params, "PhoneNumber")
        if phone and not sns._p(params, "TopicArn") and not sns._p(params, "TargetArn"):
            with file.open("a") as noted:
                record = {**sns._sms_log_for(phone)[-1], "At": datetime.now(UTC).isoformat()}
                noted.write(json.dumps(record) + "\n")
        return answer

    sns._publish = publish_and_note
