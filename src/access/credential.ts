// What a caller may show: a bearer token, which is an API key or a JWT, or the assertion that Cloudflare Access adds.

import * as z from "zod";
import { fromBase64url } from "../bytes.ts";

export interface Credential {
  readonly kind: "bearer" | "access";
  readonly text: string;
}

const Issued = z.object({ iss: z.string() });

/** Whose token this claims to be: enough to choose who checks it, and proof of nothing. Undefined for what is no JWT. */
export function claimedIssuer(token: string): string | undefined {
  const payload = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(token)?.[1];
  if (payload === undefined) return undefined;
  try {
    return Issued.safeParse(JSON.parse(fromBase64url(payload))).data?.iss;
  } catch {
    // Neither base64url nor JSON, so nobody's token.
    return undefined;
  }
}
