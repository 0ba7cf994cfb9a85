/** Where a model's file is to be found, in the words of `from_pretrained`. */
export interface FilePlace {
  /** Hub id, or path of a folder. */
  readonly model: string;
  /** Path within the model. */
  readonly file: string;
  readonly revision: string;
  readonly cacheDir: string | undefined;
}

/** A graph file, and how parts of it find their weights. */
export interface StockFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /**
   * Session options by which a part finds weights in these files.
   *
   * @throws `model-missing`
   */
  weights(files: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
}
