// RFC 6455 as far as a load generator needs it: frames made once and sent many times, answers found without being parsed.

/** Any key will do between two programs of one machine; a random one for every frame would cost more than the frame. */
const MASK = Buffer.from([0x1f, 0x2e, 0x3d, 0x4c]);
const TEXT = 0x81;
const CLOSE = 0x88;

/** A whole client message: one final, masked text frame (§5.2). */
export function textFrame(text: string): Buffer {
  return masked(TEXT, Buffer.from(text));
}

export function closeFrame(): Buffer {
  return masked(CLOSE, Buffer.from([0x03, 0xe8]));
}

function masked(first: number, payload: Buffer): Buffer {
  const { length } = payload;
  const head =
    length < 126 ? Buffer.from([first, 0x80 | length]) : Buffer.from([first, 0xfe, length >> 8, length & 0xff]);
  if (length > 0xffff) throw new Error("a frame of the benchmark is larger than 64 KiB");
  const body = payload.map((byte, index) => byte ^ (MASK[index % 4] ?? 0));
  return Buffer.concat([head, MASK, body]);
}

/** Cuts a stream of unmasked server frames; what is incomplete waits for the next chunk. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  read(chunk: Buffer, onFrame: (payload: Buffer) => void): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const start = payloadStart(data, at);
      if (start > data.length) break;
      const end = start + payloadLength(data, at);
      if (end > data.length) break;
      onFrame(data.subarray(start, end));
      at = end;
    }
    this.#rest = data.subarray(at);
  }
}

function payloadStart(data: Buffer, at: number): number {
  const short = (data[at + 1] ?? 0) & 0x7f;
  if (short < 126) return at + 2;
  return short === 126 ? at + 4 : at + 10;
}

function payloadLength(data: Buffer, at: number): number {
  const short = (data[at + 1] ?? 0) & 0x7f;
  if (short < 126) return short;
  return short === 126 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2));
}

export interface Reply {
  readonly id: number;
  readonly isError: boolean;
}

/** Our own servers begin their answers in the same way, so a few bytes tell all that is asked. */
const HEAD = '{"jsonrpc":"2.0","id":';
const LETTER_I = 0x69;
const LETTER_E = 0x65;
/** The SDK's servers say the id last, at times with the version behind it. */
const TAIL = /"id":(\d+)(,"jsonrpc":"2\.0")?\}$/;
const TAIL_BYTES = 48;
const OUTER_ERROR = /^\{("jsonrpc":"2\.0",)?"error"/;

/** Undefined for anything but an answer with a whole number as its id: a greeting, a close. */
export function readReply(payload: Buffer): Reply | undefined {
  if (payload[HEAD.indexOf("id")] !== LETTER_I) return readTail(payload);
  let id = 0;
  let at = HEAD.length;
  for (; at < payload.length; at++) {
    const digit = (payload[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    id = id * 10 + digit;
  }
  // After the number stands `,"result"` or `,"error"`.
  return { id, isError: payload[at + 2] === LETTER_E || hasFailed(payload) };
}

/** A tool of MCP that fails says so in its result, in few words: a longer answer is not searched for it. */
function hasFailed(payload: Buffer): boolean {
  return payload.length < 2_000 && payload.includes('"isError":true');
}

function readTail(payload: Buffer): Reply | undefined {
  const id = TAIL.exec(payload.toString("latin1", payload.length - TAIL_BYTES))?.[1];
  return id === undefined
    ? undefined
    : { id: Number(id), isError: OUTER_ERROR.test(payload.toString("latin1", 0, TAIL_BYTES)) || hasFailed(payload) };
}
