// The end of a stream told as a fact and not as an exception, whoever ended it.

/** What came before the wire broke is what there is. Only the wire's own end is caught here, and no fault of a reader. */
export async function* untilBroken(
  body: AsyncIterable<Uint8Array>,
  wire: { isBroken: boolean },
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch {
    // The deadline, the caller or the cluster ended it; whoever asked looks which.
    wire.isBroken = true;
  }
}
