/** Made once: formatters are costly, and a log needs one for every line that is drawn. */
const formatter = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** Hours, minutes and seconds in eight columns, whatever the language: a log is read in columns. */
export function timeOfDay(at: number): string {
  return formatter.format(at);
}
