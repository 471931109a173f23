// Text from a cluster, made fit to be shown: visible characters only, no secrets, and not too long.
import { clean } from "./clean.ts";

export function safe(text: string, maxLength: number): string {
  return clean(text, maxLength);
}
