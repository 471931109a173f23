// Several things in one place, of which one is shown. The arrows go from one to the next.

import { useId, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";

export interface Tab<K extends string> {
  readonly key: K;
  readonly title: string;
}

export interface TabsProps<K extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<K>[];
  readonly shown: K;
  readonly onShow: (key: K) => void;
  /** What belongs to the tab that is shown. */
  readonly children: ComponentChildren;
}

export function Tabs<K extends string>({ label, tabs, shown, onShow, children }: TabsProps<K>) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const step = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const from = tabs.findIndex(({ key }) => key === shown);
    const next = tabs[(from + by + tabs.length) % tabs.length];
    if (!next) return;
    onShow(next.key);
    list.current?.querySelector<HTMLElement>(`[data-tab="${CSS.escape(next.key)}"]`)?.focus();
  };
  return (
    <div class="tabbed">
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={step}>
        {tabs.map(({ key, title }) => (
          <button
            key={key}
            type="button"
            role="tab"
            id={`${id}-${key}`}
            data-tab={key}
            aria-selected={key === shown}
            aria-controls={`${id}-panel`}
            tabIndex={key === shown ? 0 : -1}
            onClick={() => onShow(key)}
          >
            {title}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${shown}`}>
        {children}
      </div>
    </div>
  );
}
