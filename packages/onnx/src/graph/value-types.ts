/** Element types of graph values; the names are ONNX Runtime's. */
export type ElementType = "float32" | "float16" | "int64" | "int32" | "bool" | "uint8" | "int8";

/** The types a model may compute in. */
export type FloatType = "float32" | "float16";
