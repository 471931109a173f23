// The house rules that a machine can keep. The import law of docs/architecture.md is kept by tests/architecture.
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const untyped = ["**/*.mjs", "eslint.config.js"];

export default defineConfig(
  {
    ignores: ["node_modules", ".node", ".dev", ".wrangler", "dist", "**/*.d.ts", "fixtures"],
  },
  { files: ["**/*.{ts,tsx}"], extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked] },
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: {
      parserOptions: {
        project: [
          "./tsconfig.json",
          "./k8s-proxy/tsconfig.json",
          "./authorization-server/tsconfig.json",
          "./console/tsconfig.json",
          "./dev/tsconfig.json",
          "./tests/tsconfig.json",
          "./tests/workerd/tsconfig.json",
          "./tests/browser/tsconfig.json",
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/consistent-type-assertions": ["error", { assertionStyle: "never" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-console": "error",
      "no-nested-ternary": "error",
      eqeqeq: "error",
      // `z` as a named import brings every language of zod's messages into the bundle: 264 KB.
      "no-restricted-syntax": [
        "error",
        {
          selector: "ImportDeclaration[source.value='zod'] > ImportSpecifier",
          message: 'Use import * as z from "zod".',
        },
      ],
      "max-params": ["error", 3],
      "max-depth": ["error", 3],
      "max-lines": ["error", { max: 250 }],
      "max-lines-per-function": ["error", { max: 40, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    // Programs for a person at a terminal: printing is what they do.
    files: ["dev/**/*.ts", "bench/**/*.ts", "console/build.ts"],
    rules: { "no-console": "off" },
  },
  {
    files: ["src/log.ts", "k8s-proxy/src/log.ts"],
    rules: { "no-console": "off" },
  },
  {
    // A test's body is as long as its story, a table's row as wide as its case; and vitest types its matchers as any.
    files: ["tests/**/*.ts", "{k8s-proxy,console}/tests/**/*.ts"],
    rules: {
      "max-lines-per-function": "off",
      "max-lines": ["error", { max: 400 }],
      "max-params": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
    },
  },
  { files: untyped, extends: [tseslint.configs.disableTypeChecked] },
);
