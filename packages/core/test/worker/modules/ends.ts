import { asking, fakeWorker } from "../../support/fake-worker.ts";

// A program that ends without disposing of its worker: when it has nothing to do, or in the middle of a step.
const worker = await fakeWorker();
if (process.argv[2] === "exit") {
  worker.act(asking(0, { wait: 300 })).catch(() => undefined);
  setTimeout(() => process.exit(7), 50);
}
