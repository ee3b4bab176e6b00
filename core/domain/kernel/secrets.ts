/** A text in which everything that looks like a secret is hidden. */
export interface MaskedText {
  readonly text: string;
  /** How many places were hidden. */
  readonly masked: number;
}

/** What stands for a hidden character. */
const dot = "•";

/**
 * Forms that are secrets and hardly ever anything else: tokens of forges, clouds and services by their prefixes, private keys, passwords in addresses, and values of members and variables whose
 * name says so. A group named `secret` is what is hidden, where it is not all of it.
 */
const forms: readonly RegExp[] = [
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|sk-(?=[\w-]*\d)[\w-]{20,}|xox[abeprs]-[\w-]{10,}|npm_[A-Za-z0-9]{30,}|(?:AKIA|ASIA)[A-Z0-9]{16}|AIza[\w-]{35})\b/gu,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/gu,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----(?<secret>[^-]*)(?:-----END [A-Z ]*PRIVATE KEY-----)?/gu,
  /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/:@"']{0,200}:(?<secret>[^\s/@"']{1,200})@/giu,
  /(?:\b|_)(?:password|passwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|private[_-]?key|client[_-]?secret)["']?\s*[:=]\s*["']?(?<secret>[^\s"',;}\\]{6,})/giu,
  /\bAuthorization["']?\s*[:=]\s*["']?(?:Bearer|Basic|token)\s+(?<secret>[\w.~+/=-]{8,})/giu,
];

/** Hides what looks like a secret, so that a glance over a shoulder or a picture of a screen does not give it away. The text stays as long as it was; what else is there stays as it is. */
export function maskSecrets(text: string): MaskedText {
  let masked = 0;
  let shown = text;
  for (const form of forms) {
    shown = shown.replaceAll(form, (whole: string, ...rest: readonly unknown[]) => {
      const groups = rest.at(-1);
      const secret = isGroups(groups) ? (groups["secret"] ?? "") : whole;
      if (secret === "" || isHidden(secret)) return whole;
      masked += 1;
      const at = isGroups(groups) ? whole.lastIndexOf(secret) : 0;
      return whole.slice(0, at) + secret.replaceAll(/\S/gu, dot) + whole.slice(at + secret.length);
    });
  }
  return { text: shown, masked };
}

function isHidden(secret: string): boolean {
  return secret.replaceAll(/\s/gu, "").startsWith(dot);
}

function isGroups(value: unknown): value is Readonly<Record<string, string | undefined>> {
  return typeof value === "object" && value !== null;
}
