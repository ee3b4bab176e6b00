import { describe, expect, it } from "vitest";
import { documentNotesText } from "./verdict-text.ts";

describe("verdicts on documents in a review", () => {
  it("say first what needs to change, in the owner's words, and then what is to be left as it is", () => {
    const text = documentNotesText([
      { path: "docs/good.md", verdict: "good" },
      { path: "docs/words.md", verdict: "changes", body: "Name a metric.\n\n- with a date" },
      { path: "docs/lines.md", verdict: "changes" },
    ]);

    expect(text.split("\n")).toEqual([
      "What this review says of the documents:",
      "",
      "- `docs/words.md` needs changes:",
      "",
      "  Name a metric.",
      "",
      "  - with a date",
      "",
      "- `docs/lines.md` needs changes: those that the comments on its lines ask for.",
      "",
      "- `docs/good.md` is good as it is. Leave it unchanged, unless a comment on its lines asks for something.",
    ]);
  });

  it("say nothing where there are none", () => {
    expect(documentNotesText([])).toBe("");
  });

  it("keep a path from being read as anything else", () => {
    expect(documentNotesText([{ path: "docs/`x`\n# no.md", verdict: "good" }])).toContain("- ``docs/`x` # no.md`` is good");
  });
});
