// The page on which a human allows a client to act for them. Every word about the client is the client's own, so all are escaped.

import type { ConsentDescription } from "@cloudflare/workers-oauth-provider";

export interface Page {
  readonly consent: ConsentDescription;
  readonly handle: string;
  readonly asks: "nothing" | "code";
}

export function consentPage({ consent, handle, asks }: Page): string {
  const name = escape(consent.clientName);
  return page(
    `Allow ${name}?`,
    `<p>${name} ${publisher(consent)} wants to act for you at Gatehouse. Access will be sent to <strong>${escape(consent.redirectHost)}</strong>.</p>
${consent.redirectIsLoopback ? "<p><strong>That is a program on your own computer.</strong> Go on only if you have just started signing in from it.</p>" : ""}
<form method="post">
<input type="hidden" name="handle" value="${escape(handle)}">
<fieldset><legend>What it may do, as far as your roles allow it</legend>
${consent.scope.map(checkbox).join("\n")}
</fieldset>
${asks === "code" ? CODE_FIELDS : ""}
<p><button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></p>
</form>`,
  );
}

export function messagePage(message: string): string {
  return page("This cannot go on", `<p>${escape(message)}</p>`);
}

function publisher({ clientDomain }: ConsentDescription): string {
  return clientDomain === undefined ? "(which nobody vouches for)" : `of <strong>${escape(clientDomain)}</strong>`;
}

function checkbox(scope: string): string {
  const value = escape(scope);
  return `<label><input type="checkbox" name="scope" value="${value}" checked> ${value}</label><br>`;
}

const CODE_FIELDS = `<p><label>Your address <input name="email" type="email" required></label></p>
<p><label>The code in the terminal <input name="code" autocomplete="off" required></label></p>`;

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
${body}
</html>`;
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
