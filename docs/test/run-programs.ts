/**
 * Runs the programs that are named on the command line, one after the other in one process (the libraries are
 * slow to load), and prints a JSON object a program: what it printed, and the error that it ended with.
 */
import { format } from "node:util";
import { pathToFileURL } from "node:url";

const results: { printed: string; error: string | null }[] = [];
for (const path of process.argv.slice(2)) {
  const lines: string[] = [];
  console.log = (...words: unknown[]): void => void lines.push(format(...words));
  const error = await import(pathToFileURL(path).href).then(
    () => null,
    (cause: unknown) => format(cause),
  );
  results.push({ printed: lines.join("\n"), error });
}
process.stdout.write(JSON.stringify(results));
