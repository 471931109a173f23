// Whether whoever is signed in holds a permission. The server decides; the page only spares them forms that lead nowhere.

import { useConsole } from "../console-context.ts";
import { useWatched } from "./use-watched.ts";

export function useMay(permission: string): boolean {
  return usePermissions().includes(permission);
}

export function usePermissions(): readonly string[] {
  const { session } = useConsole();
  const standing = useWatched(session);
  return standing.is === "signed-in" ? standing.me.permissions : [];
}
