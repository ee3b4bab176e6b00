export interface HostEndpoint {
  readonly url: string;
  readonly token: string;
}

const kept = "signalbox.host-token";

/**
 * Where the host is that served this page. The token stands behind the `#` of the address that the owner was given, which no server sees; it is kept for this tab and taken out
 * of the address, so that it is in no bookmark and no screenshot.
 *
 * @returns undefined when there is no token: this page was not opened by the owner's program.
 */
export function hostEndpoint(location: Location, storage: Storage, history: History): HostEndpoint | undefined {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given !== null) {
    storage.setItem(kept, given);
    history.replaceState(null, "", `${location.pathname}${location.search}#/`);
  }
  const token = given ?? storage.getItem(kept);
  if (token === null) return undefined;
  return { url: `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/host`, token };
}
