import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Case } from "./cases.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const CLI = ["--import", "tsx", "--conditions=@vla-pruner/source", join(ROOT, "tools", "run-cli.ts")];
const VENV = join(ROOT, ".vla-pruner", "clients-venv");
const REQUIREMENTS = join(import.meta.dirname, "requirements.txt");
/** As `act` and `serve` are both told. */
const PRUNING = ["--retention", "0.25"];

/** A Python with the clients, installed where they are not; `null` where that cannot be. */
export function python(): string | null {
  const own = join(VENV, "bin", "python");
  const stamp = join(VENV, "requirements.txt");
  const required = readFileSync(REQUIREMENTS, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === required) return own;
  const recent = spawnSync("python3", [
    "-c",
    "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))",
  ]);
  if (recent.status !== 0) return null;
  const made = spawnSync("python3", ["-m", "venv", VENV], { stdio: ["ignore", "ignore", "inherit"] });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
  if (made.status !== 0 || spawnSync(own, install, { stdio: ["ignore", "ignore", "inherit"] }).status !== 0)
    return null;
  writeFileSync(stamp, required);
  return own;
}

/** Converts a model: one that ships, or tiny-pi0 with statistics of so many numbers. */
export function makeModel(name: string, folder: string): string {
  const out = join(folder, name);
  if (existsSync(out)) return out;
  mkdirSync(folder, { recursive: true });
  const [, size] = /^pi0-of-(\d+)$/u.exec(name) ?? [];
  let checkpoint = join(ROOT, "checkpoints", name);
  if (size !== undefined) {
    checkpoint = join(folder, `${name}-checkpoint`);
    cpSync(join(ROOT, "checkpoints", "tiny-pi0"), checkpoint, { recursive: true });
    const of = (value: number): number[] => Array.from({ length: Number(size) }, () => value);
    const part = { q01: of(-1), q99: of(1), mean: of(0.1), std: of(0.5) };
    writeFileSync(
      join(checkpoint, "norm_stats.json"),
      JSON.stringify({ norm_stats: { state: part, actions: part } }),
    );
  }
  const views = name === "tiny-openvla" ? [] : ["--views", size === undefined ? "2" : "3"];
  execFileSync(process.execPath, [...CLI, "convert", checkpoint, "--out", out, ...views], {
    stdio: "inherit",
  });
  return out;
}

/** What `act --json` gives, `[episode][step][horizon][action]`. */
export function expectedActions(model: string, file: string): number[][][][] {
  const printed = execFileSync(
    process.execPath,
    [...CLI, "act", model, "--episode", file, ...PRUNING, "--json"],
    {
      encoding: "utf8",
      maxBuffer: 1 << 28,
    },
  );
  const steps = printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { step: number; action: number[][] });
  const episodes: number[][][][] = [];
  for (const { step, action } of steps) {
    if (step === 0) episodes.push([]);
    episodes.at(-1)?.push(action);
  }
  return episodes;
}

/** Starts `vla-pruner serve` and runs the clients against it; what each got, or why it did not. */
export async function playCases(
  interpreter: string,
  model: string,
  steps: object,
  cases: readonly Case[],
): Promise<Map<string, { readonly actions?: unknown; readonly error?: string }>> {
  const given = join(".vla-pruner", "clients", "steps.json");
  writeFileSync(given, JSON.stringify(steps));
  const stdio = ["ignore", "ignore", "pipe"] as const;
  const serve = ["serve", model, "--port", "0", "--threads", "1", "--episode-gap", "60", ...PRUNING];
  const server = spawn(process.execPath, [...CLI, ...serve], { stdio: [...stdio] });
  try {
    const port = await new Promise<string>((resolvePort, reject) => {
      let said = "";
      createInterface({ input: server.stderr }).on("line", (line) => {
        said += `${line}\n`;
        const [, found] = /listening at \S+:(\d+)/u.exec(line) ?? [];
        if (found !== undefined) resolvePort(found);
      });
      server.once("exit", () => reject(new Error(`the server ended: ${said}`)));
    });
    const names = cases.map(({ name }) => name);
    const robots = spawn(interpreter, [join(import.meta.dirname, "robots.py"), port, given, ...names], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const got = new Map<string, { readonly actions?: unknown; readonly error?: string }>();
    createInterface({ input: robots.stdout }).on("line", (line) => {
      const { case: name, ...rest } = JSON.parse(line) as { case: string };
      got.set(name, rest);
    });
    await once(robots, "close");
    return got;
  } finally {
    server.kill("SIGTERM");
    await once(server, "exit");
  }
}
