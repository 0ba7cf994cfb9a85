/** The part of the global that is used here: it belongs to no ECMAScript library of TypeScript. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

interface Memory {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
}

const PAGE = 65_536;

/**
 * A module's functions, made when they are first asked for, with a memory of at least so many bytes.
 *
 * @param binary exports `memory`, and what `Functions` says
 */
export function wasmModule<Functions extends Readonly<Record<string, (...numbers: number[]) => void>>>(
  binary: Uint8Array,
): (bytes: number) => Functions & Memory {
  let made: (Functions & Memory) | undefined;
  return (bytes) => {
    made ??= new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as Functions & Memory;
    const missing = Math.ceil((bytes - made.memory.buffer.byteLength) / PAGE);
    if (missing > 0) made.memory.grow(missing);
    return made;
  };
}
