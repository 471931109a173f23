// The node that an action is about. It belongs to no namespace: only a grant for all of them covers it.
import * as z from "zod";
import { fail } from "../failure.ts";
import { readObject } from "../kubernetes/lists.ts";
import { ok } from "../result.ts";
import { asExpected, Metadata, replayOf } from "./metadata.ts";
import { nodePath } from "./paths.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Acting, AskedOfAll, Prepare, Prepared } from "./action.ts";

const ApiNode = z.object({
  metadata: Metadata,
  spec: z.object({ unschedulable: z.boolean().nullish() }).prefault({}),
});

export interface Node extends z.output<typeof ApiNode> {
  readonly kind: "Node";
  readonly isCordoned: boolean;
}

type AskedOfNode = AskedOfAll & { readonly node: string };
type PrepareNode<Asked> = (node: Node, asked: Asked, acting: Acting) => Promise<Result<Prepared, Failure>>;

export function ofNode<Asked extends AskedOfNode>(prepare: PrepareNode<Asked>): Prepare<Asked> {
  return async (asked, acting) => {
    if (!acting.reach.coversCluster) {
      return fail("namespace_not_allowed", "Nodes belong to no namespace: only a grant for all of them covers these");
    }
    const read = await readNode(asked.node, acting);
    if (!read.ok) return read;
    const replayed = replayOf(read.value, asked);
    if (replayed) return ok(replayed);
    const expected = asExpected(read.value, asked.expect);
    return expected.ok ? prepare(read.value, asked, acting) : expected;
  };
}

async function readNode(name: string, acting: Acting): Promise<Result<Node, Failure>> {
  const read = await readObject({ path: nodePath(name), item: ApiNode, what: "a node" }, acting);
  if (!read.ok && read.error.reason === "not_found") {
    return fail("not_found", `There is no node ${name}; k8s.list_nodes shows those there are`);
  }
  if (!read.ok) return read;
  return ok({ ...read.value, kind: "Node", isCordoned: read.value.spec.unschedulable === true });
}
