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
export interface Global {
  readonly global: string;
}

export interface Tuple {
  readonly tuple: readonly Pickled[];
}

/** Bytes of a tensor, in the archive's file `data/<key>`. */
export interface Storage {
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

export function isTuple(value: Pickled): value is Tuple {
  return typeof value === "object" && value !== null && "tuple" in value;
}

export function isGlobal(value: Pickled): value is Global {
  return typeof value === "object" && value !== null && "global" in value;
}

export function refused(where: string, found: string): VlaPrunerError {
  return new VlaPrunerError("checkpoint-invalid", {
    expected: `a plain state dict of tensors in ${where}`,
    found,
    fix: "do not load this file elsewhere unless you trust it; save the tensors alone with torch.save(module.state_dict())",
  });
}
