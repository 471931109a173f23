// Which proxy this is, for whoever has several of them.
import manifest from "../package.json" with { type: "json" };

export const VERSION: string = manifest.version;
