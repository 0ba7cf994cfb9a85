import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import sirv from "sirv";

export interface StaticHost {
  /** Ends with a slash. */
  readonly url: string;
  close(): void;
}

export interface HostOptions {
  /** Path on the host → folder; the longest that fits serves. */
  readonly folders: Readonly<Record<string, string>>;
  readonly port?: number;
  readonly host?: string;
  /** Whether the host sends the headers of cross-origin isolation itself. */
  readonly isolated?: boolean;
  /** Sees every request; `false` answers it with 404. */
  readonly onRequest?: (request: IncomingMessage) => boolean | void;
}

const ISOLATION = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Serves folders as a static host does: ranges, types, nothing else. */
export async function serveFolders({
  folders,
  port = 0,
  host = "127.0.0.1",
  isolated = false,
  onRequest,
}: HostOptions): Promise<StaticHost> {
  const mounts = Object.entries(folders)
    .map(([path, folder]) => ({ path, files: sirv(folder, { dev: true, etag: true, dotfiles: true }) }))
    .toSorted((a, b) => b.path.length - a.path.length);
  const server = createServer((request, response) => {
    const url = request.url ?? "/";
    const mount = mounts.find(({ path }) => url.startsWith(path));
    if (isolated) for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value);
    const missing = (): void => void response.writeHead(404).end("no such file");
    if (onRequest?.(request) === false || mount === undefined) return missing();
    request.url = `/${url.slice(mount.path.length)}`;
    mount.files(request, response, missing);
  });
  await once(server.listen(port, host), "listening");
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${taken}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
