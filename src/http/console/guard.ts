// What must be true of a request before it is believed to come from our own page, and what its body must be.

import * as z from "zod";
import { err, ok } from "../../result.ts";
import { CSRF_HEADER } from "./contract.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Visit } from "./asked.ts";

/** A decision, with its reason. */
const MAX_BODY_BYTES = 16 * 1_024;

/**
 * A browser adds the cookie, and Access its assertion, to whatever page asks. Our own page alone can read `/me`, and so
 * know what must stand in the header. A bearer token no browser adds by itself.
 */
export function checkSamePage(request: Request, { via, csrf }: Visit): Result<undefined, Problem> {
  if (via === "bearer") return ok(undefined);
  const origin = checkOwnOrigin(request);
  if (!origin.ok) return origin;
  return request.headers.get(CSRF_HEADER) === csrf ? ok(undefined) : err(csrfRefused("csrf_token"));
}

/** Exactly this origin. One that is not said is refused as well. */
export function checkOwnOrigin({ headers, url }: Request): Result<undefined, Problem> {
  const site = headers.get("sec-fetch-site");
  const isOwn = headers.get("origin") === new URL(url).origin && (site === null || site === "same-origin");
  return isOwn ? ok(undefined) : err(csrfRefused("origin"));
}

export async function readJson<T>(
  request: Request,
  schema: z.ZodType<T>,
  maxBytes = MAX_BODY_BYTES,
): Promise<Result<T, Problem>> {
  // A form of another page can send text, and never this type without being asked first.
  if (!/^application\/json\b/i.test(request.headers.get("content-type") ?? "")) return err(NOT_JSON);
  const text = await boundedText(request, maxBytes);
  if (text === undefined) return err(tooLarge(maxBytes));
  const parsed = schema.safeParse(parse(text));
  if (parsed.success) return ok(parsed.data);
  return err({ status: 400, reason: "invalid_request", detail: z.prettifyError(parsed.error).slice(0, 1_000) });
}

async function boundedText(request: Request, maxBytes: number): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  const body: ReadableStream<Uint8Array> | null = request.body;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What is no JSON matches no schema, which then says what was expected.
    return undefined;
  }
}

function csrfRefused(why: string): Problem {
  const detail = "This must come from the console's own page: reload it and try again.";
  return { status: 403, reason: "csrf", detail, why };
}

const NOT_JSON: Problem = {
  status: 415,
  reason: "unsupported_media_type",
  detail: "Send JSON with Content-Type: application/json.",
};

function tooLarge(maxBytes: number): Problem {
  return { status: 413, reason: "payload_too_large", detail: `A body may hold ${maxBytes} bytes.` };
}
