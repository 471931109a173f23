// Text from a cluster, made fit to be shown: visible characters only, no secrets, and not too long. In this order: an invisible
// character must not hide a secret from the rules, and a cut must not leave half of one that they no longer recognise.
import { cut, visible } from "./clean.ts";
import { redact } from "./redact/redact.ts";

export function safe(text: string, maxLength: number): string {
  return cut(redact(visible(text)), maxLength);
}
