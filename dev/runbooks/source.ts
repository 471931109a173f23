// A runbook's file as data, and where in the file each part of the data stands.

import { isNode, LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";

export interface Fault {
  /** From the root of the repository. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Where in the data a fault is, before it is known where in the file. */
export interface Complaint {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface Source {
  readonly file: string;
  readonly data: unknown;
  readonly faultAt: (complaint: Complaint) => Fault;
}

export type Read = { readonly source: Source } | { readonly faults: readonly Fault[] };

export function readSource(file: string, text: string): Read {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2" });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return { faults: problems.map(({ message, pos: [at] }) => ({ file, line: lines.linePos(at).line, message })) };
  }
  const data = plain(document);
  if (data === undefined)
    return { faults: [{ file, line: 1, message: "anchors and aliases are not used: write it out" }] };
  const faultAt = ({ path, message }: Complaint): Fault => {
    return { file, line: lines.linePos(offsetOf(document, path)).line, message };
  };
  return { source: { file, data: data.value, faultAt } };
}

/** An alias is a second place for what stands at one: a reader of the file would not see it. */
function plain(document: Document): { readonly value: unknown } | undefined {
  try {
    const value: unknown = document.toJS({ maxAliasCount: 0 });
    return { value };
  } catch {
    return undefined;
  }
}

/** Of the nearest thing around it that stands in the file: what is missing has no place of its own. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
