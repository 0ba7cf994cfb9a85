/**
 * Which folder may import what: the one list behind `no-restricted-imports` in oxlint.config.ts.
 *
 * An override of oxlint replaces the rule of the ones before it, so each area needs all that stays shut in it.
 * `importRules` works that out.
 */

/** A library that has one door: only these files import it. */
interface Door {
  readonly libraries: readonly string[];
  readonly files: readonly string[];
  readonly message: string;
}

/** What the sources of one package leave alone. */
interface Wall {
  /** Folder below `packages`, may hold `*`. */
  readonly package: string;
  readonly refuses: readonly string[];
  readonly message: string;
}

const DOORS: readonly Door[] = [
  {
    libraries: ["onnxruntime-node", "onnxruntime-common"],
    files: ["packages/core/src/runtime/**", "packages/core/src/runtime/cuda-graphs/**"],
    message: "Only core/src/runtime imports ONNX Runtime.",
  },
  {
    libraries: ["koffi"],
    files: ["packages/core/src/runtime/cuda-graphs/**"],
    message: "Only core/src/runtime/cuda-graphs calls native libraries.",
  },
  {
    libraries: ["@huggingface/transformers"],
    files: [
      "packages/core/src/transformers/**",
      "packages/transformers/src/stock/**",
      "packages/web/src/worker/engine/**",
      "examples/10-prune-a-stock-model.ts",
      "examples/support/stock-model.ts",
    ],
    message:
      "Only core/src/transformers, transformers/src/stock and web/src/worker/engine import transformers.js.",
  },
  {
    libraries: ["tsyringe", "reflect-metadata"],
    files: ["packages/core/src/container/**"],
    message: "Only core/src/container imports tsyringe and reflect-metadata.",
  },
  {
    libraries: ["eventemitter3"],
    files: ["packages/core/src/events.ts"],
    message: "Only core/src/events.ts imports eventemitter3.",
  },
  {
    libraries: ["@bufbuild/protobuf"],
    files: ["packages/onnx/src/proto/**"],
    message: "Only onnx/src/proto imports the protobuf library.",
  },
  {
    libraries: ["@mujoco/mujoco"],
    files: ["packages/sim/src/mujoco/**"],
    message: "Only sim/src/mujoco imports MuJoCo.",
  },
  {
    libraries: ["import-meta-resolve"],
    files: ["packages/core/src/modules/**"],
    message: "Only core/src/modules finds modules of the user's.",
  },
  {
    libraries: ["ws"],
    files: ["packages/serve/src/server/**", "packages/serve/src/client/**"],
    message: "Only serve/src/server and serve/src/client import ws.",
  },
  {
    libraries: ["msgpackr"],
    files: ["packages/serve/src/codec/**"],
    message: "Only serve/src/codec imports msgpackr.",
  },
  {
    libraries: ["prom-client"],
    files: ["packages/serve/src/metrics/**"],
    message: "Only serve/src/metrics imports prom-client.",
  },
];

const WALLS: readonly Wall[] = [
  {
    package: "core",
    refuses: [
      "@vla-pruner/onnx",
      "@vla-pruner/plugin-*",
      "@vla-pruner/sim",
      "@vla-pruner/eval",
      "vla-pruner",
    ],
    message: "Core knows neither graph building nor plugins nor evaluation.",
  },
  {
    package: "onnx",
    refuses: [
      "@vla-pruner/core",
      "@vla-pruner/plugin-*",
      "@vla-pruner/sim",
      "@vla-pruner/eval",
      "vla-pruner",
    ],
    message: "@vla-pruner/onnx knows neither core nor plugins.",
  },
  {
    package: "plugin-*",
    refuses: ["@vla-pruner/plugin-*", "@vla-pruner/sim", "@vla-pruner/eval", "vla-pruner"],
    message: "A plugin imports core and onnx only.",
  },
  {
    package: "serve",
    refuses: [
      "@vla-pruner/onnx",
      "@vla-pruner/plugin-*",
      "@vla-pruner/sim",
      "@vla-pruner/eval",
      "vla-pruner",
    ],
    message: "The server knows core alone.",
  },
  {
    package: "sim",
    refuses: [
      "@vla-pruner/core",
      "@vla-pruner/onnx",
      "@vla-pruner/plugin-*",
      "@vla-pruner/eval",
      "vla-pruner",
    ],
    message: "The simulator knows no policy.",
  },
];

const INSIDE_OTHERS = {
  group: ["../**/src/**", "@vla-pruner/*/src/**", "@vla-pruner/*/dist/**"],
  message: "Import another package by its name.",
};

/** One entry of `overrides` in the configuration of oxlint. */
export interface ImportRule {
  readonly files: string[];
  readonly rules: {
    readonly "no-restricted-imports": ["error", { patterns: { group: string[]; message: string }[] }];
  };
}

/** Files of every door and every wall, as the list names them. */
export const AREAS: readonly string[] = [
  ...WALLS.map((wall) => `packages/${wall.package}/src/**`),
  ...DOORS.flatMap(({ files }) => files),
];

function withPaths(names: readonly string[]): string[] {
  return names.flatMap((name) => [name, `${name}/**`]);
}

/** Everything that is shut in an area: all doors but its own, and the wall of its package. */
function ruleFor(area: string): ImportRule {
  const doors = DOORS.filter(({ files }) => !files.includes(area));
  const walls = WALLS.filter((wall) => area.startsWith(`packages/${wall.package}/`));
  const patterns = [
    ...doors.map(({ libraries, message }) => ({ group: withPaths(libraries), message })),
    ...walls.map(({ refuses, message }) => ({ group: withPaths(refuses), message })),
    INSIDE_OTHERS,
  ];
  return { files: [area], rules: { "no-restricted-imports": ["error", { patterns }] } };
}

/** The overrides, wide areas first: the last one that names a file counts. */
export const importRules: ImportRule[] = ["packages/*/src/**", "examples/**", ...AREAS].map(ruleFor);
