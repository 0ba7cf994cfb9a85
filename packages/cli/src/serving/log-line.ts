import { errorLine } from "@vla-pruner/serve";
import type { ServeEvent } from "@vla-pruner/serve";

/** What happened on a server, as a line: time, what, and whose. */
export function logLine(event: ServeEvent): string {
  return `${new Date().toISOString()} ${wordsOf(event)}`;
}

function wordsOf(event: ServeEvent): string {
  switch (event.kind) {
    case "listening":
      return `listening at ${event.url}`;
    case "connected":
    case "disconnected":
      return `${event.session} ${event.kind}`;
    case "episode":
      return `${event.episode} begins: ${event.reason}`;
    case "unread":
      return `${event.session} sends what the model does not read: ${event.names.join(", ")}`;
    case "failed":
      return `${event.session} failed: ${event.error instanceof Error ? event.error.message : errorLine(event.error)}`.replaceAll(
        /\s+/gu,
        " ",
      );
    case "refused":
      return `refused with ${event.status}: ${event.why}`;
    default:
      return `policy lost, loading it again: ${event.why}`;
  }
}
