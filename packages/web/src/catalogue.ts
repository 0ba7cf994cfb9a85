/** What the page has beside its code; `tools/build-site.ts` writes it into `catalogue.json`. */
export interface Catalogue {
  readonly policies: readonly PolicyEntry[];
  readonly binaries: Binaries;
}

/** A file and its length, bytes. */
export interface SizedFile {
  readonly path: string;
  readonly bytes: number;
}

/** A policy that the page serves. */
export interface PolicyEntry {
  /** The checkpoint's: "tiny-openvla-oft". */
  readonly name: string;
  /** Folder below `models`; its name changes with its content, since caches are never asked again. */
  readonly directory: string;
  readonly architecture: string;
  readonly dtype: string;
  /** All that a browser downloads of it. */
  readonly bytes: number;
}

export interface Binaries {
  /** ONNX Runtime's loader and its WebAssembly. */
  readonly loader: string;
  readonly runtime: SizedFile;
  readonly physics: SizedFile;
}
