// The calls of a session that are under way.

import { EffectBadge } from "../parts/effect-badge.tsx";
import { Text } from "../parts/text.tsx";
import { useMay } from "../state/use-may.ts";
import { Elapsed } from "./elapsed.tsx";
import type { InFlightCall, LiveSession } from "./api.ts";
import type { Step } from "./stepping-in.tsx";

export interface InFlightProps {
  readonly session: LiveSession;
  readonly isOver: boolean;
  readonly onStep: (step: Step) => void;
}

export function InFlight({ session, isOver, onStep }: InFlightProps) {
  const { in_flight, reached, calls_per_minute } = session;
  return (
    <section class="block" aria-labelledby="under-way">
      <h2 id="under-way">
        Under way <span class="quiet">{isOver ? 0 : in_flight.length}</span>
      </h2>
      {isOver || in_flight.length === 0 ? (
        <p class="quiet">
          {reached ? "No call at the moment." : "Not known: the session was not reached when it was last asked."}
        </p>
      ) : (
        <ul class="calls">
          {in_flight.map((call) => (
            <Call key={call.call_id} call={call} onStep={onStep} />
          ))}
        </ul>
      )}
      {reached && !isOver && (
        <p class="quiet">
          <span class="figure">{calls_per_minute}</span> calls in the last minute
        </p>
      )}
    </section>
  );
}

function Call({ call, onStep }: { readonly call: InFlightCall; readonly onStep: (step: Step) => void }) {
  const mayManage = useMay("sessions:manage");
  const why = `why-not-${call.call_id}`;
  return (
    <li class="call">
      <span class="call-tool">
        <code>
          <Text value={call.tool} />
        </code>
        <EffectBadge effect={call.effect} />
      </span>
      <span class="call-time">
        <Elapsed since={call.since} />
      </span>
      <code class="call-id">
        <Text value={call.call_id} />
      </code>
      {mayManage && (
        <button
          type="button"
          class="button button-small"
          disabled={!call.may_cancel}
          aria-label={`Cancel ${call.tool}…`}
          aria-describedby={call.may_cancel ? undefined : why}
          onClick={() => onStep({ does: "cancel", call })}
        >
          Cancel…
        </button>
      )}
      {mayManage && !call.may_cancel && (
        <span class="quiet call-why" id={why}>
          It has begun to change something and is not torn.
        </span>
      )}
    </li>
  );
}
