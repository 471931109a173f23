// How an aim that was met or not is shown.

import { styled } from "../dev/stack/terminal.ts";

export function verdict(isMet: boolean | undefined): string {
  if (isMet === undefined) return "not measured here";
  return isMet ? styled("green", "met") : styled("red", "not met");
}
