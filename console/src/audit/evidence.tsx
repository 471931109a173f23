// How far the log is verified: a mark beside the title, and all there is to say about it behind that.

import { useEffect, useMemo, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useActivity } from "../live/use-activity.ts";
import { sayTime } from "../parts/moment.ts";
import { Icon } from "../parts/icon.tsx";
import { countOf } from "../parts/number.ts";
import { createResource } from "../state/resource.ts";
import { useWatched } from "../state/use-watched.ts";
import { auditApi } from "./api.ts";
import { EvidenceDialog } from "./evidence-dialog.tsx";
import type { IconName } from "../parts/icon.tsx";
import type { Loaded } from "../state/resource.ts";
import type { AuditEvidence } from "./api.ts";

const GAP_MS = 30_000;

export function Evidence() {
  const { client, clock } = useConsole();
  const evidence = useMemo(() => createResource(() => auditApi(client).evidence()), [client]);
  const [isOpen, setOpen] = useState(false);
  const shown = useWatched(evidence);
  useActivity({ kinds: ["audit"], gapMs: GAP_MS, look: evidence.refresh });
  useEffect(() => {
    if (isOpen) void evidence.refresh();
  }, [isOpen, evidence]);
  const { tone, icon, words } = markOf(shown, clock.nowMs());
  return (
    <>
      <button type="button" class={`evidence evidence-${tone}`} aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name={icon} />
        <span>{words}</span>
      </button>
      {isOpen && (
        <EvidenceDialog shown={shown} onRetry={() => void evidence.refresh()} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

interface Mark {
  readonly tone: "good" | "warning" | "danger" | "plain";
  readonly icon: IconName;
  readonly words: string;
}

function markOf(shown: Loaded<AuditEvidence>, nowMs: number): Mark {
  if (shown.is === "loading") return { tone: "plain", icon: "clock", words: "Verified up to …" };
  if (shown.is === "failed") return { tone: "warning", icon: "warning", words: "Verification unknown" };
  const { faults, verified_up_to: upTo, quarantined } = shown.value;
  if (faults.length > 0) {
    return { tone: "danger", icon: "warning", words: `${countOf(faults.length, "fault")} found in the log` };
  }
  if (upTo === undefined) return { tone: "warning", icon: "clock", words: "Not verified yet" };
  const words = `Verified up to ${sayTime(upTo, nowMs)}`;
  if (quarantined > 0) return { tone: "warning", icon: "warning", words };
  return { tone: "good", icon: "check", words };
}
