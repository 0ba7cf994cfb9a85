import type { MujocoModule } from "./load-mujoco.ts";

/** Bytes of the WASM's memory. It never shrinks: what grows without end leaks. */
export function heapSize(module: MujocoModule): number {
  const probe = new module.DoubleBuffer(1);
  try {
    const view: Float64Array = probe.GetView();
    return view.buffer.byteLength;
  } finally {
    probe.delete();
  }
}
