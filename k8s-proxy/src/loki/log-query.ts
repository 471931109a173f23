// LogQL, made of checked names alone: a selector and nothing behind it. No caller's pattern is ever sent, so that Loki, which
// sees what was not redacted, cannot be asked after a secret.

export interface Selected {
  readonly namespace: string;
  readonly container?: string | undefined;
  /** Exact names; left out for all. */
  readonly pods?: readonly string[] | undefined;
}

/** The namespace always stands in it: what Loki would give of others, nobody here has been granted. */
export function logQuery({ namespace, container, pods }: Selected): string {
  const matchers = [
    `namespace=${quoted(namespace)}`,
    ...(container === undefined ? [] : [`container=${quoted(container)}`]),
    ...(pods === undefined ? [] : [`pod=~${quoted(pods.map(literal).join("|"))}`]),
  ];
  return `{${matchers.join(",")}}`;
}

/** As Go reads it in double quotes; JSON's escapes are a part of those. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

function literal(name: string): string {
  return name.replace(/[^a-z0-9-]/g, "\\$&");
}
