// While the next is loading, what was there before stays: a page that flashes at each click tells nobody anything.

import { useEffect, useRef } from "preact/hooks";

export function useBefore<T extends { readonly is: string }>(now: T): T {
  const before = useRef(now);
  useEffect(() => {
    if (now.is !== "loading") before.current = now;
  }, [now]);
  return now.is === "loading" && before.current.is === "ready" ? before.current : now;
}
