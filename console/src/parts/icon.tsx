// Small drawings beside words. They say nothing that the words do not, so screen readers pass over them.

const PATHS = {
  gate: "M3 13.5V7a5 5 0 0 1 10 0v6.5M8 5.5v8M1.5 13.5h13",
  check: "m3 8.5 3.2 3.2L13 5",
  cross: "m4 4 8 8m0-8-8 8",
  clock: "M8 4.5V8l2.4 1.6M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0",
  warning: "M8 6v3m0 2.2v.1M7.1 2.7 1.7 12a1 1 0 0 0 .9 1.5h10.8a1 1 0 0 0 .9-1.5L8.9 2.7a1 1 0 0 0-1.8 0",
  info: "M8 7.4v3.4m0-5.7v.1M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0",
  back: "M12.5 8h-9m4-4-4 4 4 4",
  power: "M8 2v5.5m3.6-4A5.5 5.5 0 1 1 4.4 3.5",
  inbox: "M2 9.5h3.2l1 2h3.6l1-2H14M3.6 3.5h8.8L14 9.5v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1v-3z",
  lock: "M4.5 7V5a3.5 3.5 0 0 1 7 0v2M3.5 7h9v6.5h-9z",
  change: "M2.5 6h9L9 3.5m4.5 6.5h-9L7 12.5",
  person: "M8 7.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5m-5.5 6.5a5.5 5.5 0 0 1 11 0",
  agent:
    "M8 2.2v2M4 4.2h8a1.3 1.3 0 0 1 1.3 1.3v5A1.3 1.3 0 0 1 12 11.8H4a1.3 1.3 0 0 1-1.3-1.3v-5A1.3 1.3 0 0 1 4 4.2M5.9 7.4v1.2m4.2-1.2v1.2M5.5 14h5",
  wait: "M4.5 2.5h7M4.5 13.5h7M5 2.5c0 3 6 3.2 6 5.5s-6 2.5-6 5.5m6-11c0 3-6 3.2-6 5.5s6 2.5 6 5.5",
  skip: "M3 8h10",
  question: "M6 6.2a2 2 0 1 1 3 1.8c-.7.4-1 .8-1 1.5m0 2v.1M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0",
  pulse: "M1.5 8.5h3l2-5 3 9 2-4h3",
  list: "M5.5 4h8m-8 4h8m-8 4h8M2.5 4h.1m-.1 4h.1m-.1 4h.1",
  chart: "M2.5 2.5v11h11M5.5 11V8m3 3V5m3 6V7",
  tool: "M9.6 6.4 3 13m7.2-10.6a3.3 3.3 0 0 0 3.4 4.4L11.4 9 7 4.6l2.2-2.2z",
  key: "M6 10.5a3 3 0 1 1 0-5 3 3 0 0 1 2.6 1.5h5.4v2.5h-2v1.5h-2V9.5H8.2",
  copy: "M5.5 5.5v-3h8v8h-3m-8-5h8v8h-8z",
  next: "m6 3.5 4.5 4.5L6 12.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
