import { place } from "../../core/contract/shell.ts";

/** Scheme of the addresses that open something in the window from elsewhere. */
export const linkScheme = "signalbox";

const identifier = /^[\w-]{1,100}$/u;
const counted = /^[1-9]\d{0,9}$/u;
const repository = /^[\w.-]{1,100}\/[\w.-]{1,100}$/u;

/** Screens that open with one thing in them, and the ones that open as they are. */
const withOne: Readonly<Record<string, string>> = { decision: "/inbox/", run: "/runs/", settings: "/settings/" };
export const screens = ["inbox", "board", "runs", "docs", "drafts", "knowledge", "audit", "settings"] as const;

/**
 * The place in the window that a `signalbox://…` address names: `signalbox://decision/ID`, `run/ID`, `run/ID/LINE`, `issue/OWNER/NAME/NUMBER`, or a screen. A link only leads somewhere; nothing that it says is done.
 *
 * @returns undefined for an address that names no place.
 */
export function placeOf(address: string): string | undefined {
  if (!address.startsWith(`${linkScheme}://`) || address.length > 500) return undefined;
  const [kind = "", ...rest] = address
    .slice(linkScheme.length + 3)
    .replace(/\/$/u, "")
    .split("/");
  const found = rest.length === 0 && screens.some((screen) => screen === kind) ? `/${kind}` : (oneOf(kind, rest) ?? lineOf(kind, rest) ?? issueOf(kind, rest));
  return found !== undefined && place.safeParse(found).success ? found : undefined;
}

function oneOf(kind: string, [id = "", ...more]: readonly string[]): string | undefined {
  const screen = Object.hasOwn(withOne, kind) ? withOne[kind] : undefined;
  return screen !== undefined && more.length === 0 && identifier.test(id) ? `${screen}${id}` : undefined;
}

/** A line of a run's log. */
function lineOf(kind: string, [id = "", line = "", ...more]: readonly string[]): string | undefined {
  return kind === "run" && more.length === 0 && identifier.test(id) && counted.test(line) ? `/runs/${id}?line=${line}` : undefined;
}

function issueOf(kind: string, rest: readonly string[]): string | undefined {
  const name = rest.slice(0, 2).join("/");
  const number = rest[2] ?? "";
  if (kind !== "issue" || rest.length !== 3 || !repository.test(name) || !counted.test(number)) return undefined;
  return `/docs?repository=${encodeURIComponent(name)}&issue=${number}`;
}

/** The place that one of a program's arguments names: the way in which most systems hand an address over. */
export function placeAmong(args: readonly string[]): string | undefined {
  return args.map(placeOf).find((found) => found !== undefined);
}
