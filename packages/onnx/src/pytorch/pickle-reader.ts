import { VlaPrunerError } from "@vla-pruner/format";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads the arguments of pickle opcodes, never past the end. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #where: string;
  #at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#where = where;
  }

  byte(): number {
    return this.#take(1)[0] ?? 0;
  }

  /** Little-endian, unsigned. */
  unsigned(bytes: number): number {
    return this.#take(bytes).reduceRight((value, byte) => value * 256 + byte, 0);
  }

  /** LONG1: a length, then a little-endian number in two's complement. */
  long(): number {
    const bytes = this.#take(this.byte());
    const value = bytes.reduceRight((sum, byte) => sum * 256 + byte, 0);
    return (bytes.at(-1) ?? 0) >= 128 ? value - 256 ** bytes.length : value;
  }

  /** Big-endian, as pickle writes floats. */
  double(): number {
    const bytes = this.#take(8);
    return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
  }

  text(length: number): string {
    try {
      return utf8.decode(this.#take(length));
    } catch (cause) {
      throw VlaPrunerError.is(cause) ? cause : this.#broken("text that is not UTF-8");
    }
  }

  /** Up to the end of the line, which is left out. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    const text = this.text(end < 0 ? Number.POSITIVE_INFINITY : end - this.#at);
    this.#at += 1;
    return text;
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw this.#broken("a pickle that is cut short");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #broken(found: string): VlaPrunerError {
    return new VlaPrunerError("checkpoint-invalid", {
      expected: `a whole pickle in ${this.#where}`,
      found,
      fix: "download the file again",
    });
  }
}
