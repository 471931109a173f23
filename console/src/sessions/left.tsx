// What a session has left: of its limits, and of its principal's quota.

import { Meter } from "../parts/meter.tsx";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import { limitOf } from "./words.ts";
import type { LiveSession } from "./api.ts";

export function Left({ session }: { readonly session: LiveSession }) {
  const { limits, quota, reached } = session;
  return (
    <section class="block" aria-labelledby="left">
      <h2 id="left">Limits</h2>
      {quota && <Quota quota={quota} />}
      {limits.length === 0 ? (
        <p class="quiet">
          {reached ? "All of its limits are full: it may call every tool as often as it says." : "Not known just now."}
        </p>
      ) : (
        <ul class="meters" aria-label="Left of each limit">
          {limits.map(({ name, rate, left }) => (
            <li key={name} class="meter-row">
              <code>
                <Text value={name} />
              </code>
              <Meter value={left} max={limitOf(rate)} of="left" />
              <span class={`meter-words${left < 1 ? " tight" : ""}`}>
                {Math.max(0, Math.floor(left)).toLocaleString("en")} left of <Text value={rate} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {limits.length > 0 && <p class="quiet">Limits that are full are not listed.</p>}
    </section>
  );
}

function Quota({ quota: { limit, used, period, resets_at } }: { readonly quota: NonNullable<LiveSession["quota"]> }) {
  return (
    <div class="left-quota">
      <p class="left-words">
        <span>Quota of the principal</span>
        <span>
          <strong>{used.toLocaleString("en")}</strong> of {limit.toLocaleString("en")} units used this{" "}
          <Text value={period} />
        </span>
      </p>
      <Meter value={used} max={limit} of="used" />
      <p class="quiet">
        Shared by all its sessions; begins again at <When at={resets_at} />.
      </p>
    </div>
  );
}
