import { unreachable } from "./result.ts";
import type { JsonFault } from "./strict-json.ts";

/** A fault in one English sentence, with what to do. The window has words of its own. */
export function jsonFaultText(fault: JsonFault): string {
  switch (fault.type) {
    case "json.goes-on":
      return "The text goes on after its end: take away what follows.";
    case "json.ends-early":
      return "The text ends too early: something is not closed.";
    case "json.too-deep":
      return `Nested deeper than ${fault.levels} levels.`;
    case "json.no-value":
      return `A value is expected here: text in "quotation marks", a number, true, false, null, [a list] or {an object}.`;
    case "json.no-name":
      return 'A name in "quotation marks" is expected here.';
    case "json.name-twice":
      return `The name ${JSON.stringify(fault.name)} is there twice: take one away.`;
    case "json.no-colon":
      return "A colon is expected after the name.";
    case "json.no-comma":
      return `A comma or ${fault.end} is expected here.`;
    case "json.comma-too-many":
      return `A comma before ${fault.end} is one too many: take it away.`;
    case "json.broken-text":
      return "This text has no end, a line break, or a backslash that stands for nothing. A line break in it is written \\n.";
    case "json.half-character":
      return "This text holds half a character (a surrogate without its other half).";
    case "json.no-number":
      return `${fault.written} is no number.`;
    case "json.other-number":
      return `${fault.written} would be read as ${fault.read}: write it so, or as "text".`;
    default:
      return unreachable(fault);
  }
}
