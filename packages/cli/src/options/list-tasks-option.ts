import { CommanderError } from "commander";
import type { Command } from "commander";
import { SUITES } from "@vla-pruner/sim";
import type { Streams } from "../streams.ts";

/** `--list-tasks`, as `--version`: prints, and no other option is asked for. */
export function addListTasks(command: Command, { stdout }: Pick<Streams, "stdout">): Command {
  return command
    .option("--list-tasks", "name the tasks that ship, and do nothing else")
    .on("option:list-tasks", () => {
      stdout.write(taskLines());
      throw new CommanderError(0, "vla-pruner.list-tasks", "tasks listed");
    });
}

/** A line a task: its name and how it is told to the policy. */
function taskLines(): string {
  const tasks = Object.values(SUITES).flat();
  const width = Math.max(...tasks.map(({ name }) => name.length));
  return tasks.map(({ name, wordings }) => `${name.padEnd(width)}  ${wordings[0]}\n`).join("");
}
