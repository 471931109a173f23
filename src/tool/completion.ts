// Where suggestions for an argument come from: a fixed list, or the answer of a tool the caller may call.

export type Completion =
  | { readonly values: readonly string[] }
  /** The clusters of this deployment. */
  | { readonly from: "clusters" }
  | {
      readonly tool: string;
      /** From the arguments that are known so far. */
      readonly args: (known: Readonly<Record<string, string>>) => object;
      readonly pick: (result: unknown) => readonly string[];
    };
