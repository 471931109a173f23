// One tool for every kind of content a result can hold, and one that always fails.

import { err, ok } from "../../../src/result.ts";
import { fixture, nothing, say, text } from "../fixture.ts";
import { PNG, WAV } from "../samples.ts";

export const contents = [
  fixture({
    name: "test_simple_text",
    description: "Answers with one block of text.",
    input: nothing,
    run: () => say("This is a simple text response for testing."),
  }),

  fixture({
    name: "test_image_content",
    description: "Answers with one picture of one pixel.",
    input: nothing,
    run: () => ok([{ type: "image", data: PNG, mimeType: "image/png" }]),
  }),

  fixture({
    name: "test_audio_content",
    description: "Answers with a sound that cannot be heard.",
    input: nothing,
    run: () => ok([{ type: "audio", data: WAV, mimeType: "audio/wav" }]),
  }),

  fixture({
    name: "test_embedded_resource",
    description: "Answers with a resource inside the result.",
    input: nothing,
    run: () =>
      ok([
        {
          type: "resource",
          resource: {
            uri: "test://embedded-resource",
            mimeType: "text/plain",
            text: "This is an embedded resource content.",
          },
        },
      ]),
  }),

  fixture({
    name: "test_multiple_content_types",
    description: "Answers with text, a picture and a resource.",
    input: nothing,
    run: () =>
      ok([
        text("Multiple content types test:"),
        { type: "image", data: PNG, mimeType: "image/png" },
        {
          type: "resource",
          resource: {
            uri: "test://mixed-content-resource",
            mimeType: "application/json",
            text: JSON.stringify({ test: "data", value: 123 }),
          },
        },
      ]),
  }),

  fixture({
    name: "test_error_handling",
    description: "Fails, whatever it is asked.",
    input: nothing,
    run: () => err({ kind: "not_found", message: "This tool intentionally returns an error for testing" }),
  }),
];
