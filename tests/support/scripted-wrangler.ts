// A program that stands in for wrangler: it answers as a test says, and writes down what it was asked.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface WranglerScript {
  readonly isLoggedIn?: boolean;
  /** Undefined for a Worker that is not there. */
  readonly secrets?: readonly string[] | undefined;
  readonly exitOfDeploy?: number;
}

export interface ScriptedWrangler {
  readonly path: string;
  readonly asked: () => readonly string[];
  readonly remove: () => void;
}

export function scriptedWrangler({ isLoggedIn = true, secrets, exitOfDeploy = 0 }: WranglerScript): ScriptedWrangler {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-wrangler-"));
  const [path, log] = [join(folder, "wrangler.mjs"), join(folder, "asked.log")];
  const listed = secrets && JSON.stringify(secrets.map((name) => ({ name, type: "secret_text" })));
  writeFileSync(log, "");
  writeFileSync(
    path,
    `import { appendFileSync } from "node:fs";
     const args = process.argv.slice(2);
     appendFileSync(${JSON.stringify(log)}, args.join(" ") + "\\n");
     if (args[0] === "whoami") process.exit(${isLoggedIn ? 0 : 1});
     if (args[0] === "secret") {
       console.log(${JSON.stringify(listed ?? "✘ [ERROR] This Worker does not exist on your account. [code: 10007]")});
       process.exit(${listed === undefined ? 1 : 0});
     }
     if (args[0] === "deploy" && !args.includes("--dry-run")) process.exit(${exitOfDeploy});`,
  );
  return {
    path,
    asked: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
