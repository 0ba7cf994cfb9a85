"""Trains one of the three small policies while its demonstrations are still being collected.

    python3 training/train.py --policy oft --data DATA --out OUT --minutes-dense 5 --minutes-dropout 2.5
"""

import json
import sys
import time
from argparse import Namespace

import torch
from torch import nn

from tiny_vla.attention import packed_kernel_works
from tiny_vla.blank import blank_batch
from tiny_vla.options import parse_options
from tiny_vla.policies import POLICIES
from tiny_vla.policy import LossOptions
from tiny_vla.pool import Pool, Prompts
from tiny_vla.report import Report
from tiny_vla.resume import CheckpointError, Origin, begin_from
from tiny_vla.schedule import TimeBox
from tiny_vla.statistics import statistics_of, unit_statistics
from tiny_vla.trainer import Trainer
from tiny_vla.watcher import Watcher

CLASSES = 12


def main() -> None:
    options = parse_options()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    device = options.device
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if options.packed is None:
        options.packed = packed_kernel_works(device)
    print(f"{vars(options)}", flush=True)

    loss_options = LossOptions(gripper=options.gripper_weight, packed=options.packed)
    policy = POLICIES[options.policy](unit_statistics(), loss_options)
    origin = begin(policy, options)
    instructions = json.loads((options.data / "instructions.json").read_text())
    prompts = Prompts(instructions, policy.prompt, device)
    trainer = Trainer(
        policy, CLASSES, device, seed=options.seed, average=options.average, compiled=options.compile
    )
    pool = Pool(options.capacity, policy.views, prompts, device)
    watcher = Watcher(options.data, policy.views, pool, options.student)
    watcher.start()
    if options.compile:
        started = time.monotonic()
        trainer.warm_up(blank_batch(options.batch, policy.views, prompts, device), dropout=options.minutes_dropout > 0)
        print(f"compiled in {time.monotonic() - started:.0f} s", flush=True)
    watcher.wait_for(options.wait_samples, 60 * options.wait_minutes)
    if origin is None:
        first = slice(0, options.wait_samples)
        statistics = statistics_of(pool.actions[first].cpu().numpy(), pool.states[first].cpu().numpy())
    else:
        statistics = origin.statistics
    trainer.set_statistics(statistics)

    report = Report(options, trainer, pool, statistics, origin)
    train(trainer, pool, options, report, TimeBox(60 * options.minutes_dense, options.rate_dense, options.warm_up), "dense")
    report.export("full")
    if options.minutes_dropout > 0:
        box = TimeBox(60 * options.minutes_dropout, options.rate_dropout, options.warm_up // 3)
        train(trainer, pool, options, report, box, "dropout")
        report.export("dropout")
    report.export("latest")
    watcher.stop()


def begin(policy: nn.Module, options: Namespace) -> Origin | None:
    """Where `--init` says that training begins."""
    if options.init is None:
        return None
    try:
        return begin_from(policy, options.policy, options.init, options.data)
    except CheckpointError as error:
        sys.exit(f"--init: {error}")


def train(trainer: Trainer, pool: Pool, options: Namespace, report: Report, box: TimeBox, phase: str) -> None:
    """Steps until the box is over; at least one."""
    while True:
        batch = pool.draw(options.batch, options.student_share, options.student_enough)
        rate = box.next_rate()
        trainer.step(batch, rate, dropout=phase == "dropout")
        report.tick(phase, rate)
        if box.done:
            break
    report.log(phase, rate)


if __name__ == "__main__":
    main()
