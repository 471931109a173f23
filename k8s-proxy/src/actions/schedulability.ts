// Whether new pods are put onto a node: what cordon and uncordon set.
import { ok } from "../result.ts";
import { about, called } from "./metadata.ts";
import { ofNode } from "./node.ts";

import type * as z from "zod";
import type { ACTION_ROUTES } from "../contract/index.ts";
import type { Prepare } from "./action.ts";

type Asked = z.output<(typeof ACTION_ROUTES)["cordon"]["request"]>;

interface Wanted {
  readonly isUnschedulable: boolean;
  /** Behind the node's name. */
  readonly does: string;
  readonly isAlready: string;
}

export function schedulability({ isUnschedulable, does, isAlready }: Wanted): Prepare<Asked> {
  return ofNode<Asked>((node, asked, acting) => {
    const before = node.isCordoned;
    const told = {
      affects: {},
      before: { unschedulable: before },
      after: { unschedulable: isUnschedulable },
    };
    if (before === isUnschedulable) {
      const summary = `${called(node)} ${isAlready}.`;
      return Promise.resolve(ok({ kind: "settled", facts: { ...about(node), ...told, summary, changed: false } }));
    }
    const diff = [`spec.unschedulable: ${before} → ${isUnschedulable}`];
    const commit = async () => {
      const write = { ...node.metadata, key: asked.idempotency_key, isDryRun: asked.dry_run };
      const written = await acting.writes.setUnschedulable(asked.node, isUnschedulable, write);
      const facts = { ...told, diff, summary: `${called(node)} ${does}.`, changed: true };
      return written.ok ? ok({ ...about(node, written.value), ...facts }) : written;
    };
    return Promise.resolve(ok({ kind: "ready", object: called(node), commit }));
  });
}
