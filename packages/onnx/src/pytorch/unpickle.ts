import { PickleReader } from "./pickle-reader.ts";
import { allowedGlobal, callAllowed, refused, storageOf } from "./pickled.ts";
import type { Pickled } from "./pickled.ts";

/** Where a list of items begins on the stack. */
const MARK: unique symbol = Symbol("mark");

/** The stack and the memo of a pickle that is being read. */
class PickleMachine {
  readonly where: string;
  readonly memo: Map<number, Pickled> = new Map();
  readonly #stack: (Pickled | typeof MARK)[] = [];

  constructor(where: string) {
    this.where = where;
  }

  push(value: Pickled | typeof MARK): void {
    this.#stack.push(value);
  }

  pop(): Pickled {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw refused(this.where, "a pickle whose stack runs empty");
    return value;
  }

  top(): Pickled {
    const value = this.pop();
    this.push(value);
    return value;
  }

  popToMark(): Pickled[] {
    const place = this.#stack.lastIndexOf(MARK);
    if (place < 0) throw refused(this.where, "a pickle without a mark");
    return this.#stack.splice(place).slice(1) as Pickled[];
  }

  setItems(items: readonly Pickled[]): void {
    const target = this.top();
    if (!(target instanceof Map)) throw refused(this.where, "items set on something that is no dictionary");
    for (let index = 0; index < items.length; index += 2)
      target.set(items[index] ?? null, items[index + 1] ?? null);
  }

  append(items: readonly Pickled[]): void {
    const target = this.top();
    if (!Array.isArray(target)) throw refused(this.where, "items appended to something that is no list");
    for (const item of items) target.push(item);
  }
}

type Operation = (machine: PickleMachine, reader: PickleReader) => void;

/**
 * Reads a pickled state dict without running anything: an allow-list of names is answered by our own code,
 * every other name and opcode is refused.
 *
 * @throws `checkpoint-invalid`
 */
export function unpickle(bytes: Uint8Array, where: string): Pickled {
  const reader = new PickleReader(bytes, where);
  const machine = new PickleMachine(where);
  for (;;) {
    const code = reader.byte();
    if (code === 0x2e) return machine.pop();
    const operation = OPERATIONS[code];
    if (operation === undefined) throw refused(where, `opcode 0x${code.toString(16)}`);
    operation(machine, reader);
  }
}

const remember =
  (place: (reader: PickleReader) => number): Operation =>
  (machine, reader) => {
    machine.memo.set(place(reader), machine.top());
  };
const recall =
  (place: (reader: PickleReader) => number): Operation =>
  (machine, reader) => {
    const value = machine.memo.get(place(reader));
    if (value === undefined) throw refused(machine.where, "a reference to nothing");
    machine.push(value);
  };
const tuple =
  (size: number): Operation =>
  (machine) => {
    const parts = Array.from({ length: size }, () => machine.pop()).toReversed();
    machine.push({ tuple: parts });
  };

/** The opcodes that `torch.save` writes (pickle protocol 2) and their close relatives. */
const OPERATIONS: Readonly<Record<number, Operation>> = {
  0x80: (_, reader) => void reader.byte(), // PROTO
  0x28: (machine) => machine.push(MARK),
  0x29: tuple(0),
  0x85: tuple(1),
  0x86: tuple(2),
  0x87: tuple(3),
  0x74: (machine) => machine.push({ tuple: machine.popToMark() }),
  0x5d: (machine) => machine.push([]),
  0x61: (machine) => machine.append([machine.pop()]),
  0x65: (machine) => machine.append(machine.popToMark()),
  0x7d: (machine) => machine.push(new Map<Pickled, Pickled>()),
  0x73: (machine) => {
    const value = machine.pop();
    machine.setItems([machine.pop(), value]);
  },
  0x75: (machine) => machine.setItems(machine.popToMark()),
  0x4e: (machine) => machine.push(null),
  0x88: (machine) => machine.push(true),
  0x89: (machine) => machine.push(false),
  0x4b: (machine, reader) => machine.push(reader.byte()),
  0x4d: (machine, reader) => machine.push(reader.unsigned(2)),
  0x4a: (machine, reader) => machine.push(reader.unsigned(4) | 0),
  0x8a: (machine, reader) => machine.push(reader.long()),
  0x47: (machine, reader) => machine.push(reader.double()),
  0x58: (machine, reader) => machine.push(reader.text(reader.unsigned(4))),
  0x8c: (machine, reader) => machine.push(reader.text(reader.byte())),
  0x63: (machine, reader) => machine.push(allowedGlobal(`${reader.line()} ${reader.line()}`, machine.where)),
  0x71: remember((reader) => reader.byte()),
  0x72: remember((reader) => reader.unsigned(4)),
  0x94: (machine) => void machine.memo.set(machine.memo.size, machine.top()),
  0x68: recall((reader) => reader.byte()),
  0x6a: recall((reader) => reader.unsigned(4)),
  0x51: (machine) => machine.push(storageOf(machine.pop(), machine.where)),
  0x52: (machine) => {
    const args = machine.pop();
    machine.push(callAllowed(machine.pop(), args, machine.where));
  },
  // A state dict's only attribute is its version metadata.
  0x62: (machine) => void machine.pop(),
};
