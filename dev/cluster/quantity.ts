// Amounts as Kubernetes writes them: `64Mi`, `808Ki`, `250m`, and plain numbers.

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

export function amountOf(quantity: string): number {
  const [, count = "0", unit = ""] = /^([\d.]+)([A-Za-z]*)$/.exec(quantity) ?? [];
  return Number(count) * (UNITS[unit] ?? 1);
}
