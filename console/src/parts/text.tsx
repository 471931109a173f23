// Text that came from a cluster, an agent or a person, shown as exactly what it is.

/** Control and format characters: with them a text can reorder or hide a part of itself. Line breaks and tabs may stay. */
const UNSEEN = /([\p{Cc}\p{Cf}\p{Zl}\p{Zp}])/u;

/** Isolated, so that it cannot turn the text around it, and with every invisible character made visible. */
export function Text({ value }: { readonly value: string }) {
  const pieces = value.replaceAll("\r\n", "\n").split(UNSEEN);
  return (
    <bdi class="text">
      {pieces.map((piece) =>
        isUnseen(piece) ? (
          <span class="unseen" title="An invisible character stands here.">
            {codePoint(piece)}
          </span>
        ) : (
          piece
        ),
      )}
    </bdi>
  );
}

function isUnseen(piece: string): boolean {
  return piece !== "\n" && piece !== "\t" && UNSEEN.test(piece);
}

function codePoint(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `U+${number.toString(16).toUpperCase().padStart(4, "0")}`;
}
