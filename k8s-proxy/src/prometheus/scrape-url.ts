// Addresses in the words of Prometheus: what stands before @ and after ? may be a password or a token.

const URL_IN_TEXT = /\bhttps?:\/\/[^\s"'<>]+/g;

/** Every URL in the text without userinfo, query and fragment; one that cannot be read is left out whole. */
export function withoutSecrets(text: string): string {
  return text.replace(URL_IN_TEXT, (address) => {
    const url = URL.parse(address);
    return url ? `${url.protocol}//${url.host}${url.pathname}` : "[address]";
  });
}
