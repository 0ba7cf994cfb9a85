"""The command line of train.py."""

import argparse
from pathlib import Path

import torch

from .policies import POLICIES


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Trains one small policy within a box of wall-clock time.")
    add = parser.add_argument
    add("--policy", choices=POLICIES, required=True)
    add("--data", type=Path, required=True, help="folder of shards, which may still grow, and of prepare.ts's files")
    add("--out", type=Path, required=True, help="gets latest/, full/ and dropout/")
    add("--init", type=Path, help="exported checkpoint of the same policy to go on from, with its statistics")
    add("--minutes-dense", type=float, default=5.0)
    add("--minutes-dropout", type=float, default=2.5, help="with random visual token dropout in every second step")
    add("--batch", type=int, default=256)
    add("--device", type=torch.device, default=torch.device("cuda:0" if torch.cuda.is_available() else "cpu"))
    add("--wait-samples", type=int, default=20_000, help="samples to wait for; statistics come from these")
    add("--wait-minutes", type=float, default=20.0, help="give up when they have not come by then")
    add("--export-every", type=float, default=60.0, help="seconds between exports to latest/")
    add("--student-share", type=float, default=0.35, help="of each batch, from states that a student reached")
    add("--student-enough", type=int, default=2000, help="samples of students from which on the share counts")
    add("--student", action="append", help="learn from the episodes of these students alone; once for each (all)")
    add("--gripper-weight", type=float, default=0.0, help="added weight of gripper transitions within a chunk")
    add("--rate-dense", type=float, default=6e-4)
    add("--rate-dropout", type=float, default=4e-4)
    add("--warm-up", type=int, default=300, help="steps of a linear rise of the rate")
    add("--average", type=float, default=0.998, help="decay of the weight average that is exported; 0 for none")
    add("--capacity", type=int, default=440_000, help="samples held on the device; new ones then replace old ones")
    add("--held-out", type=int, default=512, help="samples of the fixed held-out batch")
    add("--compile", action=argparse.BooleanOptionalAction, help="torch.compile the layers; default: on a GPU")
    add("--packed", action=argparse.BooleanOptionalAction, help="variable-length attention; default: where it works")
    add("--log-every", type=float, default=10.0, help="seconds")
    add("--curve", action="store_true", help="also write every log line to OUT/curve.jsonl")
    add("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.compile is None:
        options.compile = options.device.type == "cuda"
    return options
