import { VlaPrunerError } from "@vla-pruner/format";

/** A value of a pickle: plain data, and the few objects that a state dict is made of. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Pickled[]
  | Map<Pickled, Pickled>
  | Global
  | Tuple
  | Storage
  | TensorRecord;

/** A name that a pickle asks to import; only the allowed ones come this far. */
interface Global {
  readonly global: string;
}

interface Tuple {
  readonly tuple: readonly Pickled[];
}

/** Bytes of a tensor, in the archive's file `data/<key>`. */
interface Storage {
  readonly storage: string;
  readonly key: string;
}

/** A tensor: a piece of a storage, counted in elements. */
export interface TensorRecord {
  readonly tensor: Storage;
  readonly offset: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

function isTuple(value: Pickled): value is Tuple {
  return typeof value === "object" && value !== null && "tuple" in value;
}

function isGlobal(value: Pickled): value is Global {
  return typeof value === "object" && value !== null && "global" in value;
}

export function refused(where: string, found: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `a plain state dict of tensors in ${where}`,
    found,
    fix: "do not load this file elsewhere unless you trust it; save the tensors alone with torch.save(module.state_dict())",
  });
}

/** What a state dict may call. Nothing is ever imported or run: these names are answered here. */
const CALLS: Readonly<Record<string, (args: readonly Pickled[], where: string) => Pickled>> = {
  "collections OrderedDict": () => new Map<Pickled, Pickled>(),
  "torch._utils _rebuild_tensor_v2": tensorRecord,
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
  return make(args.tuple, where);
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

function tensorRecord(args: readonly Pickled[], where: string): TensorRecord {
  const [storage = null, offset = null, size = null, stride = null] = args;
  const [dims, strides] = [size, stride].map((value) => (isTuple(value) ? value.tuple : [null]));
  if (!isStorage(storage) || !isCount(offset) || !dims?.every(isCount) || !strides?.every(isCount))
    throw refused(where, "a tensor without a storage, or whose size is no list of whole numbers");
  return { tensor: storage, offset, dims, strides };
}

function isStorage(value: Pickled): value is Storage {
  return typeof value === "object" && value !== null && "storage" in value;
}

function isCount(value: Pickled): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
