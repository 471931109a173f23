// How the order of arrival is walked through: never up to now, and never through much of it in one question.

/**
 * A row has the time at which its statement began, and is seen when it has ended: four times later than any of ours may take.
 * Whoever reads closer to now leaves rows behind for good.
 */
export const SETTLED_MS = 60_000;

/** Each page is sorted out of its span, so spans are short where there is much. */
export const SPAN_MS = 3_600_000;
