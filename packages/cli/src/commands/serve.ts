import { readFile } from "node:fs/promises";
import { Command, Option } from "commander";
import { PRUNERS } from "@vla-pruner/core";
import { servePolicy } from "@vla-pruner/serve";
import type { ServeOptions } from "@vla-pruner/serve";
import { VlaPrunerError } from "@vla-pruner/format";
import { collect } from "../options/collect.ts";
import { aheadOption } from "../options/ahead-option.ts";
import { addModelOptions } from "../options/model-options.ts";
import type { ModelOptions } from "../options/model-options.ts";
import { parseChoice, parseCount, parseInteger, parseNumber, parseWords } from "../options/parse.ts";
import { prunerOption } from "../options/pruner-option.ts";
import { seedOption } from "../options/seed-option.ts";
import { untilInterrupted } from "../options/until-interrupted.ts";
import { hostsOf } from "../serving/hosts-of.ts";
import { parseActionKeys } from "../serving/parse-action-keys.ts";
import { logLine } from "../serving/log-line.ts";
import type { Streams } from "../streams.ts";

interface ServeCommandOptions extends ModelOptions {
  readonly port: number;
  readonly host: string;
  readonly pruner: string;
  readonly retention: number;
  readonly warmup: "dense" | "semantic";
  readonly ahead?: boolean;
  readonly seed: number;
  readonly apiKey?: string;
  readonly open?: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly allowOrigin?: readonly string[];
  readonly maxSessions: number;
  readonly maxQueue: number;
  readonly episodeGap: number;
  readonly execute?: number;
  readonly actionKeys?: ServeOptions["actionKeys"];
  readonly workers: number;
  readonly gpus?: readonly string[];
  readonly isolation: "process" | "thread";
  readonly threads?: number;
}

export function serveCommand(streams: Streams): Command {
  const command = new Command("serve")
    .description(
      "Serve a pruned policy to robots: openpi's, OpenVLA's, vla-eval's and XPolicyLab's clients call it.",
    )
    .argument("<model-dir>")
    .option("--port <N>", "0 for any that is free", parseInteger("--port"), 8000)
    .option("--host <host>", "address to listen on; 0.0.0.0 for all, with a key", "127.0.0.1")
    .addOption(prunerOption(Object.keys(PRUNERS)))
    .option("--retention <ratio>", "share of the visual tokens to keep", parseNumber("--retention"), 0.25)
    .option(
      "--warmup <mode>",
      "until the window is full: dense or semantic",
      parseChoice("--warmup", "dense", "semantic"),
      "dense",
    )
    .addOption(aheadOption())
    .addOption(
      new Option("--api-key <key>", "what clients must send; better in the environment").env(
        "VLA_PRUNER_API_KEY",
      ),
    )
    .option("--open", "serve everybody who reaches the port, without a key")
    .option("--cert <file>", "certificate for TLS, PEM")
    .option("--key <file>", "key of the certificate, PEM")
    .option(
      "--allow-origin <origin>",
      "web page that may call, such as https://example.org; once for each",
      collect,
    )
    .option("--max-sessions <N>", "robots at once", parseCount("--max-sessions"), 64)
    .option("--max-queue <N>", "calls that may wait", parseCount("--max-queue"), 128)
    .option(
      "--episode-gap <seconds>",
      "pause after which a new episode begins",
      parseNumber("--episode-gap"),
      5,
    )
    .option(
      "--execute <N>",
      "actions of a chunk before the next look, for vla-eval (all)",
      parseCount("--execute"),
    )
    .option(
      "--action-keys <name:count,…>",
      "parts of an action, for XPolicyLab (by its length)",
      parseActionKeys,
    )
    .option(
      "--workers <N>",
      "policies side by side, each with its own copy of the model",
      parseCount("--workers"),
      1,
    )
    .option("--gpus <ids>", "CUDA devices, one a worker in turn: 0,1,2,3", parseWords)
    .option(
      "--isolation <where>",
      "of a policy: process survives a crash of it, thread is a little faster",
      parseChoice("--isolation", "process", "thread"),
      "process",
    )
    .option("--threads <N>", "processor threads a worker", parseCount("--threads"))
    .addOption(seedOption("seed of random choices and of drawn noise"))
    .action((folder: string, options: ServeCommandOptions) => runServe(folder, options, streams));
  return addModelOptions(command, "the client's name of the picture that feeds it");
}

async function runServe(folder: string, options: ServeCommandOptions, { stderr }: Streams): Promise<void> {
  const { port, host, apiKey, open, maxSessions, maxQueue, episodeGap, execute, actionKeys, workers } =
    options;
  const tls = await tlsOf(options);
  const { start, about } = await hostsOf(folder, options);
  await untilInterrupted(async (signal) => {
    const server = await servePolicy({
      start,
      port,
      host,
      workers,
      maxSessions,
      maxQueue,
      episodeGap,
      about,
      origins: options.allowOrigin ?? [],
      ...(options.camera && { cameras: options.camera }),
      ...(apiKey !== undefined && { apiKey }),
      ...(open === true && { open }),
      ...(tls && { tls }),
      ...(execute !== undefined && { execute }),
      ...(actionKeys && { actionKeys }),
      log: (event) => void stderr.write(`${logLine(event)}\n`),
    });
    if (open === true) stderr.write("vla-pruner: everybody who reaches this port may call (--open)\n");
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await server.close();
  });
}

async function tlsOf({ cert, key }: ServeCommandOptions): Promise<ServeOptions["tls"]> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined)
    throw new VlaPrunerError("invalid-option", {
      expected: "--cert and --key together",
      found: "one of them",
      fix: "pass both, or none",
    });
  return { cert: await readPem(cert), key: await readPem(key) };
}

async function readPem(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new VlaPrunerError("invalid-option", {
      expected: `a PEM file at ${path}`,
      found: (cause as NodeJS.ErrnoException).code ?? "an error",
      fix: "check the path",
      cause,
    });
  });
}
