// Who must look again when something of a kind has changed.

import type { Activity } from "../api/contract.ts";

type Kind = Activity["changed"];

export interface Lookers {
  readonly add: (kinds: readonly Kind[], look: () => void) => () => void;
  readonly tell: (kind: Kind) => void;
  /** Something may have happened while nobody listened. */
  readonly tellAll: () => void;
}

export function createLookers(): Lookers {
  const all = new Set<{ readonly kinds: readonly Kind[]; readonly look: () => void }>();
  return {
    add: (kinds, look) => {
      const looker = { kinds, look };
      all.add(looker);
      return () => void all.delete(looker);
    },
    tell: (kind) => {
      for (const { kinds, look } of [...all]) if (kinds.includes(kind)) look();
    },
    tellAll: () => {
      for (const { look } of [...all]) look();
    },
  };
}
