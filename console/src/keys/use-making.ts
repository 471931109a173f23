// Asks for a new key, and hands it to the dialog that shows it once.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import type { Answer } from "../api/client.ts";
import type { Problem } from "../api/problem.ts";
import type { NewKey } from "./api.ts";

export function useMaking(onMade: () => void) {
  const { desk, announcement } = useConsole();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const make = async (ask: () => Answer<NewKey>) => {
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    const answer = await ask();
    setBusy(false);
    // Where nobody answered, a key may have been made that nobody has: it stands in the list then.
    void desk.keys.refresh();
    if (!answer.ok) {
      setProblem(answer.error);
      return;
    }
    desk.newKey.put(answer.value);
    announcement.put(`A key for ${answer.value.key.principal} was made.`);
    onMade();
  };
  return { make, isBusy, problem };
}
