"""The engine's process: MiniStack. It ends when the process that started it ends.

Its standard input is a pipe from the runner. When the runner ends in any way, the pipe closes, and the engine stops as
on SIGTERM: it saves its state and ends its functions. So no process stays behind on the port.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path


def _stop_when_the_pipe_closes(pipe: int) -> None:
    while os.read(pipe, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Serve until SIGTERM, or until standard input ends. The argument is the file that text messages are logged to."""
    pipe = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=_stop_when_the_pipe_closes, args=(pipe,), daemon=True).start()
    texts = Path(sys.argv[1])
    sys.argv = ["ministack"]

    from ministack.app import main as serve
    from ministack.core import iam_evaluator
    from ministack.services import dynamodb, lambda_svc, sns, sqs

    from infra.local.ministack.freed_messages import free_received_messages
    from infra.local.ministack.noted_texts import note_texts
    from infra.local.ministack.read_once import read_expressions_once, read_policies_once
    from infra.local.ministack.turns import Turns
    from infra.local.ministack.whole_mails import relay_whole_mails

    relay_whole_mails()
    Turns(lambda_svc)
    read_expressions_once(dynamodb)
    read_policies_once(iam_evaluator)
    note_texts(sns, texts)
    free_received_messages(sqs)
    serve()


if __name__ == "__main__":
    main()
