// Hands the page's parts to whatever is drawn.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Console } from "./console.ts";

export const ConsoleContext = createContext<Console | undefined>(undefined);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (!found) throw new Error("nothing may be drawn outside of ConsoleContext");
  return found;
}
