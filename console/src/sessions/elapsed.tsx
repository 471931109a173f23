// How long something has been going on, counted by the server's clock.

import { sayTimeInFull } from "../parts/moment.ts";
import { useNowMs } from "../parts/when.tsx";
import { sayElapsed } from "./words.ts";

export function Elapsed({ since }: { readonly since: string }) {
  const nowMs = useNowMs();
  return (
    <time class="elapsed" dateTime={since} title={sayTimeInFull(since)}>
      {sayElapsed(nowMs - Date.parse(since))}
    </time>
  );
}
