"""Tests of the training code. From the folder training: `python3 -m unittest discover -s test -t .`"""

import json
import math
import shutil
import tempfile
import unittest
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from model_card import card
from test.make_shards import write_prompts, write_shard
from tiny_vla import bins
from tiny_vla.attention import attend, mask_padding
from tiny_vla.auxiliary import Seen
from tiny_vla.batch import ALL, Kept, random_kept
from tiny_vla.export import write_checkpoint
from tiny_vla.policies import POLICIES
from tiny_vla.pool import EXPERT, HELD, STUDENT, Pool, Prompts
from tiny_vla.prismatic import CONFIG
from tiny_vla.resume import CheckpointError, begin_from
from tiny_vla.shards import ShardError, read_shard
from tiny_vla.sizes import PATCHES
from tiny_vla.statistics import statistics_of, unit_statistics
from tiny_vla.trainer import Trainer
from tiny_vla.watcher import Watcher

HEAD = "model.fc2"
CPU = torch.device("cpu")


class WithShards(unittest.TestCase):
    def setUp(self) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = Path(self.temporary.name)
        write_prompts(self.folder)

    def pool(self, views: int = 2, capacity: int = 100, prompt: str = "openvla") -> Pool:
        instructions = json.loads((self.folder / "instructions.json").read_text())
        return Pool(capacity, views, Prompts(instructions, prompt, CPU), CPU)

    def filled(self, policy: str, count: int = 20) -> Pool:
        write_shard(self.folder, "a", count, seed=0)
        kind = POLICIES[policy]
        pool = self.pool(kind.views, prompt=kind.prompt)
        pool.add(read_shard(self.folder / "a.json", kind.views))
        return pool


class Shards(WithShards):
    def test_truncated_shard_is_refused(self) -> None:
        write_shard(self.folder, "a", 4, seed=0)
        path = self.folder / "a.frames.u8"
        path.write_bytes(path.read_bytes()[:-1])
        with self.assertRaises(ShardError):
            read_shard(self.folder / "a.json", 2)

    def test_missing_field_and_numbers_that_are_none_are_refused(self) -> None:
        write_shard(self.folder, "a", 4, seed=0)
        np.full(4 * 8, np.nan, "<f4").tofile(self.folder / "a.states.f32")
        with self.assertRaises(ShardError):
            read_shard(self.folder / "a.json", 2)
        (self.folder / "a.states.f32").unlink()
        with self.assertRaises(ShardError):
            read_shard(self.folder / "a.json", 2)

    def test_watcher_takes_whole_shards_once_and_survives_broken_ones(self) -> None:
        pool = self.pool()
        watcher = Watcher(self.folder, 2, pool)
        self.assertEqual(watcher.scan(), 0)
        write_shard(self.folder, "a", 4, seed=0)
        write_shard(self.folder, "b", 5, seed=1)
        (self.folder / "b.roles.u8").write_bytes(b"short")
        (self.folder / "c.frames.u8").write_bytes(b"still being written")
        self.assertEqual(watcher.scan(), 2)
        self.assertEqual(pool.added, 4)
        write_shard(self.folder, "c", 6, seed=2)
        self.assertEqual(watcher.scan(), 1)
        self.assertEqual(watcher.scan(), 0)
        self.assertEqual(pool.added, 10)

    def test_watcher_leaves_out_students_that_are_not_asked_for(self) -> None:
        write_shard(self.folder, "a", 4, seed=0)
        write_shard(self.folder, "b", 5, seed=1, source=1, student="mine")
        write_shard(self.folder, "c", 6, seed=2, source=1, student="another")
        (self.folder / "d.sources.u8").write_bytes(b"")
        (self.folder / "d.json").write_text("[]")
        for students, expected in ((None, 15), (["mine"], 9), ([], 4)):
            pool = self.pool()
            Watcher(self.folder, 2, pool, students).scan()
            self.assertEqual(pool.added, expected)


