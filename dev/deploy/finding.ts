// What stands in the way of a deployment, found by one of the checks; and how all of it is said at once.

export interface Finding {
  readonly check: string;
  /** What is wrong, and what to do about it. */
  readonly fault: string;
  /** Only an upload is stopped by it: this checkout is in order, and not yet meant for anybody's Cloudflare. */
  readonly isOfUpload?: boolean;
}

/** What somebody may know better than a check: named with `--accept`. */
export const ACCEPTABLE = ["access", "addresses", "database"] as const;

export interface Verdict {
  readonly stopping: readonly Finding[];
  readonly told: readonly Finding[];
}

export interface Mode {
  readonly isDryRun: boolean;
  readonly accepted: readonly string[];
}

export function judge(findings: readonly Finding[], { isDryRun, accepted }: Mode): Verdict {
  const isTold = ({ check, isOfUpload = false }: Finding) => accepted.includes(check) || (isDryRun && isOfUpload);
  return { stopping: findings.filter((one) => !isTold(one)), told: findings.filter(isTold) };
}

export function inWords({ stopping, told }: Verdict, { isDryRun }: Pick<Mode, "isDryRun">): string {
  const list = (findings: readonly Finding[]) => findings.map(({ check, fault }) => `  - ${check}: ${fault}`);
  const why = isDryRun ? "Would stop a deployment:" : "Accepted:";
  const count = `${stopping.length} fault${stopping.length === 1 ? "" : "s"}`;
  return [
    ...(told.length > 0 ? [why, ...list(told)] : []),
    ...(stopping.length > 0
      ? [`Preflight: ${count}. Nothing was uploaded.`, ...list(stopping)]
      : ["Preflight: in order."]),
  ].join("\n");
}
