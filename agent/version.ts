import packageJson from "../package.json" with { type: "json" };

/** This program's version; the bundled agent carries it inside. */
export const VERSION: string = packageJson.version;
