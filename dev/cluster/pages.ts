// Lists in pages: an opaque continue token that names the last item seen, and the moment of the list it belongs to.
import * as z from "zod";
import { ApiRefusal } from "./api-status.ts";

const EXPIRED =
  "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results.";

/** The form that the API server uses. A resource version of -1 asks for the rest as it is now, consistent or not. */
const Position = z.object({ v: z.literal("meta.k8s.io/v1"), rv: z.int(), start: z.string().endsWith("\0") });

export interface PageRequest {
  readonly limit: string | null;
  readonly continueToken: string | null;
  /** The list's resource version. */
  readonly version: number;
  /** Tokens of an older version are expired. */
  readonly oldest: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly continueToken?: string;
  readonly remaining: number;
}

/** `items` are in the order of their keys, as the API server's are. */
export function page<T>(items: readonly T[], keyOf: (item: T) => string, request: PageRequest): Page<T> {
  const limit = parseLimit(request.limit);
  const after = request.continueToken ? position(request.continueToken, request) : undefined;
  const rest = after === undefined ? items : items.filter((item) => keyOf(item) > after);
  const shown = limit === 0 ? rest : rest.slice(0, limit);
  const last = shown.at(-1);
  const remaining = rest.length - shown.length;
  if (remaining === 0 || last === undefined) return { items: shown, remaining };
  return { items: shown, remaining, continueToken: encode(keyOf(last), request.version) };
}

function parseLimit(text: string | null): number {
  if (text === null || text === "") return 0;
  if (!/^\d{1,9}$/.test(text)) throw new ApiRefusal(400, `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

function position(token: string, { version, oldest }: PageRequest): string {
  const parsed = Position.safeParse(decode(token));
  if (!parsed.success) throw new ApiRefusal(400, "invalid continue token: continue key is not valid");
  const { rv, start } = parsed.data;
  const name = start.slice(0, -1).replace(/^\//, "");
  if (rv !== -1 && (rv < oldest || rv > version))
    throw new ApiRefusal(410, EXPIRED, { continueToken: encode(name, -1) });
  return name;
}

function encode(name: string, version: number): string {
  const position = { v: "meta.k8s.io/v1", rv: version, start: `/${name}\0` } satisfies z.input<typeof Position>;
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

function decode(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
  } catch {
    return undefined; // refused by the schema, like any other text that is not a position
  }
}
