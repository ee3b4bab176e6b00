/** What must not be in a recorded history, by what would find it: paths and addresses of the machine that recorded it, and secrets. */
const foreign: Readonly<Record<string, RegExp>> = {
  "a path of a machine": /(?:^|[\s"'(=])\/(?:home|root|tmp|var|work|Users|private|opt)\/[\w.-]+/u,
  "a path of a Windows machine": /\b[A-Z]:\\\\/u,
  "an address with a port": /https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])/u,
  "a private key": /PRIVATE KEY/u,
  "a bearer token": /\b[Bb]earer [\w.-]{16,}/u,
  "a token of a forge": /\bgh[opsu]_\w{20,}/u,
};

/** What of that a text holds, in words. */
export function foreignTo(text: string): readonly string[] {
  return Object.entries(foreign).flatMap(([what, pattern]) => {
    const found = pattern.exec(text);
    return found ? [`${what} (${found[0].trim()})`] : [];
  });
}
