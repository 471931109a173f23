// A tar archive that is the same, byte for byte, whenever and wherever it is written: sorted, without owners and times.

export interface TarEntry {
  /** Absolute, as it will be in the image. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isExecutable?: boolean;
}

const BLOCK = 512;
const MAX_NAME_LENGTH = 100;

/** POSIX.1-1988 (ustar); the folders on the way to each file come before it. */
export function tar(entries: readonly TarEntry[]): Buffer {
  const files = new Map(entries.map((entry) => [nameOf(entry.path), entry]));
  if (files.size !== entries.length) throw new Error("two entries have one path");
  const folders = new Set([...files.keys()].flatMap(foldersOf));
  const blocks = [...files.keys(), ...folders].sort().flatMap((name) => {
    const file = files.get(name);
    if (file === undefined) return [header({ name, mode: 0o755, size: 0, type: "5" })];
    const { content, isExecutable = false } = file;
    const padding = Buffer.alloc((BLOCK - (content.byteLength % BLOCK)) % BLOCK);
    const mode = isExecutable ? 0o755 : 0o644;
    return [header({ name, mode, size: content.byteLength, type: "0" }), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function nameOf(path: string): string {
  const name = path.replace(/^\/+/, "");
  if (name.length > MAX_NAME_LENGTH) throw new Error(`${path} is too long for a tar archive of this form`);
  return name;
}

/** `usr/bin/node` lies in `usr/` and `usr/bin/`. */
function foldersOf(name: string): string[] {
  const parts = name.split("/").slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
}

interface Header {
  readonly name: string;
  readonly mode: number;
  readonly size: number;
  /** `0` is a file, `5` a folder. */
  readonly type: "0" | "5";
}

function header({ name, mode, size, type }: Header): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "ascii");
  block.write(name, 0, "utf8");
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  // The checksum is made as if its own field were spaces.
  block.write(`        ${type}`, 148, "ascii");
  block.write("ustar\u000000", 257, "ascii");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return block;
}
