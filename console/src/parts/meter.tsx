// How full something is, drawn; the words beside it say the same.

export interface MeterProps {
  readonly value: number;
  readonly max: number;
  /** `left`: little of it is a warning. `used`: much of it is. */
  readonly of: "left" | "used";
}

const SCARCE = 0.2;

export function Meter({ value, max, of }: MeterProps) {
  const share = max <= 0 ? 0 : Math.min(1, Math.max(0, value / max));
  const left = of === "left" ? share : 1 - share;
  const isEmpty = left <= 0 ? " meter-empty" : " meter-scarce";
  return (
    <svg class={`meter${left <= SCARCE ? isEmpty : ""}`} aria-hidden="true" focusable="false">
      <rect class="meter-ground" width="100%" height="100%" rx="3" />
      <rect class="meter-full" width={`${(share * 100).toFixed(1)}%`} height="100%" rx="3" />
    </svg>
  );
}
