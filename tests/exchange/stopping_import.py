"""An import in a process of its own that stops where a test wants it to: `python -m tests.exchange.stopping_import`.

Arguments: stage or commit, the batch's uuid, the step to stop at ("tidy": after the commit, before tidying).
"""

from __future__ import annotations

import sys
import time

import django


def main() -> None:
    django.setup()
    from yice.exchange.imports import working
    from yice.exchange.imports.steps import Alone
    from yice.loop.identify.models import Batch

    action, batch_id, point = sys.argv[1:]

    def stop(*_: object) -> None:
        print("there", flush=True)  # noqa: T201
        time.sleep(60)

    def tell(done: int, total: int, stage: str) -> None:
        if stage == point:
            stop()

    if point == "tidy":
        working.tidy = stop
    batch = Batch.objects.get(uuid=batch_id)
    if action == "stage":
        working.stage_batch(batch, Alone(tell))
    else:
        working.commit_batch(batch, Alone(tell), actor=batch.recorded_by, accept_pauses=True)


if __name__ == "__main__":
    main()
