// What can be wrong with a token, in words that are logged and counted.

export type TokenFault =
  /** Neither a key nor three parts of base64url with JSON in the first two. */
  | "malformed"
  | "unknown_issuer"
  | "algorithm"
  /** Signed by a key that the issuer does not publish. */
  | "unknown_key"
  /** Published, and not a key that can be used. */
  | "unusable_key"
  | "signature"
  | "audience"
  | "type"
  | "not_yet_valid"
  | "too_old"
  /** A claim that must be there is missing, or not of its form. */
  | "claims"
  /** Its subject cannot be the name of a principal here. */
  | "subject";
