import { invalidObservation } from "./check-observation.ts";

/**
 * An instruction that is a whole prompt already would be put into the template a second time, and the model would read
 * what it was never trained on.
 *
 * @param template what only a prompt has in it
 * @throws `observation-invalid`
 */
export function refuseTemplate(instruction: string, template: RegExp): void {
  if (!template.test(instruction)) return;
  throw invalidObservation(
    "an instruction in plain words",
    `one within a prompt's template: ${JSON.stringify(instruction.slice(0, 80))}`,
    "pass the words alone; the template is put around them here",
  );
}
