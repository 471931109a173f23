// Work that is done one at a time, and misses nobody who comes while it is done.

import { expect, it } from "vitest";
import { Turns } from "../../../src/objects/turns.ts";
import { gate, settled } from "../../support/gate.ts";

it("does what comes meanwhile in one more turn, after the one that is under way", async () => {
  const gates = [gate(), gate(), gate()];
  let begun = 0;
  const turns = new Turns(async () => {
    begun += 1;
    await gates[begun - 1]?.opened;
  });

  const first = turns.take();
  const [second, third] = [turns.take(), turns.take()];
  await settled();
  expect(begun).toBe(1);

  gates[0]?.open();
  await first;
  await settled();
  expect(begun).toBe(2);

  gates[1]?.open();
  await Promise.all([second, third]);
  expect(begun).toBe(2);
});

it("takes a turn for whoever comes in the moment in which one ends", async () => {
  let begun = 0;
  const turns = new Turns(() => {
    begun += 1;
    return Promise.resolve();
  });

  const first = turns.take();
  const second = turns.take();
  await Promise.all([first, second]);

  expect(begun).toBe(2);
});
