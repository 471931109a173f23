// What the server says about itself, in every dialect.

/** The version is package.json's. */
export const SERVER = { name: "gatehouse", title: "Gatehouse", version: "0.1.0" } as const;
