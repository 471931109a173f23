// From the file of a runbook to what is published of it, or to all that is wrong with it.

import { digestOf } from "../../src/runbooks/digest.ts";
import { checkConditions } from "./conditions.ts";
import { leftBy } from "./left.ts";
import { checkNames } from "./names.ts";
import { checkSchema } from "./schema-faults.ts";
import { readSource } from "./source.ts";
import { placedSteps } from "./steps.ts";
import { checkUses } from "./uses.ts";
import type { PublishedRunbook, Runbook } from "../../src/runbooks/runbook.ts";
import type { Facts } from "./facts.ts";
import type { Left } from "./left.ts";
import type { Complaint, Fault, Source } from "./source.ts";
import type { Placed } from "./steps.ts";

export interface RunbookFile {
  /** From the root of the repository: `runbooks/scale-out.yaml`. */
  readonly file: string;
  readonly text: string;
}

export type Compiled =
  { readonly runbook: PublishedRunbook; readonly source: Source } | { readonly faults: readonly Fault[] };

export async function compile({ file, text }: RunbookFile, facts: Facts): Promise<Compiled> {
  const read = readSource(file, text);
  if ("faults" in read) return read;
  const { source } = read;
  const checked = checkSchema(source.data);
  if ("complaints" in checked) return { faults: inOrder(checked.complaints, source) };

  const { runbook } = checked;
  const complaints = [
    ...checkName(runbook, file),
    ...checkConditions(runbook, facts),
    ...(await checkSteps(runbook, facts)),
  ];
  if (complaints.length > 0) return { faults: inOrder(complaints, source) };
  return { runbook: { ...runbook, digest: digestOf(runbook) }, source };
}

function checkName({ id }: Runbook, file: string): readonly Complaint[] {
  return file.endsWith(`/${id}.yaml`) ? [] : [{ path: ["id"], message: `must be the name of the file: ${file}` }];
}

/** What each step may use is what those before it have left; what is done after a failure, what was left before any change. */
async function checkSteps(runbook: Runbook, facts: Facts): Promise<readonly Complaint[]> {
  const placed = placedSteps(runbook);
  const main = placed.filter(({ isOnFailure }) => !isOnFailure);
  const firstChange = main.findIndex(({ step }) => "k8s" in step);
  const sure = firstChange === -1 ? main : main.slice(0, firstChange);
  const onFailure = placed.filter(({ isOnFailure }) => isOnFailure);
  return [
    ...(await checkInTurn(main, [], { runbook, facts })),
    ...(await checkInTurn(onFailure, sure, { runbook, facts })),
  ];
}

async function checkInTurn(
  placed: readonly Placed[],
  earlier: readonly Placed[],
  { runbook, facts }: { readonly runbook: Runbook; readonly facts: Facts },
): Promise<readonly Complaint[]> {
  const left = new Map<string, Left>(earlier.map(({ step }) => [step.id, leftBy(step, facts)]));
  const complaints: Complaint[] = [];
  for (const one of placed) {
    const known = { parameters: runbook.parameters, left };
    complaints.push(...checkUses(one, known, facts), ...(await checkNames(one, known, facts)));
    left.set(one.step.id, leftBy(one.step, facts));
  }
  return complaints;
}

function inOrder(complaints: readonly Complaint[], source: Source): readonly Fault[] {
  return complaints.map(source.faultAt).toSorted((one, other) => one.line - other.line);
}
