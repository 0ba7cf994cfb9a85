import { VlaPrunerError } from "@vla-pruner/format";
import type { DtypeChoice } from "@vla-pruner/onnx/convert";

/**
 * A dtype for all sessions, for some, or both: `q4`, `vision_encoder=fp16,act=q4`, `q4,vision_encoder=fp16`.
 *
 * @throws `invalid-option`
 */
export function parseDtype(text: string): DtypeChoice {
  const choice: Record<string, string> = {};
  for (const word of text.split(",")) {
    const [, session = "*", dtype = ""] = /^(?:([^=]+)=)?([^=]+)$/u.exec(word.trim()) ?? [];
    if (dtype === "" || Object.hasOwn(choice, session)) throw wrong(text);
    choice[session] = dtype;
  }
  const [only] = Object.entries(choice);
  return only?.[0] === "*" && Object.keys(choice).length === 1 ? only[1] : choice;
}

function wrong(text: string): VlaPrunerError {
  return new VlaPrunerError("invalid-option", {
    expected: "--dtype: DTYPE, SESSION=DTYPE or several of them with commas between, each session once",
    found: JSON.stringify(text),
    fix: "write for example --dtype q4, or --dtype q4,vision_encoder=fp16",
  });
}
