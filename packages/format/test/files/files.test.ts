import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cachedSnapshot, decodeText, isLfsPointer, makeFolder, writeWhole } from "../../src/files.ts";

const POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";

describe("files", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vla-pruner-files-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("makes the folders that are missing, and none twice", () => {
    makeFolder(join(folder, "a/b/c"));
    makeFolder(join(folder, "a/b/c"));
    assert.deepEqual(readdirSync(join(folder, "a/b")), ["c"]);
  });

  it("fails below a file, in a file's place, and below /proc, where Node's own never returns", function () {
    writeFileSync(join(folder, "file"), "");
    assert.throws(() => makeFolder(join(folder, "file")), /EEXIST/u);
    assert.throws(() => makeFolder(join(folder, "file/below")), /ENOTDIR/u);
    if (existsSync("/proc")) assert.throws(() => makeFolder("/proc/nowhere/below"), /ENOENT|EACCES|EPERM/u);
  });

  it("leaves the old file, and nothing else, where a new one cannot be written", () => {
    const path = join(folder, "report.json");
    writeWhole(path, "old");
    const unwritable = {
      get length(): number {
        throw new Error("stopped");
      },
    } as unknown as Uint8Array;
    assert.throws(() => writeWhole(path, unwritable));
    assert.equal(readFileSync(path, "utf8"), "old");
    assert.deepEqual(readdirSync(folder), ["report.json"]);
  });

  it("writes through a link, and to what is no plain file", () => {
    writeFileSync(join(folder, "real"), "old");
    symlinkSync(join(folder, "real"), join(folder, "link"));
    writeWhole(join(folder, "link"), "new");
    assert.equal(readFileSync(join(folder, "real"), "utf8"), "new");
    assert.deepEqual(readdirSync(folder).toSorted(), ["link", "real"]);
    writeWhole("/dev/null", "nothing");
    assert.equal(readFileSync("/dev/null", "utf8"), "");
  });

  it("reads UTF-8 with and without a byte-order mark, and nothing else", () => {
    assert.equal(decodeText(Buffer.from('\uFEFF{"a": "ü"}')), '{"a": "ü"}');
    assert.throws(() => decodeText(Buffer.from("\uFEFF{}", "utf16le")), /UTF-16/u);
    assert.throws(() => decodeText(Buffer.from("ü", "latin1")), /no UTF-8/u);
    assert.throws(() => decodeText(Buffer.from(POINTER)), /git lfs pull/u);
    assert.ok(isLfsPointer(Buffer.from(POINTER)) && !isLfsPointer(Buffer.from("version 2")));
  });

  it("finds the snapshot of a cached repository, and asks where several could be meant", () => {
    const root = join(folder, "models--org--name");
    for (const hash of ["aaa", "bbb"]) makeFolder(join(root, "snapshots", hash));
    makeFolder(join(root, "refs"));
    assert.throws(() => cachedSnapshot(root), /aaa, bbb/u);
    writeFileSync(join(root, "refs/main"), "bbb\n");
    assert.equal(cachedSnapshot(root), join(root, "snapshots/bbb"));
    assert.equal(cachedSnapshot(join(root, "snapshots")), join(root, "snapshots/bbb"));
    assert.throws(() => cachedSnapshot(folder), /models--org--name/u);
    assert.equal(cachedSnapshot(join(root, "snapshots/bbb")), null);
    rmSync(join(root, "snapshots/aaa"), { recursive: true });
    rmSync(join(root, "refs/main"));
    assert.equal(cachedSnapshot(root), join(root, "snapshots/bbb"));
    mkdirSync(join(folder, "own"));
    writeFileSync(join(folder, "own/config.json"), "{}");
    assert.equal(cachedSnapshot(join(folder, "own")), null);
  });
});
