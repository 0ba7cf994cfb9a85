import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ResetReason, ServedStep } from "../episodes/types.ts";

/** Seconds: a graphics card's call, a processor's, one that nobody waits for any more. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const SHARES = [0.0625, 0.125, 0.1875, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1];

/** What `GET /metrics` reports, in the text format of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #calls = this.#counter("calls_total", "calls by protocol and outcome", ["protocol", "outcome"]);
  readonly #resets = this.#counter("resets_total", "episodes begun, by reason", ["reason"]);
  readonly #dense = this.#counter("dense_calls_total", "calls that kept every visual token", []);
  readonly #kept = this.#counter("kept_tokens_total", "visual tokens that were kept", []);
  readonly #tokens = this.#counter("visual_tokens_total", "visual tokens that were seen", []);
  readonly #lost = this.#counter("policies_lost_total", "policies that ended and were loaded again", []);
  readonly #refused = this.#counter("refused_total", "connections and requests refused, by status", [
    "status",
  ]);
  readonly #stage = this.#histogram("stage_seconds", "time of a call by stage", ["stage"], BUCKETS);
  readonly #call = this.#histogram("call_seconds", "from request to reply", ["protocol"], BUCKETS);
  readonly #share = this.#histogram("kept_share", "share of the visual tokens kept in a call", [], SHARES);

  /** Whether a policy is loaded. */
  readonly healthy: () => boolean;

  /** @param now what is read when somebody asks */
  constructor(now: {
    readonly sessions: () => number;
    readonly waiting: () => number;
    readonly up: () => number;
  }) {
    this.healthy = () => now.up() > 0;
    const registers = [this.#registry];
    const gauge = (name: string, help: string, read: () => number): void =>
      void new Gauge({
        name: `vla_pruner_${name}`,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    gauge("sessions", "robots that are being served", now.sessions);
    gauge("queue", "calls that wait for a policy", now.waiting);
    gauge("policies", "policies that are loaded", now.up);
    collectDefaultMetrics({ register: this.#registry });
  }

  /** A call that was answered, `totalMs` after it came in. */
  served(protocol: string, { result, queueMs }: ServedStep, totalMs: number): void {
    const kept = result.keep.length;
    const tokens = result.views.reduce((sum, { count }) => sum + count, 0);
    this.#calls.inc({ protocol, outcome: "served" });
    this.#call.observe({ protocol }, totalMs / 1000);
    this.#stage.observe({ stage: "queue" }, queueMs / 1000);
    for (const [stage, ms] of Object.entries(result.timings)) this.#stage.observe({ stage }, ms / 1000);
    this.#kept.inc(kept);
    this.#tokens.inc(tokens);
    if (tokens > 0) this.#share.observe(kept / tokens);
    if (result.decision === "dense") this.#dense.inc();
  }

  /** A call that was not. @param outcome the error's code */
  failed(protocol: string, outcome: string): void {
    this.#calls.inc({ protocol, outcome });
  }

  reset(reason: ResetReason): void {
    this.#resets.inc({ reason });
  }

  lost(): void {
    this.#lost.inc();
  }

  refused(status: number): void {
    this.#refused.inc({ status: String(status) });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({
      name: `vla_pruner_${name}`,
      help,
      labelNames: [...labelNames],
      registers: [this.#registry],
    });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    buckets: number[],
  ): Histogram<Label> {
    const registers = [this.#registry];
    return new Histogram({
      name: `vla_pruner_${name}`,
      help,
      labelNames: [...labelNames],
      buckets,
      registers,
    });
  }
}
