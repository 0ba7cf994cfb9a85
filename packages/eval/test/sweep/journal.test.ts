import assert from "node:assert/strict";
import fs, { appendFileSync, linkSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCode } from "@vla-pruner/core/testing";
import { EpisodeJournal, readEpisodes, readSweepInfo } from "../../src/index.ts";
import type { SweepInfo } from "../../src/index.ts";
import { hasEpisodes } from "../../src/sweep/journal.ts";
import { joinSweepInfo, writeSweepInfo } from "../../src/sweep/sweep-info.ts";
import { record } from "../support/record.ts";

describe("the journal of a sweep", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "vla-pruner-journal-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const append = (...seeds: number[]): void => {
    const journal = new EpisodeJournal(folder);
    for (const seed of seeds) journal.append(record({ seed }));
    journal.close();
  };
  const path = (): string => join(folder, "episodes.jsonl");

  it("gives back what was appended, by several runs", () => {
    assert.equal(hasEpisodes(folder), false);
    append(1);
    append(3, 5);
    assert.deepEqual(
      readEpisodes(folder),
      [1, 3, 5].map((seed) => record({ seed })),
    );
    assert.equal(hasEpisodes(folder), true);
  });

  it("forgets a line that a crash tore, and goes on behind the whole ones", () => {
    append(1);
    appendFileSync(path(), JSON.stringify(record({ seed: 3 })).slice(0, 50));
    assert.deepEqual(
      readEpisodes(folder).map(({ seed }) => seed),
      [1],
    );
    append(5);
    assert.deepEqual(
      readEpisodes(folder).map(({ seed }) => seed),
      [1, 5],
    );
    assert.equal(readFileSync(path(), "utf8").split("\n").length, 3);
  });

  it("holds no episodes before there is a whole line", () => {
    append();
    assert.equal(hasEpisodes(folder), false);
    writeFileSync(path(), JSON.stringify(record()).slice(0, 50));
    assert.equal(hasEpisodes(folder), false);
  });

  it("ends with a whole line though an append failed half way, and takes no more", () => {
    const journal = new EpisodeJournal(folder);
    journal.append(record({ seed: 1 }));
    const whole = readFileSync(path());
    const restore = fillDisk();
    try {
      assert.throws(() => journal.append(record({ seed: 3 })), hasCode("output-unwritable"));
    } finally {
      restore();
    }
    assert.deepEqual(readFileSync(path()), whole);
    assert.throws(() => journal.append(record({ seed: 5 })), hasCode("output-unwritable"));
    journal.close();
    assert.deepEqual(readFileSync(path()), whole);
  });

  it("counts an episode once, though it stands there twice", () => {
    append(1, 1);
    assert.equal(readEpisodes(folder).length, 1);
  });

  it("refuses a whole line that is no episode, and names it", () => {
    const lacking = JSON.stringify({ ...record(), timings: null });
    for (const line of ["{}", "[]", "null", "what?", lacking]) {
      writeFileSync(path(), `${JSON.stringify(record())}\n${line}\n`);
      assert.throws(
        () => readEpisodes(folder),
        (error) => hasCode("state-invalid")(error) && /line 2/u.test(String(error)),
      );
    }
  });
});

describe("what sweeps say of themselves", () => {
  const info: SweepInfo = {
    settings: { variants: { mine: { pruner: "vla-pruner", options: { decay: 0.5 } } } },
    policies: { one: "aa" },
    tasks: { "mine/cube": "cc" },
    machine: "A",
    commit: "1",
    commands: ["vla-pruner eval"],
  };

  it("is joined where it agrees", () => {
    const other = { ...info, settings: { variants: {} }, policies: { two: "bb" }, machine: "B" };
    const joined = joinSweepInfo(info, other);
    assert.deepEqual(joined.policies, { one: "aa", two: "bb" });
    assert.deepEqual([joined.machine, joined.commit, joined.commands], ["A; B", "1", ["vla-pruner eval"]]);
    assert.deepEqual(Object.keys(joined.settings.variants), ["mine"]);
    assert.deepEqual(joinSweepInfo(joined, info), { ...joined });
  });

  it("has no word on tasks where all of them ship, as before there was one", () => {
    const { tasks: _, ...before } = info;
    assert.ok(!("tasks" in joinSweepInfo(before, before)));
    assert.deepEqual(joinSweepInfo(before, info).tasks, info.tasks);
  });

  it("is refused where one name means two things, or episodes were played otherwise", () => {
    const changes: Partial<SweepInfo>[] = [
      { policies: { one: "cc" } },
      { settings: { variants: { mine: { pruner: "fastv", options: {} } } } },
      { settings: { ...info.settings, execute: 2 } },
      { settings: { ...info.settings, disturbances: { occluder: true } } },
      { tasks: { "mine/cube": "dd" } },
    ];
    for (const change of changes)
      assert.throws(() => joinSweepInfo(info, { ...info, ...change }), hasCode("invalid-option"));
  });

  it("comes back from its file, and a damaged file is told", () => {
    const folder = mkdtempSync(join(tmpdir(), "vla-pruner-info-"));
    assert.equal(readSweepInfo(folder), null);
    writeSweepInfo(folder, info);
    assert.deepEqual(readSweepInfo(folder), info);
    for (const damaged of [
      "{",
      "{}",
      "null",
      JSON.stringify({ ...info, settings: {} }),
      JSON.stringify({ ...info, tasks: [1] }),
    ]) {
      writeFileSync(join(folder, "sweep.json"), damaged);
      assert.throws(() => readSweepInfo(folder), hasCode("state-invalid"), damaged);
    }
    rmSync(folder, { recursive: true });
  });

  it("takes the place of the old file only when it is whole", () => {
    const folder = mkdtempSync(join(tmpdir(), "vla-pruner-info-"));
    const [path, old] = [join(folder, "sweep.json"), join(folder, "old.json")];
    writeSweepInfo(folder, info);
    linkSync(path, old);
    writeSweepInfo(folder, { ...info, machine: "B" });
    assert.deepEqual(JSON.parse(readFileSync(old, "utf8")), info, "the old file was not written into");
    const restore = fillDisk();
    try {
      assert.throws(() => writeSweepInfo(folder, info), hasCode("output-unwritable"));
    } finally {
      restore();
    }
    assert.equal(readSweepInfo(folder)?.machine, "B");
    rmSync(folder, { recursive: true });
  });
});

/** Lets every write stop half way with an error, until it is undone. */
function fillDisk(): () => void {
  const { writeSync, writeFileSync: writeFile } = fs;
  let half = false;
  fs.writeSync = ((file: number, data: Buffer): number => {
    half = !half;
    return half ? writeSync(file, data.subarray(0, data.length / 2)) : noSpace();
  }) as typeof fs.writeSync;
  fs.writeFileSync = ((path: string) => {
    writeFile(path, "{");
    noSpace();
  }) as typeof fs.writeFileSync;
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, { writeSync, writeFileSync: writeFile });
    syncBuiltinESMExports();
  };
}

function noSpace(): never {
  throw new Error("ENOSPC: no space left on device");
}
