// Something to know before going on.

import { Icon } from "./icon.tsx";
import type { ComponentChildren } from "preact";
import type { IconName } from "./icon.tsx";

export type Tone = "info" | "warning" | "danger" | "good";

const ICONS = {
  info: "info",
  warning: "warning",
  danger: "warning",
  good: "check",
} as const satisfies Record<Tone, IconName>;

export interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly id?: string;
  /** Interrupts whoever listens: for what just went wrong, and nothing else. */
  readonly isUrgent?: boolean;
  readonly children?: ComponentChildren;
}

export function Notice({ tone, title, id, isUrgent = false, children }: NoticeProps) {
  return (
    <div class={`notice notice-${tone}`} id={id} role={isUrgent ? "alert" : undefined}>
      <Icon name={ICONS[tone]} />
      <div class="notice-body">
        {title !== undefined && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
