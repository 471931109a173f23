// The image without Docker: a layout that any registry client reads, and the same bytes from the same files.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { proxyImage } from "../image.ts";
import { writeLayout } from "../image/oci-layout.ts";
import { rootFiles } from "../image/root-files.ts";
import { RUNTIME_ENVIRONMENT } from "../image/runtime.ts";
import { tar } from "../image/tar.ts";

import type { TarEntry } from "../image/tar.ts";

const text = (path: string, content: string, isExecutable = false): TarEntry => ({
  path,
  content: Buffer.from(content),
  isExecutable,
});
/** As the real one has it, only that Node.js is a few bytes. */
const ROOT = [text("/usr/bin/node", "not really", true), text("/etc/passwd", "nonroot"), text("/lib/libc.so.6", "c")];
const PROGRAMS = { main: Buffer.from("export {};"), actions: Buffer.from("export {}; // acts") };

const Descriptor = z.object({ digest: z.string(), size: z.int(), mediaType: z.string() });
const Index = z.object({
  manifests: z.tuple([Descriptor.extend({ platform: z.object({ os: z.string(), architecture: z.string() }) })]),
});
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
const Config = z.object({
  created: z.string(),
  architecture: z.string(),
  config: z.object({
    User: z.string(),
    Entrypoint: z.array(z.string()),
    Cmd: z.array(z.string()),
    Env: z.array(z.string()),
  }),
  rootfs: z.object({ diff_ids: z.array(z.string()) }),
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "image-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name = "layout", root = ROOT) => writeLayout(join(folder, name), proxyImage(root, PROGRAMS, "amd64"));
const sha256 = (content: Uint8Array) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

/** The blob behind a descriptor, which must be what it says. */
function blob({ digest, size }: z.output<typeof Descriptor>): Buffer {
  const content = readFileSync(join(folder, "layout", "blobs", digest.replace(":", "/")));
  expect([sha256(content), content.byteLength]).toEqual([digest, size]);
  return content;
}

function layout() {
  const index = Index.parse(JSON.parse(readFileSync(join(folder, "layout", "index.json"), "utf8")));
  const manifest = Manifest.parse(JSON.parse(blob(index.manifests[0]).toString("utf8")));
  const config = Config.parse(JSON.parse(blob(manifest.config).toString("utf8")));
  return { index, manifest, config };
}

describe("the layout", () => {
  it("holds together: every digest and size is that of its blob", async () => {
    const digest = await write();

    const { index, manifest, config } = layout();

    expect(index.manifests[0]).toMatchObject({ digest, platform: { os: "linux", architecture: "amd64" } });
    expect(manifest.layers.map((layer) => sha256(gunzipSync(blob(layer))))).toEqual(config.rootfs.diff_ids);
  });

  it("holds both programs, so that a pod can run the other by its arguments", async () => {
    await write();

    const { manifest } = layout();
    const programs = gunzipSync(blob(z.array(Descriptor).parse(manifest.layers)[1] ?? manifest.config));

    expect(programs.toString("utf8")).toMatch(/app\/actions\.mjs[^]*acts[^]*app\/main\.mjs/);
  });

  it("runs the bundle as nobody, in the environment that was measured", async () => {
    await write();

    const { config } = layout();

    expect(config).toMatchObject({
      created: "1970-01-01T00:00:00Z",
      config: { User: "65532:65532", Entrypoint: ["/usr/bin/node"], Cmd: ["/app/main.mjs"] },
    });
    expect(config.config.Env).toContain("MALLOC_ARENA_MAX=1");
  });

  it("is the same from the same files, in whatever order they are found", async () => {
    const digests = [await write("one"), await write("two", ROOT.toReversed())];

    expect(digests[0]).toBe(digests[1]);
    expect(readFileSync(join(folder, "one", "index.json"))).toEqual(readFileSync(join(folder, "two", "index.json")));
  });

  it("is another when one byte of one file is", async () => {
    expect(await write("one")).not.toBe(
      await write("two", [...ROOT.slice(1), text("/usr/bin/node", "not reallY", true)]),
    );
  });
});

describe("the archive", () => {
  it("is read by tar as it was written: folders first, no owner, no time", () => {
    const archive = join(folder, "archive.tar");
    execFileSync("sh", ["-c", `cat > ${archive}`], { input: tar(ROOT) });

    const listed = execFileSync("tar", ["--utc", "--full-time", "-tvf", archive]).toString();
    execFileSync("tar", ["-xf", archive, "-C", folder]);

    expect(
      listed
        .trim()
        .split("\n")
        .map((line) => line.replace(/\s+/g, " ")),
    ).toEqual([
      "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 etc/",
      "-rw-r--r-- 0/0 7 1970-01-01 00:00:00 etc/passwd",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 lib/",
      "-rw-r--r-- 0/0 1 1970-01-01 00:00:00 lib/libc.so.6",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 usr/",
      "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 usr/bin/",
      "-rwxr-xr-x 0/0 10 1970-01-01 00:00:00 usr/bin/node",
    ]);
    expect(readFileSync(join(folder, "usr", "bin", "node"), "utf8")).toBe("not really");
  });

  it("refuses what it could not hold", () => {
    expect(() => tar([text(`/${"x".repeat(101)}`, "")])).toThrow("too long");
    expect(() => tar([text("/a", "1"), text("a", "2")])).toThrow("one path");
  });
});

describe.runIf(process.platform === "linux")("the files around the program", () => {
  it("are those that a small program is linked with, and nobody but nonroot", () => {
    const files = rootFiles("/bin/true").map(({ path }) => path);

    expect(files).toEqual(
      expect.arrayContaining([
        "/usr/bin/node",
        "/etc/passwd",
        "/etc/nsswitch.conf",
        "/etc/ssl/certs/ca-certificates.crt",
      ]),
    );
    expect(files.some((path) => path.endsWith("/libc.so.6"))).toBe(true);
    expect(files.some((path) => path.includes("/ld-"))).toBe(true);
  });
});

describe("the Dockerfile", () => {
  const dockerfile = readFileSync(new URL("../Dockerfile", import.meta.url), "utf8");

  it("starts the same program as the same user in the same environment", () => {
    for (const [name, value] of Object.entries(RUNTIME_ENVIRONMENT)) expect(dockerfile).toContain(`${name}=${value}`);
    expect(dockerfile).toContain("USER 65532:65532");
    expect(dockerfile).toContain('CMD ["/app/main.mjs"]');
  });

  it("ends with an image that has no shell, no package manager and nothing but the bundle", () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM "));

    expect(last).toContain("gcr.io/distroless/nodejs24-debian13:nonroot");
    expect(last.match(/^COPY .*$/gm)).toEqual([
      "COPY --from=bundle /app/dist/k8s-proxy/main.mjs /app/dist/k8s-proxy/actions.mjs /app/",
    ]);
    expect(last).not.toMatch(/^RUN /m);
  });
});
