"""Workers side by side: each runs until its next port call, then a seed says who goes on, and who dies.

Threads hand a baton round, so only one runs at any moment and a seed always gives the same play.
"""

from __future__ import annotations

import heapq
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.scenarios.world import Crash, World


class _Actor:
    def __init__(self, stage: Stage, play: Callable[[], None], began: datetime) -> None:
        self.began = began
        self.doomed = False
        self.over = False
        self.error: BaseException | None = None
        self._stage = stage
        self._cue = threading.Semaphore(0)
        self._play = play
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def go_on(self) -> None:
        """Let it run to its next port call or to its end."""
        self._cue.release()
        self._stage.baton.acquire()
        if self.over:
            self._thread.join()
        if self.error is not None:
            raise self.error

    def wait_for_cue(self) -> None:
        self._stage.baton.release()
        self._cue.acquire()
        if self.doomed:
            self.doomed = False
            raise Crash("the director said so")

    def _run(self) -> None:
        self._cue.acquire()
        self._stage.cast[threading.get_ident()] = self
        try:
            self._play()
        except BaseException as error:
            self.error = error
        finally:
            del self._stage.cast[threading.get_ident()]
            self.over = True
            self._stage.baton.release()


class Stage:
    """Plays what a world has to do with up to `side_by_side` workers at once.

    Args:
        pause: the clock never moves further than this while a worker stands still.
        deaths: how many workers may die.
    """

    def __init__(self, seed: int, *, side_by_side: int = 4, pause: timedelta, deaths: int) -> None:
        self.baton = threading.Semaphore(0)
        self.cast: dict[int, _Actor] = {}
        self._random = random.Random(seed)
        self._side_by_side = side_by_side
        self._pause = pause
        self._deaths = deaths

    def wrap(self, name: str, port: Any) -> Any:
        return _Watched(self, port)

    def play(self, world: World, until: timedelta = timedelta(hours=76)) -> None:
        """Run the world until it is quiet."""
        end = world.clock() + until
        actors: list[_Actor] = []
        while True:
            if not actors and not world.heap:
                if not world.dispatch_progress.looks:
                    return
                assert world.clock() < end, "the world does not come to rest"
                world.sweep_when_due()
            may_begin = world.heap and len(actors) < self._side_by_side
            if may_begin and actors:
                may_begin = world.heap[0].at - min(actor.began for actor in actors) <= self._pause
            if may_begin and (not actors or self._random.random() < 0.3):
                event = heapq.heappop(world.heap)
                world.clock.at_least(event.at)
                actors.append(_Actor(self, event.run, world.clock()))
                continue
            actor = self._random.choice(actors)
            if self._deaths and self._random.random() < 0.03:
                self._deaths -= 1
                actor.doomed = True
            actor.go_on()
            if actor.over:
                actors.remove(actor)


class _Watched:
    def __init__(self, stage: Stage, port: Any) -> None:
        self._stage, self._port = stage, port

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            if actor := self._stage.cast.get(threading.get_ident()):
                actor.wait_for_cue()
            return real(*args, **kwargs)

        return call
