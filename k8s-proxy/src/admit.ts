// Who may ask what: every call goes through here before anything of it is done. The order of the steps is the security policy.
import { readAtMost } from "./bounded-body.ts";
import { fail } from "./failure.ts";
import { reachOf } from "./reach.ts";
import { ok } from "./result.ts";

import type { Authenticate } from "./authenticate.ts";
import type { TokenClaims } from "./contract/index.ts";
import type { Failure } from "./failure.ts";
import type { Result } from "./result.ts";

const MAX_BODY_BYTES = 64 * 1024;

export interface AdmitOptions {
  readonly authenticate: Authenticate;
  /** The namespaces of this cluster that are open, as names or globs: the last word, whatever the Worker granted. */
  readonly allowedNamespaces: readonly string[];
  /** The account was found to hold more than reading: then nothing is answered, over whichever connection it is asked. */
  readonly isViolated: () => boolean;
}

export interface Admission<A> {
  readonly result: Result<Admitted<A>, Failure>;
  /** Who asked, once the token has held. */
  readonly claims?: TokenClaims;
}

export interface Admitted<A> {
  readonly asked: A;
  readonly claims: TokenClaims;
}

export async function admit<A extends { readonly namespace: string | undefined }>(
  request: Request,
  parse: (body: unknown) => Result<A, Failure>,
  options: AdmitOptions,
): Promise<Admission<A>> {
  const authenticated = await options.authenticate(
    { authorization: request.headers.get("authorization") ?? undefined, path: new URL(request.url).pathname },
    () => readBody(request),
  );
  if (!authenticated.ok) return { result: authenticated };
  const { claims, body } = authenticated.value;
  if (options.isViolated()) return { result: VIOLATED, claims };

  const parsed = parseJson(body);
  const asked = parsed.ok ? parse(parsed.value) : parsed;
  if (!asked.ok) return { result: asked, claims };

  const guarded = guard(asked.value.namespace, claims, options.allowedNamespaces);
  return { result: guarded.ok ? ok({ asked: asked.value, claims }) : guarded, claims };
}

const VIOLATED = fail(
  "cluster_unavailable",
  "The cluster's proxy is out of service: its account may do more than read",
  {
    detail: "/readyz on the internal port names the rules",
  },
);

/** The token is what the Worker authorised, the allow-list what this cluster's owners did: a call needs both. */
function guard(
  namespace: string | undefined,
  { namespaces }: TokenClaims,
  allowed: readonly string[],
): Result<undefined, Failure> {
  if (namespace === undefined) return ok(undefined);
  if (!reachOf(namespaces, ["*"]).has(namespace)) {
    return fail("namespace_not_allowed", `The call's token does not cover namespace ${namespace}`);
  }
  if (!reachOf(["*"], allowed).has(namespace)) {
    return fail("namespace_not_allowed", `Namespace ${namespace} is not open to Gatehouse in this cluster`, {
      detail: "to open it, add it to ALLOWED_NAMESPACES and bind the proxy's service account there",
    });
  }
  return ok(undefined);
}

async function readBody(request: Request): Promise<Result<Uint8Array, Failure>> {
  const body = await readAtMost(request.body, MAX_BODY_BYTES);
  return body.ok ? body : fail("invalid_request", `The body may have ${MAX_BODY_BYTES} bytes at most`);
}

function parseJson(body: Uint8Array): Result<unknown, Failure> {
  try {
    return ok<unknown>(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body)));
  } catch {
    return fail("invalid_request", "The body is not JSON in UTF-8");
  }
}
