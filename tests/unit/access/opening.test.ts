import { describe, expect, it } from "vitest";
import { encodeOpening, requireOpening } from "../../../src/access/opening.ts";
import { principal } from "../../support/people.ts";

const OPENING = { sessionId: "s", via: "socket", verified: { principal: principal(), verifiedAtMs: 1 } } as const;

describe("the opening of a session", () => {
  it("arrives as it was sent, whatever a name holds", () => {
    const opening = {
      ...OPENING,
      verified: { ...OPENING.verified, principal: { ...principal(), onBehalfOf: "Jürgen\r\nx: 你好 🛰" } },
    };

    const header = encodeOpening(opening);

    expect(header).toMatch(/^[\x21-\x7e]+$/);
    expect(requireOpening(header)).toEqual(opening);
  });

  it.each([null, "", "{}", "%", encodeURIComponent(JSON.stringify({ ...OPENING, isAdmin: true }))])(
    "is refused when it is not what the Worker writes: %j",
    (header) => {
      expect(() => requireOpening(header)).toThrow();
    },
  );
});
