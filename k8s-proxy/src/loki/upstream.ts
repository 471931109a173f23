// What Loki says when it refuses: one line of plain text, and about the question only where it is a 400.
import type { Upstream } from "../upstream-failure.ts";

export const LOKI: Upstream = {
  name: "Loki",
  explain: (status, body) => (status === 400 && !body.startsWith("<") ? body.split("\n", 1)[0] : undefined),
};
