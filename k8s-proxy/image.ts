// `npm run proxy:image`: an image without Docker. Writes an OCI layout to dist/k8s-proxy/image, the same bytes every time.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import manifest from "./package.json" with { type: "json" };
import { bundle, bundlePath, PROGRAMS } from "./build.ts";
import { writeLayout } from "./image/oci-layout.ts";
import { NODE, rootFiles } from "./image/root-files.ts";

import type { Program } from "./build.ts";
import type { Image } from "./image/oci-layout.ts";
import type { TarEntry } from "./image/tar.ts";

const LAYOUT = fileURLToPath(new URL("../dist/k8s-proxy/image", import.meta.url));
const FOLDER = "/app";

/** As Go, and so every registry, calls them. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

/** Which of its programs runs, a Deployment may say: `args: [/app/actions.mjs]`. */
export type Programs = Readonly<Record<keyof typeof PROGRAMS, Uint8Array>>;

export function proxyImage(root: readonly TarEntry[], programs: Programs, architecture: string): Image {
  const { main, actions } = PROGRAMS;
  return {
    layers: [
      root,
      [
        { path: `${FOLDER}/${main.file}`, content: programs.main },
        { path: `${FOLDER}/${actions.file}`, content: programs.actions },
      ],
    ],
    architecture,
    entrypoint: [NODE],
    command: [`${FOLDER}/${main.file}`],
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
  const [main, actions] = [await programOf(PROGRAMS.main), await programOf(PROGRAMS.actions)];
  const digest = await writeLayout(LAYOUT, proxyImage(rootFiles(), { main, actions }, architecture));
  process.stdout.write(`${LAYOUT}\n${digest}\n`);
}

async function programOf(program: Program): Promise<Uint8Array> {
  await bundle(program);
  return readFile(bundlePath(program));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
