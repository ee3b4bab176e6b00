/** What becomes of an address that the window wants to open outside. */
export type LinkVerdict = "open" | "ask" | "refuse";

/** Hosts that the owner works with anyway. Everything else on the web is asked about, because agents write links, too. */
const known: readonly string[] = ["github.com"];

/** Only the web is ever opened, and only over TLS; never a file, a program's own scheme, or an address with a name and password in it. */
export function judgeLink(address: string): LinkVerdict {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return "refuse";
  }
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "") return "refuse";
  return known.includes(url.hostname) && url.port === "" ? "open" : "ask";
}
