// The calls that were made from this page, for as long as the console is open.

import { saySpan } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import type { Came, MadeCall } from "./made-call.ts";

export interface CallHistoryProps {
  readonly calls: readonly MadeCall[];
  readonly shown: MadeCall | undefined;
  readonly onShow: (number: number) => void;
}

export function CallHistory({ calls, shown, onShow }: CallHistoryProps) {
  if (calls.length < 2) return null;
  return (
    <div class="made">
      <h3 id="made">Calls from here</h3>
      <ul aria-labelledby="made">
        {calls.map((call) => (
          <li key={call.number}>
            <button type="button" class="made-call" aria-pressed={call === shown} onClick={() => onShow(call.number)}>
              <span class="tabular">#{call.number}</span>
              <When at={new Date(call.atMs).toISOString()} />
              <span class="made-outcome">
                <Text value={sayCame(call.came)} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p class="quiet">Kept only as long as the console is open.</p>
    </div>
  );
}

function sayCame(came: Came): string {
  switch (came.is) {
    case "awaited":
      return "waiting";
    case "problem":
      return "no answer";
    case "answer":
      return `${came.fault?.reason ?? (came.fault ? "error" : "answered")}, ${saySpan(came.answer.took_ms)}`;
  }
}
