// Kubernetes quantities as the API writes them: "100m", "232Ki", "12345678n", "1e3", "0".

const FORM =
  /^([+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))(?:[eE]([+-]?\d{1,2})|(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei))?$/;

const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** In whole units (cores, bytes, pods); undefined where the text is no quantity. */
export function parseQuantity(text: string): number | undefined {
  const [, digits, exponent, suffix] = FORM.exec(text) ?? [];
  if (digits === undefined) return undefined;
  if (exponent !== undefined) return Number(digits) * 10 ** Number(exponent);
  return Number(digits) * (suffix === undefined ? 1 : (FACTORS[suffix] ?? 1));
}

/** Thousandths of a core, as `kubectl top` counts; anything that is no quantity is zero. */
export const milliCores = (text: string | undefined) => toMilliCores(parseQuantity(text ?? "") ?? 0);

/** MiB, as `kubectl top` counts; anything that is no quantity is zero. */
export const mebibytes = (text: string | undefined) => toMebibytes(parseQuantity(text ?? "") ?? 0);

export const toMilliCores = (cores: number) => Math.round(cores * 1_000);
export const toMebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);

/** A whole percentage; undefined where there is nothing to compare with. */
export function percent(part: number, whole: number | undefined): number | undefined {
  return whole === undefined || whole <= 0 ? undefined : Math.round((part / whole) * 100);
}
