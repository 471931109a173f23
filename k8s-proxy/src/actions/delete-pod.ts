// Deletes a pod, whatever its disruption budget says; whoever made it makes another. With the grace that the pod asks for.
import { ok } from "../result.ts";
import { called } from "./metadata.ts";
import { ofPod, takenAway } from "./pod.ts";

import type * as z from "zod";
import type { ACTION_ROUTES } from "../contract/index.ts";

type Asked = z.output<(typeof ACTION_ROUTES)["delete_pod"]["request"]>;

export const deletePod = ofPod<Asked>((pod, asked, acting) =>
  ok({
    kind: "ready",
    object: called(pod),
    commit: async () => {
      const written = await acting.writes.deletePod(pod.metadata, { ...pod.metadata, isDryRun: asked.dry_run });
      return written.ok ? ok(takenAway(pod, "is deleted")) : written;
    },
  }),
);
