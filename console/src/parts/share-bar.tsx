// How large a part of a whole is, drawn; the number beside it says the same.

export function ShareBar({ part, whole }: { readonly part: number; readonly whole: number }) {
  const share = whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));
  return (
    <svg class="share-bar" aria-hidden="true" focusable="false">
      <rect width={`${(share * 100).toFixed(2)}%`} height="100%" rx="1.5" />
    </svg>
  );
}