class Samples(WithShards):
    def test_last_tenth_of_a_shard_is_held_out(self) -> None:
        pool = self.filled("oft")
        self.assertEqual([pool.count(kind) for kind in (EXPERT, STUDENT, HELD)], [18, 0, 2])
        drawn = pool.draw(200, 0.35, 1)
        held = pool.held_out(10)
        for state in held.state:
            self.assertFalse((drawn.state == state).all(1).any())

    def test_students_have_their_share_once_there_are_enough(self) -> None:
        pool = self.filled("oft")
        write_shard(self.folder, "s", 20, seed=1, source=1)
        shard = read_shard(self.folder / "s.json", 2)
        pool.add(shard)
        theirs = torch.from_numpy(shard.states)

        def students(enough: int) -> int:
            return sum(int((theirs == state).all(1).any()) for state in pool.draw(40, 0.35, enough).state)

        self.assertEqual(students(18), 14)
        self.assertEqual(students(19), 0)

    def test_a_full_pool_forgets_the_oldest(self) -> None:
        pool = self.pool(capacity=15)
        for seed in range(2):
            write_shard(self.folder, f"{seed}", 10, seed)
            pool.add(read_shard(self.folder / f"{seed}.json", 2))
        newest = torch.from_numpy(read_shard(self.folder / "1.json", 2).states)
        held = sum(int((pool.states == state).all(1).any()) for state in newest)
        self.assertEqual((held, sum(pool.counts)), (10, 15))

    def test_fields_of_a_sample_stay_together(self) -> None:
        pool = self.filled("openvla")
        batch = pool.draw(30, 0, 1)
        shown = batch.classes.max(dim=1).values.long() - 1
        self.assertTrue((batch.lengths == shown + 5).all())


class Numbers(unittest.TestCase):
    def test_bins_are_numpy_digitize(self) -> None:
        values = np.concatenate((np.linspace(-0.9993, 0.9991, 1001), [-1, 1])).astype(np.float32)
        edges = np.linspace(-1, 1, 256).astype(np.float32)
        tokens = bins.to_tokens(torch.from_numpy(values))
        np.testing.assert_array_equal(tokens.numpy(), 960 - np.digitize(values, edges))
        self.assertLess((bins.from_tokens(tokens) - torch.from_numpy(values)).abs().max(), 1 / 255 + 1e-6)

    def test_soft_targets_prefer_near_bins_and_are_least_at_the_right_one(self) -> None:
        targets = bins.to_tokens(torch.tensor([-1.0, -0.98, 0.0, 1.0]))
        first, last = bins.END - 256, bins.END - 1

        def loss(tokens: torch.Tensor) -> torch.Tensor:
            logits = torch.zeros(4, 1024).scatter(1, tokens.clamp(first, last)[:, None], 10.0)
            return torch.stack([bins.soft_cross_entropy(row, target) for row, target in zip(logits, targets, strict=True)])

        right, near, far = loss(targets), loss(targets - 3), loss(targets - 40)
        inner = targets - 40 >= first
        self.assertTrue((right[inner] < near[inner]).all() and (near[inner] < far[inner]).all())
        # No share may fall on tokens that are no bins: words, and the padding of the vocabulary.
        even = torch.full((4, 1024), -1e4).index_fill(1, torch.arange(first, last + 1), 0.0)
        self.assertAlmostEqual(bins.soft_cross_entropy(even, targets).item(), math.log(256), places=4)

    def test_gripper_passes_every_plugin_as_it_is(self) -> None:
        random = np.random.default_rng(0)
        actions = random.uniform(-0.3, 0.3, (200, 16, 7))
        actions[..., 6] = np.where(actions[..., 0] > 0.2, 1, -1)
        statistics = statistics_of(actions, random.uniform(-1, 1, (200, 8)))
        raw = torch.from_numpy(actions).float()
        for name in ("oft", "pi0"):
            policy = POLICIES[name](statistics)
            norm = policy.bounds if name == "oft" else policy.action_norm
            torch.testing.assert_close(norm.to_model(raw)[..., 6], raw[..., 6], atol=1e-5, rtol=0)
            torch.testing.assert_close(norm.to_robot(norm.to_model(raw))[..., 6], raw[..., 6], atol=1e-5, rtol=0)

    def test_random_tokens_are_of_each_view_ascending_and_different(self) -> None:
        index = random_kept(5, 2, 16, CPU).index
        self.assertTrue((index.diff(dim=1) > 0).all())
        self.assertTrue(((index < PATCHES).sum(1) == 16).all())

    def test_rows_do_not_see_padding(self) -> None:
        qkv = torch.randn(3, 2, 6, 1, 8)
        how = mask_padding(torch.tensor([4, 6]), 6)
        changed = qkv.clone()
        changed[1:, 0, 4:] = 100
        torch.testing.assert_close(attend(*qkv, how)[0, :4], attend(*changed, how)[0, :4])


