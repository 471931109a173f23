// `npm run proxy:image`: an image without Docker. Writes an OCI layout to dist/k8s-proxy/image, the same bytes every time.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import manifest from "./package.json" with { type: "json" };
import { BUNDLE, bundle } from "./build.ts";
import { writeLayout } from "./image/oci-layout.ts";
import { NODE, rootFiles } from "./image/root-files.ts";

import type { Image } from "./image/oci-layout.ts";
import type { TarEntry } from "./image/tar.ts";

const LAYOUT = fileURLToPath(new URL("../dist/k8s-proxy/image", import.meta.url));
const PROGRAM = "/app/main.mjs";

/** As Go, and so every registry, calls them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

export function proxyImage(root: readonly TarEntry[], program: Uint8Array, architecture: string): Image {
  return {
    layers: [root, [{ path: PROGRAM, content: program }]],
    architecture,
    command: [NODE, PROGRAM],
    labels: {
      "org.opencontainers.image.title": manifest.name,
      "org.opencontainers.image.version": manifest.version,
      "org.opencontainers.image.licenses": manifest.license,
    },
  };
}

async function main(): Promise<void> {
  const architecture = ARCHITECTURES[process.arch];
  if (process.platform !== "linux" || architecture === undefined) {
    throw new Error(
      "the image is made of this machine's Node.js: run this on Linux, x64 or arm64, or use the Dockerfile",
    );
  }
  await bundle(BUNDLE);
  const digest = await writeLayout(LAYOUT, proxyImage(rootFiles(), await readFile(BUNDLE), architecture));
  process.stdout.write(`${LAYOUT}\n${digest}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
