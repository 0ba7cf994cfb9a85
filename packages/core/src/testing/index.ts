export { adapterContract } from "./adapter/adapter-contract.ts";
export type { AdapterCheck, AdapterSubject } from "./adapter/adapter-subject.ts";
export { prunerContract } from "./pruner-contract.ts";
export type { PrunerCheck, PrunerMaker } from "./pruner-contract.ts";
export { FakeAdapter } from "./fake-adapter.ts";
export type { FakeAdapterOptions, FakeFaults, FakeHead, FakePrepared, FakeStage } from "./fake-adapter.ts";
export { randomContext } from "./random-context.ts";
export type { RandomContextOptions } from "./random-context.ts";
export { hasCode } from "./has-code.ts";
