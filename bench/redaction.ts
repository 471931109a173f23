// `node dev/node/run.mjs bench/redaction.ts`: how fast lines are cleaned and redacted, on one core and with nothing else to do.

import { visible } from "../k8s-proxy/src/clean.ts";
import { lineRedactor, redact } from "../k8s-proxy/src/redact/redact.ts";
import { median } from "./statistics.ts";

const LINES = 100_000;
const ROUNDS = 5;
export const MIN_REDACTED_MB_PER_S = 10;

/** One line in a hundred holds a secret, one in ten something that looks like one at first sight. */
function lineOf(index: number): string {
  if (index % 100 === 7) return `2026-11-23T02:11:26Z level=info msg="login" password=hunter${index} user=${index}`;
  if (index % 10 === 3)
    return `{"level":"info","url":"http://cart.shop:8080/a/${index}","msg":"done","token_count":${index}}`;
  return `2026-11-23T02:11:26Z level=info msg="handled request ${index}" path=/v1/items/${index} ms=${index % 300}`;
}

export function measureRedaction(): number {
  const lines = Array.from({ length: LINES }, (_, index) => lineOf(index));
  const megabytes = lines.reduce((sum, line) => sum + line.length, 0) / 1e6;
  const speeds = Array.from({ length: ROUNDS }, () => {
    const redactLine = lineRedactor(redact);
    const startedAt = performance.now();
    for (const line of lines) redactLine(visible(line));
    return megabytes / ((performance.now() - startedAt) / 1_000);
  });
  return median(speeds);
}

if (import.meta.main) {
  console.log(`${measureRedaction().toFixed(1)} MB/s of lines cleaned and redacted (goal ${MIN_REDACTED_MB_PER_S})`);
}