class Policies(WithShards):
    def test_keeping_every_token_changes_nothing(self) -> None:
        for name, kind in POLICIES.items():
            with self.subTest(name), torch.no_grad():
                batch = self.filled(name).draw(2, 0, 1)
                policy = kind(unit_statistics())
                every = Kept(torch.arange(kind.views * PATCHES).expand(2, -1))
                results = []
                for kept in (ALL, every):
                    torch.manual_seed(0)
                    loss, seen = policy.losses(batch, kept)
                    results.append((loss, seen.token))
                torch.testing.assert_close(*results)

    def test_padding_of_prompts_changes_nothing(self) -> None:
        for name, kind in POLICIES.items():
            with self.subTest(name), torch.no_grad():
                batch = self.filled(name).draw(2, 0, 1)
                policy = kind(unit_statistics())
                longer = batch._replace(ids=torch.nn.functional.pad(batch.ids, (0, 3), value=9))
                torch.testing.assert_close(policy.act(longer), policy.act(batch), atol=1e-4, rtol=1e-3)

    def test_a_step_lowers_the_loss_of_its_batch_and_moves_every_exported_weight(self) -> None:
        for name, kind in POLICIES.items():
            with self.subTest(name):
                torch.manual_seed(0)
                batch = self.filled(name).draw(2, 0, 1)
                trainer = Trainer(kind(unit_statistics()), 12, CPU, seed=0, average=0.0, compiled=False)
                before = {key: value.clone() for key, value in flat(trainer).items()}
                for _ in range(6):
                    trainer.step(batch, 1e-3, dropout=False)
                losses = trainer.losses(batch, ALL)
                self.assertLess(losses["patches"].item(), 2.2)
                frozen = [key for key, value in flat(trainer).items() if torch.equal(before[key], value)]
                # What no output depends on: last blocks of Prismatic's towers, OFT's words, the end of π0's prefix.
                unused = ["blocks.3.", "language_model.layers.7.", "language_model.norm"]
                if name == "oft":
                    unused.append("lm_head")
                self.assertEqual([key for key in frozen if not any(part in key for part in unused)], [])

    def test_pointer_ignores_samples_without_the_object_in_sight(self) -> None:
        batch = self.filled("oft").draw(2, 0, 1)
        trainer = Trainer(POLICIES["oft"](unit_statistics()), 12, CPU, seed=0, average=0.0, compiled=False)
        seen = Seen(torch.randn(2, 2 * PATCHES, 256), ALL, torch.randn(2, 256))
        loss = trainer.auxiliary.pointer(batch._replace(roles=torch.zeros_like(batch.roles)), seen, seen.token)
        self.assertEqual(loss.item(), 0)

    def test_export_is_small_half_precision_and_replaces_the_last_one_whole(self) -> None:
        for name, kind in POLICIES.items():
            with self.subTest(name):
                policy = kind(unit_statistics())
                out = self.folder / name / "latest"
                for run in (1, 2):
                    write_checkpoint(policy.checkpoint(unit_statistics()), out, data=self.folder, training={"run": run})
                self.assertEqual(json.loads((out / "training.json").read_text()), {"run": 2})
                files = list(out.glob("*.safetensors"))
                self.assertLess(sum(file.stat().st_size for file in files), 25e6)
                with safe_open(out / "model.safetensors", "pt") as file:
                    self.assertEqual({file.get_tensor(key).dtype for key in file.keys()}, {torch.float16})

    def test_model_card_declares_token_dropout(self) -> None:
        training = {
            "policy": "oft", "command": "x", "seed": 0, "steps": 1, "batch": 1, "samples_collected": 1, "minutes": 1,
            "samples_of_students": 0, "loss_weights": {"patches": 0.5, "pointer": 0.2, "points": 0.5}, "device": "CPU",
            "precision": "float32", "weight_average": 0.9, "loss_curve": [], "token_dropout": [128, 16],
        }  # fmt: skip
        (self.folder / "training.json").write_text(json.dumps(training))
        self.assertIn("only 128, 16 of 256 visual tokens", card(self.folder, None))
        (self.folder / "training.json").write_text(json.dumps({**training, "token_dropout": None}))
        self.assertIn("None: the decoder saw all visual tokens", card(self.folder, None))


