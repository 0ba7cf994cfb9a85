import { defineConfig } from "oxlint";
import { importRules } from "./tools/lint-doors.ts";

export default defineConfig({
  plugins: ["eslint", "typescript", "import", "unicorn", "oxc", "node"],
  categories: { correctness: "error", suspicious: "error" },
  ignorePatterns: ["packages/onnx/src/proto/*_pb.ts", "**/dist/**"],
  rules: {
    "max-lines": ["error", { max: 200, skipBlankLines: false, skipComments: false }],
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "import/no-named-as-default-member": "off",
    "import/no-unassigned-import": "off",
    "typescript/consistent-type-imports": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/no-unsafe-type-assertion": "off",
    "unicorn/filename-case": ["error", { case: "kebabCase" }],
  },
  overrides: [
    // oxlint reads the default export of this one file.
    {
      files: ["oxlint.config.ts"],
      rules: { "import/no-default-export": "off", "unicorn/filename-case": "off" },
    },
    ...importRules,
  ],
});
