import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PytorchFile } from "../../src/pytorch/pytorch-file.ts";
import { openHandles } from "../support/checkpoint-files.ts";
import { pytorchBytes, stateDict, text, zipBytes } from "../support/pytorch-files.ts";
import { withFolder } from "../support/temporary-folder.ts";

async function withFile<Result>(bytes: Uint8Array, use: (path: string) => Promise<Result>): Promise<Result> {
  return withFolder(async (folder) => {
    const path = join(folder, "weights.pt");
    await writeFile(path, bytes);
    return use(path);
  });
}

/** The zip reader closes its file in its own time. */
async function handlesAfterClosing(path: string): Promise<string[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (((await openHandles(path)) ?? []).length === 0) return [];
    await setTimeout(10);
  }
  return (await openHandles(path)) ?? [];
}

async function refuses(bytes: Uint8Array, found: RegExp): Promise<void> {
  await withFile(bytes, async (path) => {
    await assert.rejects(PytorchFile.open(path), { code: "checkpoint-invalid", found });
    assert.deepEqual(await handlesAfterClosing(path), []);
  });
}

const pickle = (body: string): Buffer => pytorchBytes(Buffer.from(`\u0080\u0002${body}.`, "latin1"));

describe("PytorchFile", () => {
  it("reads tensors of a state dict by range, and drops module. in front of names", async () => {
    const bytes = pytorchBytes(
      stateDict(
        { name: "module.w" },
        { name: "tail", dims: [2], strides: [1], offset: 4 },
        { name: "scalar", dims: [], strides: [] },
      ),
    );
    await withFile(bytes, async (path) => {
      const file = await PytorchFile.open(path);
      assert.deepEqual(file.names, ["w", "tail", "scalar"]);
      assert.deepEqual(file.info("w"), { dtype: "F32", dims: [2, 3] });
      assert.deepEqual([...(await file.read("w", 1, 3))], [2, 3, 4]);
      assert.deepEqual([...(await file.read("tail", 0, 2))], [5, 6]);
      assert.equal(file.info("absent"), undefined);
      await assert.rejects(file.read("absent", 0, 1), { code: "checkpoint-invalid" });
      await file.close();
    });
  });

  it("reads half and bfloat16 storages", async () => {
    for (const [storage, bits] of [
      ["HalfStorage", 0x3e00],
      ["BFloat16Storage", 0x3fc0],
    ] as const) {
      const data = new Float32Array(Uint16Array.of(bits, bits).buffer);
      await withFile(pytorchBytes(stateDict({ storage, dims: [2], strides: [1] }), data), async (path) => {
        const file = await PytorchFile.open(path);
        assert.deepEqual([...(await file.read("w", 0, 2))], [1.5, 1.5]);
        await file.close();
      });
    }
  });
});

describe("PytorchFile, given a hostile file", () => {
  it("imports nothing: a call of a shell is refused by its name, and does not happen", async () => {
    await withFolder(async (folder) => {
      const marker = join(folder, "marker");
      await refuses(pickle(`cposix\nsystem\n(${text(`touch ${marker}`)}tR`), /import of posix\.system/u);
      assert.ok(!existsSync(marker));
    });
  });

  for (const name of [
    "builtins eval",
    "os system",
    "torch.serialization load",
    "torch IntStorage",
    "__main__ toString",
    "constructor constructor",
  ]) {
    it(`refuses an import of ${name}`, () =>
      refuses(pickle(`c${name.replace(" ", "\n")}\n)R`), /an import of/u));
  }

  const pickles: readonly [string, string, RegExp][] = [
    [
      "an opcode that state dicts do not need (REDUCE's cousin NEWOBJ)",
      "ccollections\nOrderedDict\n)\u0081",
      /opcode 0x81/u,
    ],
    ["a pickle that is cut short", "X\u00FF\u0000\u0000\u0000w", /cut short/u],
    ["a stack that runs empty", "R", /runs empty/u],
    ["a tuple without a mark", "t", /without a mark/u],
    ["a reference to nothing", "h\u0007", /reference to nothing/u],
    ["a call of something that is no name", `${text("posix.system")})R`, /no name/u],
    ["a list instead of a state dict", "]", /no state dict/u],
    ["a number instead of a tensor", `}${text("w")}K\u0005s`, /no tensor/u],
    ["a persistent object that is no storage", `${text("x")}Q`, /no tensor storage/u],
    [
      "a tensor whose storage is a number",
      "ctorch._utils\n_rebuild_tensor_v2\n(K\u0005K\u0000))tR",
      /without a storage/u,
    ],
    ["a tensor without arguments", "ctorch._utils\n_rebuild_tensor_v2\n)R", /without a storage/u],
  ];
  for (const [what, body, found] of pickles) it(`refuses ${what}`, () => refuses(pickle(body), found));

  it("refuses tensors that are not contiguous, or whose data is not all there", async () => {
    await refuses(pytorchBytes(stateDict({ strides: [1, 2] })), /not contiguous/u);
    await refuses(pytorchBytes(stateDict({ offset: 1 })), /past its data/u);
    await refuses(
      pytorchBytes(stateDict({ dims: [2 ** 30, 2 ** 30], strides: [2 ** 30, 1] })),
      /past its data/u,
    );
    await refuses(pytorchBytes(stateDict({ key: "1" })), /without its data/u);
    await refuses(pytorchBytes(stateDict({ offset: -1 })), /without a storage/u);
    await refuses(pytorchBytes(stateDict({ dims: [-2, -3], strides: [-3, 1] })), /whole numbers/u);
  });

  it("refuses what is no zip, a zip that is cut short, one without a pickle, and compressed files", async () => {
    const whole = pytorchBytes(stateDict({}));
    await refuses(Buffer.from("not a zip at all, but long enough to be looked at"), /.+/u);
    await refuses(new Uint8Array(0), /.+/u);
    await refuses(whole.subarray(0, whole.length - 30), /.+/u);
    await refuses(zipBytes([{ name: "archive/other", data: Uint8Array.of(1) }]), /without data\.pkl/u);
    await refuses(zipBytes([{ name: "archive/data.pkl", data: stateDict({}), method: 8 }]), /compressed/u);
  });

  it("says where a file is missing", async () => {
    await assert.rejects(PytorchFile.open("/no/such/file.pt"), { code: "checkpoint-missing" });
  });
});
