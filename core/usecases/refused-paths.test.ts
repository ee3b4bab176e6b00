import { describe, expect, it } from "vitest";
import { refusedPaths } from "./refused-paths.ts";

describe("the paths of a refused push", () => {
  it("are read from what git says of it", () => {
    const said = [
      "remote: The stage intake (pm) may change Markdown documents (*.md) only.        ",
      'remote: "src/berths.mjs": this stage may change Markdown documents (*.md) only        ',
      'remote: "a \\"quoted\\": name\\n.md": symbolic links are not taken        ',
      "To http://127.0.0.1:39771/git/harbour/tidewater.git",
      " ! [remote rejected] HEAD -> signalbox/issue-1/intake (write scope)",
    ].join("\n");

    expect(refusedPaths(said)).toStrictEqual(["src/berths.mjs", 'a "quoted": name\n.md']);
  });

  it("are none where none is named, and never an error", () => {
    for (const said of ["", "error: failed to push", 'remote: "broken\\q": why', '"unclosed: x']) expect(refusedPaths(said)).toStrictEqual([]);
  });
});
