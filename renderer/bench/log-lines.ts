/** Every so many lines one has the word that is searched for. */
export const wantedEvery = 1_000;
export const wanted = "needle";

const levels = ["INFO ", "INFO ", "INFO ", "\u001B[33mWARN \u001B[0m", "DEBUG", "INFO ", "\u001B[31mERROR\u001B[0m", "INFO "];

/** Line `index` of a log as services write it: about 154 bytes, one in four with a colour, the same in every run. */
export function logLine(index: number): string {
  const time = new Date(1_790_000_000_000 + index * 7).toISOString();
  const word = index % wantedEvery === 0 ? wanted : "ordinary";
  const trace = ((index * 2_654_435_761) >>> 0).toString(16).padStart(8, "0");
  return `${time} ${levels[index % levels.length] ?? ""} harbour-api-7d9f8b6c5-${index % 9} request ${index} ${word} path=/berths/${index % 977}/bookings status=${index % 31 === 0 ? 503 : 200} trace=${trace}${trace} took ${index % 450} ms`;
}

export function logLines(from: number, count: number): string[] {
  return Array.from({ length: count }, (_, offset) => logLine(from + offset));
}
