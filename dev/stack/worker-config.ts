// A deployment's configuration as `wrangler dev` needs it: with the optional secrets that this stack has set among the named ones.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * wrangler takes from an env file only what the configuration names, as a variable or a required secret, and an optional
 * secret is neither. The copy lies in `folder`, so its paths are whole ones.
 */
export function withSecrets(config: string, names: readonly string[], folder: string): string {
  const text = readFileSync(config, "utf8");
  const required = /^required = \[(.*)\]$/m.exec(text)?.[1];
  const optional = names.filter((name) => !new RegExp(`^${name} = |^required = .*"${name}"`, "m").test(text));
  if (required === undefined || optional.length === 0) return config;

  const named = optional.map((name) => JSON.stringify(name)).join(", ");
  const whole = (key: string, path: string) => `${key} = ${JSON.stringify(resolve(dirname(config), path))}`;
  const copy = text
    .replace(/^required = .*$/m, `required = [${required}, ${named}]`)
    .replace(/^(main|directory) = "(.*)"$/gm, (_, key: string, path: string) => whole(key, path));
  const file = join(folder, "wrangler.toml");
  writeFileSync(file, copy);
  return file;
}
