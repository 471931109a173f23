// Flips a switch and shows what the server says then.

import { useState } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { useConsole } from "../console-context.ts";
import type { AskedSwitch } from "../api/contract.ts";
import { nameOf } from "./words.ts";

export function useFlip() {
  const { client, switches, announcement } = useConsole();
  const [isBusy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const flip = async (asked: AskedSwitch): Promise<boolean> => {
    setBusy(true);
    setFault(undefined);
    const answer = await client.flip(asked);
    setBusy(false);
    if (!answer.ok) {
      setFault(sayProblem(answer.error));
      return false;
    }
    switches.put(answer.value);
    announcement.put(`Switched ${asked.on ? "on again" : "off"}: ${nameOf(asked)}.`);
    return true;
  };
  return { flip, isBusy, fault };
}
