// Short marks: how risky, in which state, and what else there is to know at a glance. Each has a word, none only a colour.

import { Icon } from "./icon.tsx";
import type { ComponentChildren } from "preact";
import type { ApprovalCard, ApprovalState, Risk } from "../api/contract.ts";
import type { IconName } from "./icon.tsx";
import type { Tone } from "./notice.tsx";

const LEVELS = { low: 1, medium: 2, high: 3 } as const satisfies Record<Risk, number>;

/** One, two or three bars, and the word. */
export function RiskBadge({ risk }: { readonly risk: Risk }) {
  return (
    <span class={`badge risk risk-${risk}`}>
      <svg class="bars" viewBox="0 0 12 10" aria-hidden="true" focusable="false">
        {[1, 2, 3].map((bar) => (
          <rect
            key={bar}
            class={bar <= LEVELS[risk] ? "bar-full" : "bar-empty"}
            x={(bar - 1) * 4.5}
            y={9 - bar * 3}
            width="3"
            height={bar * 3}
            rx="0.75"
          />
        ))}
      </svg>
      {risk} risk
    </span>
  );
}

export interface BadgeProps {
  readonly tone?: Tone | "plain";
  readonly icon?: IconName;
  readonly children: ComponentChildren;
}

export function Badge({ tone = "plain", icon, children }: BadgeProps) {
  return (
    <span class={`badge badge-${tone}`}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}

const STATES = {
  requested: { tone: "info", icon: "wait", word: "waiting" },
  approved: { tone: "good", icon: "check", word: "approved" },
  rejected: { tone: "danger", icon: "cross", word: "rejected" },
  expired: { tone: "plain", icon: "clock", word: "expired" },
  cancelled: { tone: "plain", icon: "cross", word: "withdrawn" },
  revoked: { tone: "danger", icon: "lock", word: "revoked" },
  consumed: { tone: "info", icon: "next", word: "started" },
} as const satisfies Record<ApprovalState, { tone: Tone | "plain"; icon: IconName; word: string }>;

export function StateBadge({ state }: { readonly state: ApprovalCard["state"] }) {
  const { tone, icon, word } = STATES[state];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
