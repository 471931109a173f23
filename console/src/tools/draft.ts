// What somebody has begun to write for a tool.

export interface Draft {
  /** By parameter, as text; "" leaves one out. Of a list, one item a line. */
  readonly values: Readonly<Record<string, string>>;
  /** The request as it was edited by hand; undefined as long as nobody has. */
  readonly raw: string | undefined;
  readonly tab: "form" | "raw";
}

export const EMPTY_DRAFT: Draft = { values: {}, raw: undefined, tab: "form" };
