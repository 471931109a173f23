// Makes text that came from a cluster safe to show: whoever can create a pod can choose what its messages say.

/** Longest input looked at, so that a hostile message cannot buy processor time by its size. */
const MAX_INPUT_LENGTH = 65_536;

/** Most lines are nothing else, and nothing in them needs to be looked for. */
const PLAIN = /^[ -~]*$/;

// ECMA-48: CSI sequences, then string sequences (OSC, DCS, SOS, PM, APC) up to their terminator, then any other escape.
// A string sequence without its terminator loses its introducer only, so that it cannot swallow the text after it.
const ESCAPE_SEQUENCES =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u0080-\u009f]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/gu;

const LINE_BREAKS_AND_TABS = /[\t\n\v\f\r\u0085\p{Zl}\p{Zp}]+/gu;

// \p{C}: controls, bidi and other format characters, private use, unassigned, lone surrogates. Default-ignorable adds what
// is drawn as nothing but is not of category C: variation selectors, Hangul fillers, the tag block.
const UNSEEN = /[\p{C}\p{Default_Ignorable_Code_Point}]/gu;

/** One line of visible text, at most `maxLength` UTF-16 units; a cut is marked with an ellipsis. */
export function clean(text: string, maxLength: number): string {
  return cut(visible(text), maxLength);
}

/** One line of what can be seen of a text. */
export function visible(text: string): string {
  const looked = text.slice(0, MAX_INPUT_LENGTH);
  if (PLAIN.test(looked)) return looked.trim();
  return looked.replace(ESCAPE_SEQUENCES, "").replace(LINE_BREAKS_AND_TABS, " ").replace(UNSEEN, "").trim();
}

export function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // A cut between the halves of a surrogate pair would leave a character that no JSON reader agrees on.
  return `${text.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
