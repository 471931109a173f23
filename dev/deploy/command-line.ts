// The command line of `npm run deploy`: our own options, and what wrangler is handed.

import { ACCEPTABLE } from "./finding.ts";

export const USAGE = `usage: npm run deploy -- [--dry-run] [--env NAME] [--accept CHECK]… [options of wrangler deploy]
  --dry-run   checks and builds, and asks nobody
  --env       the environment of wrangler.toml
  --accept    goes on in spite of one of: ${ACCEPTABLE.join(", ")}`;

export interface CommandLine {
  readonly isDryRun: boolean;
  readonly environment: string | undefined;
  readonly accepted: readonly string[];
  /** `--var NAME:VALUE`, which holds instead of what wrangler.toml says. */
  readonly variables: Readonly<Record<string, string>>;
  /** For `wrangler deploy`, and where it says which Worker is meant, for the other commands as well. */
  readonly forWrangler: readonly string[];
}

/** A text instead, where it cannot be understood. What is measured and tested is src/worker.ts: no other entry is taken. */
export function readCommandLine(words: readonly string[]): CommandLine | string {
  const other = words.find((word) => /^(--config|-c$|--script|--assets|--name)|\.[cm]?[jt]s$/.test(word));
  if (other !== undefined) return `${other}: this deploys src/worker.ts as wrangler.toml says, and nothing else.`;

  const accepted = valuesOf("--accept", words);
  const unknown = accepted.find((check) => !ACCEPTABLE.some((known) => known === check));
  if (unknown !== undefined) return `--accept ${unknown}: only ${ACCEPTABLE.join(", ")} can be accepted.`;
  return {
    isDryRun: words.includes("--dry-run"),
    environment: valuesOf("--env", words).at(-1) ?? valuesOf("-e", words).at(-1),
    accepted,
    variables: Object.fromEntries(valuesOf("--var", words).map(pairOf)),
    forWrangler: words.filter((word, index) => !isOwn(word, words[index - 1])),
  };
}

/** `--env name` and `--env=name`. */
function valuesOf(option: string, words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (word.startsWith(`${option}=`)) return [word.slice(option.length + 1)];
    const next = words[index + 1];
    return word === option && next !== undefined ? [next] : [];
  });
}

function isOwn(word: string, before: string | undefined): boolean {
  return word === "--dry-run" || word === "--accept" || word.startsWith("--accept=") || before === "--accept";
}

function pairOf(text: string): readonly [string, string] {
  const at = text.indexOf(":");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
