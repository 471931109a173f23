// One question to the audit database, and its order: read through a cursor, or page by page where there is none.

/** Every column is PostgreSQL's own text. */
export type TextRow = Readonly<Record<string, string | null>>;

export interface OrderedBy {
  /** As it stands in ORDER BY: `chain_id collate "C"`. */
  readonly expression: string;
  /** What the text of the row is cast to, to go on behind it. */
  readonly type: string;
  /** The column of the answer that holds it. */
  readonly column: string;
}

export interface Listing {
  /** `select … from …`, with every column cast to text. */
  readonly select: string;
  /** All of them have to hold. */
  readonly where: readonly string[];
  readonly values: readonly (string | readonly string[])[];
  /** No two rows are alike in all of them. */
  readonly order: readonly OrderedBy[];
  readonly descending?: boolean;
}

export interface Question {
  readonly text: string;
  readonly values: readonly (string | readonly string[])[];
}

export function questionOf(listing: Listing): Question {
  return { text: `${listing.select}${whereOf(listing.where)} ${orderOf(listing)}`, values: listing.values };
}

/** The next rows behind one of them; the first ones without it. */
export function pageOf(listing: Listing, after: TextRow | undefined, limit: number): Question {
  const { select, where, values, order, descending } = listing;
  const keys = after ? order.map(({ column }) => after[column] ?? "") : [];
  const places = order.map(({ type }, index) => `$${values.length + index + 1}::${type}`);
  const columns = order.map(({ expression }) => expression);
  const behind = after ? [`(${columns.join(", ")}) ${descending ? "<" : ">"} (${places.join(", ")})`] : [];
  const text = `${select}${whereOf([...where, ...behind])} ${orderOf(listing)} limit ${limit}`;
  return { text, values: [...values, ...keys] };
}

function whereOf(where: readonly string[]): string {
  return where.length === 0 ? "" : ` where ${where.join(" and ")}`;
}

function orderOf({ order, descending }: Listing): string {
  return `order by ${order.map(({ expression }) => `${expression}${descending ? " desc" : ""}`).join(", ")}`;
}
