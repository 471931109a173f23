// An OAuth 2.1 authorization server for teams without an identity provider. Gatehouse knows it only as an issuer of tokens.

import { env } from "cloudflare:workers";
import { causeOf, log } from "../src/log.ts";
import { publishedKeys } from "./access-tokens.ts";
import { authorize } from "./authorize.ts";
import { requireSettings } from "./settings.ts";
import { signIn } from "./sign-in.ts";
import { answerProtocol, AUTHORIZE_PATH, KEYS_PATH, library } from "./token-endpoint.ts";
import type { Storage } from "./token-endpoint.ts";

const settings = requireSettings(env);
const server = library(settings);

async function route(request: Request, storage: Storage, ctx: ExecutionContext): Promise<Response> {
  switch (new URL(request.url).pathname) {
    case "/health":
      return Response.json({ status: "ok" });
    case KEYS_PATH:
      return publishedKeys(settings);
    case AUTHORIZE_PATH:
      return authorize(request, { oauth: server.getOAuthApi(storage), signIn: signIn(settings, storage) });
    default:
      return answerProtocol(request, { library: server, settings, storage }, ctx);
  }
}

export default {
  async fetch(request, storage, ctx) {
    try {
      return await route(request, storage, ctx);
    } catch (cause) {
      log("error", "http.crashed", causeOf(cause));
      return Response.json({ error: "server_error" }, { status: 500, headers: { "cache-control": "no-store" } });
    }
  },
  async scheduled(_controller, storage) {
    await server.purgeExpiredData(storage);
  },
} satisfies ExportedHandler<Storage>;
