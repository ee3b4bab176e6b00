/** The address of a line that can be given away: what opens the desktop from elsewhere, or that of the page in a browser. */
export function lineLink(page: Pick<Window, "signalbox" | "location">, runId: string, line: number): string {
  if (page.signalbox) return `signalbox://run/${runId}/${line}`;
  const { origin, pathname } = page.location;
  return `${origin}${pathname}#/runs/${runId}?line=${line}`;
}
