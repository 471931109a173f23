// Whose session it is, and the ways of ending it.

import { Badge } from "../parts/badge.tsx";
import { Principal } from "../parts/principal.tsx";
import { Text } from "../parts/text.tsx";
import { Ago } from "../parts/when.tsx";
import { useMay } from "../state/use-may.ts";
import { VIA } from "./words.ts";
import type { RefObject } from "preact";
import type { LiveSession } from "./api.ts";
import type { Step } from "./stepping-in.tsx";

export interface SessionHeadProps {
  readonly session: LiveSession;
  readonly isOver: boolean;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly onStep: (step: Step) => void;
}

export function SessionHead({ session, isOver, heading, onStep }: SessionHeadProps) {
  const { principal, via, opened_at, reached } = session;
  return (
    <header class="desk-head">
      <div class="desk-title">
        <h1 id="session-title" tabIndex={-1} ref={heading}>
          <Principal id={principal.id} kind={principal.kind} />
        </h1>
        <p class="desk-under">
          {principal.on_behalf_of !== undefined && (
            <span>
              on behalf of{" "}
              <strong>
                <Text value={principal.on_behalf_of} />
              </strong>
            </span>
          )}
          <span>
            {VIA[via].title}, connected <Ago at={opened_at} />
          </span>
          {!reached && !isOver && <Badge icon="wait">asleep or not reached just now</Badge>}
        </p>
      </div>
      {!isOver && <Endings session={session} onStep={onStep} />}
    </header>
  );
}

function Endings({ session, onStep }: Pick<SessionHeadProps, "session" | "onStep">) {
  const mayManage = useMay("sessions:manage");
  const mayRevoke = useMay("keys:admin");
  if (!mayManage) {
    return (
      <p class="quiet desk-why">
        To step in you need the permission <code>sessions:manage</code>.
      </p>
    );
  }
  const isOpen = session.via !== "stateless";
  return (
    <div class="desk-actions">
      <button
        type="button"
        class="button button-danger"
        disabled={!isOpen}
        aria-describedby={isOpen ? undefined : "why-not-disconnect"}
        onClick={() => onStep({ does: "disconnect" })}
      >
        Disconnect…
      </button>
      {mayRevoke && session.key_id !== undefined && (
        <button type="button" class="button button-danger" onClick={() => onStep({ does: "revoke" })}>
          Revoke its key…
        </button>
      )}
      {!isOpen && (
        <p class="quiet desk-why" id="why-not-disconnect">
          These are single requests: there is no session that could end.
        </p>
      )}
    </div>
  );
}
