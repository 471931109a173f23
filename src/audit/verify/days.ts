// The roots of the days: each is that of the checkpoints that are there, links to the one before, and is what was kept elsewhere.

import { dayAfter, dayOf } from "../days.ts";
import { readRoot } from "../day-root.ts";
import { MerkleRoot } from "../merkle.ts";
import type { Checkpoint, DayRoot } from "../../ports/evidence.ts";
import type { TrustedKeys } from "../signing.ts";
import type { Finding } from "./finding.ts";

export interface DaysContext {
  readonly keys: TrustedKeys;
  readonly report: (finding: Finding) => void;
  /** Whether every checkpoint of this day was read. */
  readonly isWhole: (day: string) => boolean;
  /** All roots there are were read: the first one has none before it. */
  readonly isFromTheFirst: boolean;
}

export class Days {
  readonly #context: DaysContext;
  readonly #trees = new Map<string, MerkleRoot>();

  constructor(context: DaysContext) {
    this.#context = context;
  }

  /** The last checkpoint of each day of one chain. Chains come in their order, and each of them once. */
  chain(lastOfDays: ReadonlyMap<string, string>): void {
    for (const [day, statement] of lastOfDays) {
      const tree = this.#trees.get(day) ?? new MerkleRoot();
      tree.add(statement);
      this.#trees.set(day, tree);
    }
  }

  /** After the last chain. `kept` are roots from outside of what is verified: nobody who changes the log reaches those. */
  async check(stored: readonly DayRoot[], kept: readonly DayRoot[]): Promise<void> {
    const byDay = stored.toSorted((a, b) => (a.day < b.day ? -1 : 1));
    for (const root of byDay) await this.#checkSignature(root, "root");
    this.#checkLinks(byDay);
    for (const root of byDay) this.#checkLeaves(root, "root");

    for (const root of kept) await this.#checkKept(root, byDay);
  }

  async #checkKept(root: DayRoot, stored: readonly DayRoot[]): Promise<void> {
    if (!(await this.#checkSignature(root, "kept root"))) return;
    const there = stored.find(({ day }) => day === root.day);
    if (there?.root === root.root) return; // whatever is wrong with the day was said of the stored one
    const { isWhole } = this.#context;
    if (there) this.#report(root.day, "the root that is stored is not the one that was kept");
    else if (isWhole(root.day)) this.#report(root.day, "a root of it was kept, and none is stored any more");
    this.#checkLeaves(root, "kept root");
  }

  /** Whether the root can be gone by. */
  async #checkSignature(root: DayRoot, name: string): Promise<boolean> {
    const said = readRoot(root.statement);
    const isSame =
      said?.day === root.day &&
      said.chains === root.chains &&
      said.root === root.root &&
      said.prevRoot === root.prevRoot;
    if (!isSame) this.#report(root.day, `the ${name} differs from what was signed`);
    if (!this.#context.keys.has(root.kid)) {
      const detail = `day ${root.day}: the ${name} is signed by key ${root.kid}, which is none of those given`;
      this.#context.report({ kind: "incomplete", detail });
      return isSame;
    }
    if (await this.#context.keys.haveSigned(root)) return isSame;
    this.#context.report({ kind: "signature", detail: `day ${root.day}: the signature of the ${name} is not valid` });
    return false;
  }

  #checkLinks(stored: readonly DayRoot[]): void {
    let previous: DayRoot | undefined;
    for (const root of stored) {
      if (previous && (root.prevRoot !== previous.root || root.day !== dayAfter(previous.day)))
        this.#report(
          root.day,
          `the root does not build on that of ${previous.day}: one in between is missing or was changed`,
        );
      if (!previous && this.#context.isFromTheFirst && root.prevRoot !== undefined)
        this.#report(root.day, "the root builds on an earlier one, and none is stored");
      previous = root;
    }
  }

  #checkLeaves({ day, root, chains }: DayRoot, name: string): void {
    if (!this.#context.isWhole(day)) return;
    const tree = this.#trees.get(day) ?? new MerkleRoot();
    if (tree.root() === root && tree.size === chains) return;
    const counts =
      tree.size === chains ? "one of them was changed" : `there are ${tree.size} chains and it was made of ${chains}`;
    this.#report(day, `the ${name} is not that of the checkpoints that are there: ${counts}`);
  }

  #report(day: string, detail: string): void {
    this.#context.report({ kind: "root", detail: `day ${day}: ${detail}` });
  }
}

/** Of each day (UTC) the last checkpoint, which is the one of the highest seq, and of two of one seq the final one. */
export class LastOfDays {
  readonly #statements = new Map<string, string>();

  /** In order of seq, not final before final. */
  add({ tsMs, statement }: Checkpoint): void {
    this.#statements.set(dayOf(tsMs), statement);
  }

  get statements(): ReadonlyMap<string, string> {
    return this.#statements;
  }
}
