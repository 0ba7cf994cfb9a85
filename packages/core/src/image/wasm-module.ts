/** The part of the global that is used here: it belongs to no ECMAScript library of TypeScript. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** A module's memory; its buffer is another one after it has grown. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const PAGE = 65_536;

/** What a module exports that imports nothing. */
export function wasmExports(binary: Uint8Array): unknown {
  return new WebAssembly.Instance(new WebAssembly.Module(binary)).exports;
}

/** Grows a memory to so many bytes, if it has fewer. */
export function growMemory(memory: WasmMemory, bytes: number): void {
  const missing = Math.ceil((bytes - memory.buffer.byteLength) / PAGE);
  if (missing > 0) memory.grow(missing);
}
