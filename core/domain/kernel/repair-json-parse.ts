import { exactJsonParse } from "./exact-json.ts";

/**
 * Repairs `JSON.parse` for everything in this process or page, libraries included: the drivers of the database, the protocol of the tools, the window's connection. Every program
 * imports this before anything else, since some libraries keep the function when they are loaded.
 */
JSON.parse = exactJsonParse(JSON.parse) as typeof JSON.parse;
