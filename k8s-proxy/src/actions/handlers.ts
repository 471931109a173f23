// Which code does which action: one line an action.
import * as z from "zod";
import { ACTION_ROUTES, Expected } from "../contract/index.ts";
import { parseRequest } from "../parse-request.ts";
import { ok } from "../result.ts";
import { cordon } from "./cordon.ts";
import { deletePod } from "./delete-pod.ts";
import { drain } from "./drain.ts";
import { evict } from "./evict.ts";
import { rolloutRestart } from "./rollout-restart.ts";
import { rolloutUndo } from "./rollout-undo.ts";
import { scale } from "./scale.ts";
import { uncordon } from "./uncordon.ts";

import type { ActionName, Route } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { AskedAction } from "./act.ts";
import type { AskedOfAll, Prepare } from "./action.ts";

export interface ActionHandler {
  readonly name: ActionName;
  readonly path: string;
  readonly parse: (body: unknown) => Result<AskedAction, Failure>;
}

export const ACTIONS: readonly ActionHandler[] = [
  handler("rollout_restart", ACTION_ROUTES.rollout_restart, rolloutRestart),
  handler("scale", ACTION_ROUTES.scale, scale),
  handler("rollout_undo", ACTION_ROUTES.rollout_undo, rolloutUndo),
  handler("cordon", ACTION_ROUTES.cordon, cordon),
  handler("uncordon", ACTION_ROUTES.uncordon, uncordon),
  handler("drain", ACTION_ROUTES.drain, drain),
  handler("evict", ACTION_ROUTES.evict, evict),
  handler("delete_pod", ACTION_ROUTES.delete_pod, deletePod),
];

const AskedOfAll = z.object({ dry_run: z.boolean(), idempotency_key: z.string(), expect: Expected().optional() });

function handler<A extends z.ZodObject, D extends z.ZodObject>(
  name: ActionName,
  route: Route<A, D>,
  prepare: (asked: z.output<A>, acting: Parameters<Prepare<AskedOfAll>>[1]) => ReturnType<Prepare<AskedOfAll>>,
): ActionHandler {
  return {
    name,
    path: route.path,
    parse: (body) => {
      const parsed = parseRequest(route.request, body);
      if (!parsed.ok) return parsed;
      const { asked, namespace } = parsed.value;
      const ofAll = AskedOfAll.parse(asked);
      return ok({ ...ofAll, name, namespace, request: asked, prepare: (acting) => prepare(asked, acting) });
    },
  };
}
