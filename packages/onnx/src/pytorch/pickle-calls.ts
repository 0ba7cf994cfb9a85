import { isGlobal, isTuple, refused } from "./pickled.ts";
import type { Global, Pickled, Storage, Tuple } from "./pickled.ts";

/** What a state dict may call. Nothing is ever imported or run: these names are answered here. */
const CALLS: Readonly<Record<string, (args: readonly Pickled[]) => Pickled>> = {
  "collections OrderedDict": () => new Map<Pickled, Pickled>(),
  "torch._utils _rebuild_tensor_v2": ([storage, offset, size, stride]) =>
    tensorRecord(storage, offset, size, stride),
  "torch._utils _rebuild_parameter": ([data]) => data ?? null,
};
const STORAGES: ReadonlySet<string> = new Set([
  "torch FloatStorage",
  "torch HalfStorage",
  "torch BFloat16Storage",
]);

/** Answers a call by our own code, or refuses it. */
export function callAllowed(callee: Pickled, args: Pickled, where: string): Pickled {
  const name = isGlobal(callee) ? callee.global : "";
  const make = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  if (make === undefined || !isTuple(args))
    throw refused(where, `a call of ${name || "something that is no name"}`);
  return make(args.tuple);
}

/** A name that may be imported; every other is refused. */
export function allowedGlobal(global: string, where: string): Global {
  if (Object.hasOwn(CALLS, global) || STORAGES.has(global)) return { global };
  throw refused(where, `an import of ${global.replace(" ", ".")}`);
}

/** `("storage", torch.FloatStorage, key, device, elements)`. */
export function storageOf(id: Pickled, where: string): Storage {
  const [kind, type, key] = isTuple(id) ? id.tuple : [];
  if (kind === "storage" && isGlobal(type ?? null) && typeof key === "string")
    return { storage: (type as Global).global, key };
  throw refused(where, "a persistent object that is no tensor storage");
}

function tensorRecord(
  storage: Pickled | undefined,
  offset: Pickled | undefined,
  size: Pickled | undefined,
  stride: Pickled | undefined,
): Pickled {
  return {
    tensor: storage as Storage,
    offset: Number(offset),
    dims: numbersOf(size),
    strides: numbersOf(stride),
  };
}

function numbersOf(value: Pickled | undefined): number[] {
  return isTuple(value ?? null) ? ((value as Tuple).tuple as number[]) : [];
}
