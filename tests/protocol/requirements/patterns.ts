// What spans more than one message: questions, progress, cancellation, subscriptions.

import { both, only26 } from "./clauses.ts";

const MRTR = "basic/patterns/mrtr#server-requirements-basic-workflow";
const EARLIER_PROGRESS = "basic/utilities/progress";

export const patterns = [
  both(
    "mcp-progress-increases",
    "basic/patterns/progress#progress-flow",
    "Progress rises with every notification.",
    EARLIER_PROGRESS,
  ),
  both(
    "mcp-progress-token",
    "basic/patterns/progress#behavior-requirements",
    "Progress names a token that came with a request still under way, and none is sent without one.",
    EARLIER_PROGRESS,
  ),
  both(
    "mcp-progress-stops",
    "basic/patterns/progress#implementation-notes",
    "There is no progress after the end.",
    EARLIER_PROGRESS,
  ),
  both(
    "mcp-cancel-late",
    "basic/patterns/cancellation#timing-considerations",
    "A cancellation that is late, repeated or of an unknown request does no harm.",
    "basic/utilities/cancellation#timing-considerations",
  ),

  only26("no-server-requests", "basic/patterns", "The server sends no requests."),
  only26("cancel-disconnect", "basic/transports/streamable-http#cancellation", "A closed stream cancels its request."),
  only26("cancel-silence", "basic/transports/streamable-http#cancellation", "A cancelled request gets nothing more."),
  // The page on subscriptions wishes for a result at the end of a listen stream where this one demands a cancellation
  // for it. We send the result, as the official SDKs do, and a cancellation for nothing.
  only26("cancelled-only-listen", "basic/patterns/cancellation", "We send no cancellation of anything but a listen."),

  only26("questions-by-result", "basic/patterns/mrtr", "What a server asks, it asks by an input_required result."),
  only26("questions-methods", "basic/patterns/mrtr#supported-requests", "Three methods may ask, and no others."),
  only26("questions-form", MRTR, "A question is an elicitation, a sampling or a listing of roots."),
  only26("questions-not-empty", MRTR, "An input_required result has inputRequests, requestState or both."),
  only26("questions-declared", MRTR, "A client is asked only what it has declared that it can answer."),
  only26("questions-repeat", MRTR, "An answer that is missing is asked for again."),
  only26("state-integrity", MRTR, "requestState is protected, and refused when it does not verify."),

  only26("listen-filter", "basic/patterns/subscriptions#opening-a-stream", "Only what was asked for is sent."),
  only26("listen-ack", "basic/patterns/subscriptions#acknowledgment", "The acknowledgement comes first."),
];
