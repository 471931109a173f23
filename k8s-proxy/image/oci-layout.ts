// An OCI image layout on disk, of layers that are given as files: the same files make the same digest.
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { PORTS, RUNTIME_ENVIRONMENT, USER } from "./runtime.ts";
import { tar } from "./tar.ts";

import type { TarEntry } from "./tar.ts";

export interface Image {
  /** From the bottom: what changes seldom first, so that registries and nodes keep it. */
  readonly layers: readonly (readonly TarEntry[])[];
  readonly architecture: string;
  readonly entrypoint: readonly string[];
  /** What a pod's `args` stand in for. */
  readonly command: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

const compress = promisify(gzip);
const TYPE = "application/vnd.oci.image";
/** An image has no date of its own: the same source makes the same image on every day. */
const CREATED = "1970-01-01T00:00:00Z";

/** Empties the folder first. Resolves with the manifest's digest: what a Deployment names the image by. */
export async function writeLayout(folder: string, image: Image): Promise<string> {
  const blobs = join(folder, "blobs", "sha256");
  await rm(folder, { recursive: true, force: true });
  await mkdir(blobs, { recursive: true });
  const put = async (content: Uint8Array, mediaType: string): Promise<Descriptor> => {
    const hash = sha256(content);
    await writeFile(join(blobs, hash), content);
    return { mediaType, digest: `sha256:${hash}`, size: content.byteLength };
  };
  const putJson = (value: unknown, mediaType: string) => put(Buffer.from(JSON.stringify(value)), mediaType);

  const layers: Descriptor[] = [];
  const diffIds: string[] = [];
  for (const entries of image.layers) {
    const archive = tar(entries);
    diffIds.push(`sha256:${sha256(archive)}`);
    layers.push(await put(await compress(archive, { level: 9 }), `${TYPE}.layer.v1.tar+gzip`));
  }

  const config = await putJson(configOf(image, diffIds), `${TYPE}.config.v1+json`);
  const manifestType = `${TYPE}.manifest.v1+json`;
  const manifest = await putJson({ schemaVersion: 2, mediaType: manifestType, config, layers }, manifestType);
  const platform = { os: "linux", architecture: image.architecture };
  const index = { schemaVersion: 2, mediaType: `${TYPE}.index.v1+json`, manifests: [{ ...manifest, platform }] };
  await writeFile(join(folder, "index.json"), JSON.stringify(index));
  await writeFile(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return manifest.digest;
}

function configOf({ architecture, entrypoint, command, labels }: Image, diffIds: readonly string[]): object {
  return {
    created: CREATED,
    architecture,
    os: "linux",
    config: {
      User: USER,
      ExposedPorts: Object.fromEntries(PORTS.map((port) => [`${port}/tcp`, {}])),
      Env: Object.entries(RUNTIME_ENVIRONMENT).map(([name, value]) => `${name}=${value}`),
      Entrypoint: entrypoint,
      Cmd: command,
      WorkingDir: "/app",
      Labels: labels,
    },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: diffIds.map(() => ({ created: CREATED, created_by: "k8s-proxy/image.ts" })),
  };
}

function sha256(content: Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