class GoingOn(WithShards):
    def exported(self, name: str) -> tuple[nn.Module, Path]:
        """A policy in which every weight is random, and its checkpoint."""
        torch.manual_seed(0)
        random = np.random.default_rng(0)
        statistics = statistics_of(random.uniform(-1, 0.5, (200, 16, 7)), random.uniform(-2, 2, (200, 8)))
        policy = POLICIES[name](statistics).eval()
        with torch.no_grad():
            for parameter in policy.parameters():
                # As half precision has it: then nothing may get lost.
                parameter.copy_((parameter + 0.02 * torch.randn_like(parameter)).half())
        folder = self.folder / "exported" / name
        training = {"policy": name, "steps": 30, "samples_seen": 60, "steps_before": 12, "samples_before": 24, "token_dropout": [16]}
        write_checkpoint(policy.checkpoint(statistics), folder, data=self.folder, training=training)
        return policy, folder

    def test_exported_policy_goes_on_with_its_weights_statistics_and_history(self) -> None:
        for name, kind in POLICIES.items():
            with self.subTest(name), torch.no_grad():
                policy, folder = self.exported(name)
                torch.manual_seed(1)
                again = kind(unit_statistics()).eval()
                origin = begin_from(again, name, folder, self.folder)
                again.set_statistics(origin.statistics)
                for (key, value), other in zip(policy.named_parameters(), again.parameters(), strict=True):
                    self.assertTrue(torch.equal(value, other), key)
                again_written = again.checkpoint(origin.statistics).json
                self.assertEqual(again_written, {file: json.loads((folder / file).read_text()) for file in again_written})
                batch = self.filled(name).draw(2, 0, 1)
                torch.testing.assert_close(again.act(batch), policy.act(batch), atol=1e-5, rtol=0)
                self.assertEqual(
                    origin.history(), {"init": str(folder), "steps_before": 42, "samples_before": 84}
                )
                self.assertEqual(origin.token_dropout, [16])

    def test_checkpoints_that_do_not_fit_are_refused_and_change_nothing(self) -> None:
        def misshapen(tensors: dict[str, torch.Tensor]) -> None:
            tensors[f"{HEAD}.weight"] = tensors[f"{HEAD}.weight"][:-1].contiguous()

        def infinite(tensors: dict[str, torch.Tensor]) -> None:
            tensors[f"{HEAD}.bias"][0] = math.inf

        def change(change: Callable[[dict[str, torch.Tensor]], object], folder: Path) -> None:
            path = folder / "action_head--tiny_checkpoint.safetensors"
            tensors = load_file(path)
            change(tensors)
            save_file(tensors, path)

        def change_json(file: str, content: object, folder: Path) -> None:
            (folder / file).write_text(json.dumps(content))

        heads = {**CONFIG, "num_images_in_input": 2, "num_actions_chunk": 8, "use_proprio": True, "vision_heads": [2, 2]}
        broken: dict[str, Callable[[Path], object]] = {
            "tensors are missing": partial(change, lambda tensors: tensors.pop(f"{HEAD}.bias")),
            "expected": partial(change, misshapen),
            "not finite": partial(change, infinite),
            "cannot be read": lambda folder: (folder / "model.safetensors").unlink(),
            "dataset_statistics.json cannot": lambda folder: (folder / "dataset_statistics.json").unlink(),
            "lacks usable statistics": partial(change_json, "dataset_statistics.json", {"tabletop": {"action": {}}}),
            "not oft": partial(change_json, "training.json", {"policy": "openvla"}),
            "vision_heads": partial(change_json, "config.json", heads),
            "tokenizer.json": partial(change_json, "tokenizer.json", {"model": "another"}),
        }
        _, whole = self.exported("oft")
        folder = self.folder / "damaged"
        policy = POLICIES["oft"](unit_statistics())
        before = [parameter.clone() for parameter in policy.parameters()]
        for message, damage in broken.items():
            with self.subTest(message):
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(whole, folder)
                damage(folder)
                with self.assertRaisesRegex(CheckpointError, message):
                    begin_from(policy, "oft", folder, self.folder)
        for parameter, value in zip(policy.parameters(), before, strict=True):
            self.assertTrue(torch.equal(parameter, value))


def flat(trainer: Trainer) -> dict[str, torch.Tensor]:
    files = trainer.policy.checkpoint(unit_statistics()).tensors
    return {f"{file}:{key}": value for file, tensors in files.items() for key, value in tensors.items()}


if __name__ == "__main__":
    unittest.main()
