"""A thread that takes in new shards as they appear."""

import threading
import time
from pathlib import Path

import torch

from .pool import Pool
from .shards import ShardError, read_shard, student_of

PATIENCE = 1.0


class Watcher(threading.Thread):
    """Scans a folder every second. A broken shard is named once and left out.

    Shards of other students than `students`, where these are given, are left out too.
    """

    def __init__(self, folder: Path, views: int, pool: Pool, students: list[str] | None = None) -> None:
        super().__init__(daemon=True)
        self.folder, self.views, self.pool, self.students = folder, views, pool, students
        self.seen: set[str] = set()
        self.stopped = threading.Event()

    def run(self) -> None:
        if self.pool.device.type != "cuda":
            self.watch()
            return
        # A stream of its own: copies do not wait for training, nor training for them.
        with torch.cuda.stream(torch.cuda.Stream(self.pool.device)):
            self.watch()

    def watch(self) -> None:
        while not self.stopped.is_set():
            if not self.scan():
                self.stopped.wait(PATIENCE)

    def scan(self) -> int:
        """Takes in what is new; returns how many shards that were."""
        fresh = sorted(path for path in self.folder.glob("*.json") if path.name not in self.seen and is_shard(path))
        for path in fresh:
            self.seen.add(path.name)
            try:
                if self.wanted(path):
                    self.pool.add(read_shard(path, self.views))
            except ShardError as error:
                print(f"warning: shard left out: {error}", flush=True)
            if self.stopped.is_set():
                break
        return len(fresh)

    def wanted(self, path: Path) -> bool:
        student = student_of(path)
        return self.students is None or student is None or student in self.students

    def wait_for(self, samples: int, seconds: float) -> None:
        """Until there are enough samples to begin with.

        Raises `TimeoutError`.
        """
        until = time.monotonic() + seconds
        while self.pool.added < samples:
            if time.monotonic() > until:
                raise TimeoutError(f"{self.pool.added} of {samples} samples in {self.folder} after {seconds:.0f} s")
            time.sleep(0.2)

    def stop(self) -> None:
        self.stopped.set()
        self.join()


def is_shard(path: Path) -> bool:
    """Beside shards there are tokenizer.json, tokenizer_config.json and instructions.json."""
    return path.with_suffix(".sources.u8").exists() or path.with_suffix(".frames.u8").exists()
