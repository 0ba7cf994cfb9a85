/** VLA-Pruner as the paper has it and as we recommend it: always compared with the others. */
export const SUBJECTS: readonly string[] = ["vla-pruner", "recommended"];
