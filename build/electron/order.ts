import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** Where an installed application looks for its next version. */
export type Feed = { readonly provider: "generic"; readonly url: string } | { readonly provider: "github"; readonly owner: string; readonly repo: string };

/** What is to be packaged. */
export interface Order {
  readonly system: "linux" | "mac" | "win";
  /** The application as it would be installed, without an installer around it. */
  readonly directoryOnly: boolean;
  readonly output: string;
  readonly feed?: Feed | undefined;
  /** What a Debian package has to name. */
  readonly homepage?: string | undefined;
  readonly maintainer?: string | undefined;
}

type Reading = { readonly ok: true; readonly value: Order } | { readonly ok: false; readonly error: string };

const systems = { linux: "linux", darwin: "mac", win32: "win" } as const;
const names = { linux: "Linux", mac: "macOS", win: "Windows" } as const;

const usage = `Usage: npm run package -- [--linux|--mac|--win] [--dir] [--output DIR] [--feed https://…|github:OWNER/NAME] [--homepage URL] [--maintainer "NAME <MAIL>"]`;

/** Reads the command line of `npm run package`; says what is wrong with it, and what to write. */
export function readOrder(args: readonly string[], platform: NodeJS.Platform): Reading {
  const given = parsed(args);
  if (typeof given === "string") return refused(`${given}\n${usage}`);
  const here = platform === "linux" || platform === "darwin" || platform === "win32" ? systems[platform] : undefined;
  const asked = (["linux", "mac", "win"] as const).filter((system) => given[system]);
  if (here === undefined) return refused(`The desktop runs on Linux, macOS and Windows, not on ${platform}.`);
  const elsewhere = asked.find((system) => system !== here);
  if (elsewhere !== undefined) {
    const name = names[elsewhere];
    return refused(
      `A package for ${name} carries programs of ${name} (Node, the Codex CLI), which are not installed here. Package it on ${name}, after npm ci there.`,
    );
  }
  const feed = given.feed === undefined ? undefined : feedOf(given.feed);
  if (given.feed !== undefined && feed === undefined)
    return refused(`"${given.feed}" is no place for updates: give an address with https:// or github:OWNER/NAME.`);
  const directoryOnly = given.dir === true;
  if (here === "linux" && !directoryOnly && (given.homepage === undefined || given.maintainer === undefined)) {
    return refused("A Debian package names where it comes from and who keeps it: add --homepage and --maintainer, or --dir for the application alone.");
  }
  const output = resolve(given.output ?? "package");
  return { ok: true, value: { system: here, directoryOnly, output, feed, homepage: given.homepage, maintainer: given.maintainer } };
}

const options = {
  linux: { type: "boolean" },
  mac: { type: "boolean" },
  win: { type: "boolean" },
  dir: { type: "boolean" },
  output: { type: "string" },
  feed: { type: "string" },
  homepage: { type: "string" },
  maintainer: { type: "string" },
} as const;

function parsed(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options }>>["values"] | string {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Over TLS only: on Linux nothing but the feed vouches for what it offers. */
function feedOf(text: string): Feed | undefined {
  const [, owner, repo] = /^github:([\w.-]+)\/([\w.-]+)$/u.exec(text) ?? [];
  if (owner !== undefined && repo !== undefined) return { provider: "github", owner, repo };
  return URL.canParse(text) && new URL(text).protocol === "https:" ? { provider: "generic", url: text } : undefined;
}

function refused(error: string): Reading {
  return { ok: false, error };
}
