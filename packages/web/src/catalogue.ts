/** What the page has beside its code; `tools/build-site.ts` writes it into `catalogue.json`. */
export interface Catalogue {
  readonly policies: readonly PolicyEntry[];
  readonly vlms: readonly VlmEntry[];
  readonly binaries: Binaries;
}

/** A file and its length, bytes. */
export interface SizedFile {
  readonly path: string;
  readonly bytes: number;
}

/** What a worker loads. */
export type ModelEntry = PolicyEntry | VlmEntry;

/** A policy that the page serves. */
export interface PolicyEntry {
  readonly kind: "policy";
  /** The checkpoint's: "tiny-openvla-oft". */
  readonly name: string;
  /** Folder below `models`; its name changes with its content, since caches are never asked again. */
  readonly directory: string;
  readonly architecture: string;
  readonly dtype: string;
  /** All that a browser downloads of it. */
  readonly bytes: number;
}

/** A vision-language model as transformers.js loads it, which knows nothing of pruning. */
export interface VlmEntry {
  readonly kind: "vlm";
  readonly name: string;
  /** Folder below `models`, its name changing with its content; or an id of the Hub. */
  readonly directory: string;
  readonly host: "page" | "hub";
  /** Of all sessions, or by session. */
  readonly dtype: string | Readonly<Record<string, string>>;
  /** All that a browser downloads of it; `null` where that is not known. */
  readonly bytes: number | null;
}

export interface Binaries {
  /** ONNX Runtime's loader and its WebAssembly. */
  readonly loader: string;
  readonly runtime: SizedFile;
  readonly physics: SizedFile;
}
