// Whether two names belong to one person: people have several keys, and come in through several providers.

/** What is known of somebody: the principal, and the people behind it where they are written down. */
export interface Named {
  readonly id: string;
  readonly onBehalfOf?: string | undefined;
  readonly owner?: string | undefined;
  /** Whoever made the key at the console has seen its secret, and may be the one who uses it. */
  readonly madeBy?: readonly string[] | undefined;
}

/** Whether any of the names of one is any of the other's. Where in doubt it is: somebody else can be asked. */
export function isSamePerson(names: readonly string[], others: readonly string[]): boolean {
  const known = new Set(names.flatMap(forms));
  return others.flatMap(forms).some((form) => known.has(form));
}

export function namesOf({ id, onBehalfOf, owner, madeBy = [] }: Named): readonly string[] {
  return [id, onBehalfOf, owner, ...madeBy].filter((name) => name !== undefined);
}

/**
 * The name itself, what follows its provider (`access:a@x`, `human/a@x`), and every address in it. Names are compared
 * without regard to case, and to the several ways in which Unicode writes the same letter.
 */
function forms(name: string): readonly string[] {
  const plain = name.normalize("NFKC").trim().toLowerCase();
  const withoutProvider = plain.replace(/^[^:/]+[:/]/, "");
  const addresses = plain.match(/[^\s:/|<>"',;()]+@[^\s:/|<>"',;()]+/g) ?? [];
  return [plain, withoutProvider, ...addresses].filter((form) => form !== "");
}
