// What a Node.js needs around it to run: itself, the libraries it is linked with, and the few files that those look for.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

import type { TarEntry } from "./tar.ts";

export const NODE = "/usr/bin/node";

const NOBODY_ELSE = {
  "/etc/passwd": "nonroot:x:65532:65532:nonroot:/app:/sbin/nologin\n",
  "/etc/group": "nonroot:x:65532:\n",
  "/etc/nsswitch.conf": "hosts: files dns\n",
};

/** Of the Node.js that runs this. The certificates are its own, so no file of the building machine decides whom to trust. */
export function rootFiles(node = process.execPath): TarEntry[] {
  const files = { ...NOBODY_ELSE, "/etc/ssl/certs/ca-certificates.crt": `${rootCertificates.join("\n")}\n` };
  return [
    { path: NODE, content: readFileSync(node), isExecutable: true },
    ...librariesOf(node).map((path) => ({ path, content: readFileSync(path), isExecutable: true })),
    ...Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) })),
  ];
}

/** Where the loader will look for each of them, which is where it found them here. */
function librariesOf(program: string): string[] {
  const lines = execFileSync("ldd", [program]).toString().split("\n");
  const paths = lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x[0-9a-f]+\)$/.exec(line)?.[1] ?? []);
  if (!paths.some((path) => path.includes("libc.so")))
    throw new Error(`ldd does not say what ${program} is linked with`);
  return [...new Set(paths)];
}
