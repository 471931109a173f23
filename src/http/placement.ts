// Where a session's object is made: near its client, and not wherever its first request happened to enter.

/** Cloudflare's continent codes. North America is split where its two regions are. */
const BY_CONTINENT = {
  AF: "afr",
  AN: "oc",
  AS: "apac",
  EU: "weur",
  OC: "oc",
  SA: "sam",
} as const satisfies Record<string, DurableObjectLocationHint>;

/** Undefined where the client's place is unknown: then the platform chooses. */
export function placement(cf: Partial<IncomingRequestCfProperties> | undefined): DurableObjectLocationHint | undefined {
  const { continent, longitude } = cf ?? {};
  if (continent === undefined) return undefined;
  if (continent === "NA") return Number(longitude ?? -80) < -100 ? "wnam" : "enam";
  if (continent === "EU" && Number(longitude ?? 0) > 19) return "eeur";
  return Object.hasOwn(BY_CONTINENT, continent) ? BY_CONTINENT[continent] : undefined;
}
