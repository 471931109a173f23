// What a result can be shown as: MCP's content blocks (2026-07-28, server/tools §Tool Result).

export interface EmbeddedResource {
  readonly uri: string;
  readonly mimeType: string;
  readonly text: string;
}

export type ContentBlock =
  | { readonly type: "text"; readonly text: string }
  /** `data` is base64. */
  | { readonly type: "image" | "audio"; readonly data: string; readonly mimeType: string }
  | { readonly type: "resource"; readonly resource: EmbeddedResource }
  | { readonly type: "resource_link"; readonly uri: string; readonly name: string; readonly mimeType?: string };
