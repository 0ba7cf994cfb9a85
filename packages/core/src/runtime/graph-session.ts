/**
 * A tensor at a graph's border. ONNX Runtime's own tensors fit; `data` throws while a tensor lives on a
 * device.
 */
export interface GraphTensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: unknown;
  /** Frees a device buffer; does nothing much on the CPU. */
  dispose(): void;
}

/** A loaded graph: what core and plugins see of an ONNX Runtime session. */
export interface GraphSession {
  readonly name: string;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * Runs the graph.
   *
   * @throws `session-failed`, `disposed`
   */
  run(feeds: Readonly<Record<string, GraphTensor>>): Promise<Record<string, GraphTensor>>;
  /** Frees it, after runs that are under way. */
  release(): Promise<void>;
}
