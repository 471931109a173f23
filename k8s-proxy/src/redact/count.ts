// How many secrets were taken out of an answer, by kind: counted in what is sent, so that no reading can forget to count.

const MARK = /\[REDACTED:([a-z_]{1,32})\]/g;

export function countRedactions(answer: object): Record<string, number> {
  const counts = new Map<string, number>();
  for (const [, kind = ""] of JSON.stringify(answer).matchAll(MARK)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return Object.fromEntries(counts);
}
