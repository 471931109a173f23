// Spans as PromQL writes them: `1h30m`, `90s`, or since Prometheus 3 a bare number of seconds.

const UNITS_MS = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1] as const;
const SPAN = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Undefined for anything but one literal, sums and function calls included. */
export function spanMs(text: string): number | undefined {
  const sign = text.startsWith("-") ? -1 : 1;
  const literal = text.replace(/^[-+]\s*/, "");
  const seconds = secondsOf(literal);
  if (seconds !== undefined) return sign * seconds * 1_000;
  const parts = literal === "" ? null : SPAN.exec(literal);
  if (!parts) return undefined;
  return sign * UNITS_MS.reduce((total, unit, index) => total + Number(parts[index + 1] ?? 0) * unit, 0);
}

function secondsOf(literal: string): number | undefined {
  return /^(0x[\da-f]+|[\d_]*\.?[\d_]+(e[-+]?[\d_]+)?)$/i.test(literal)
    ? Number(literal.replaceAll("_", ""))
    : undefined;
}
