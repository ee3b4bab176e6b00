/**
 * Whether JSON text nests deeper than `limit`, found without parsing it: what is parsed later is walked by functions that call themselves, and their stack ends
 * before a long text of `[` does. Brackets in strings do not count; text that is no JSON gets some answer, and the parser's verdict afterwards.
 */
export function nestsDeeperThan(text: string, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === 0x5c) index += 1;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x5b || character === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (character === 0x5d || character === 0x7d) depth -= 1;
  }
  return false;
}
