// Making a key, or leaving it.

export interface MakeButtonsProps {
  /** What it is called, and what it is called while it is done. */
  readonly words: readonly [string, string];
  readonly isBusy: boolean;
  readonly onCancel: () => void;
}

export function MakeButtons({ words: [word, busyWord], isBusy, onCancel }: MakeButtonsProps) {
  return (
    <div class="modal-buttons">
      <button type="submit" class="button button-primary" disabled={isBusy}>
        {isBusy ? busyWord : word}
      </button>
      <button type="button" class="button" onClick={onCancel} disabled={isBusy}>
        Cancel
      </button>
    </div>
  );
}
