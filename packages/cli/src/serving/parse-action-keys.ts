import { VlaPrunerError } from "@vla-pruner/format";

/** `arm_joint_state:7,ee_joint_state:1` */
export function parseActionKeys(text: string): [name: string, count: number][] {
  return text.split(",").map((part) => {
    const [, name = "", count = ""] = /^(\w+):([1-9]\d?)$/u.exec(part.trim()) ?? [];
    if (name !== "") return [name, Number(count)];
    throw new VlaPrunerError("invalid-option", {
      expected: "--action-keys: NAME:COUNT with commas between",
      found: JSON.stringify(part),
      fix: "write arm_joint_state:6,ee_joint_state:1",
    });
  });
}
