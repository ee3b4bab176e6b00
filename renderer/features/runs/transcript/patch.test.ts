import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesOf, countOf } from "./patch.ts";

describe("the changes that a command spells out", () => {
  it("are those of a patch, file by file", () => {
    const command = `apply_patch <<'EOF'
*** Begin Patch
*** Update File: docs/nfr.md
@@ ## Latency
 ## Latency
-p95 under 400 ms
+| step | p95 |
+| pay | 220 ms |
*** Add File: docs/new.md
+# New
*** Delete File: docs/old.md
*** End Patch
EOF`;
    const [updated, added, deleted] = changesOf(command);
    expect(updated).toStrictEqual({
      path: "docs/nfr.md",
      verb: "updated",
      lines: [
        { type: "place", text: "@@ ## Latency" },
        { type: "context", text: "## Latency" },
        { type: "removed", text: "p95 under 400 ms" },
        { type: "added", text: "| step | p95 |" },
        { type: "added", text: "| pay | 220 ms |" },
      ],
    });
    expect(updated && countOf(updated)).toStrictEqual({ added: 2, removed: 1 });
    expect(added).toMatchObject({ path: "docs/new.md", verb: "added" });
    expect(deleted).toStrictEqual({ path: "docs/old.md", verb: "deleted", lines: [] });
  });

  it.each([
    [`mkdir -p -- 'docs' && cat > 'docs/a b.md' <<'END_1'\n# A\n\ntext\nEND_1`, "docs/a b.md", "written"],
    [`cat <<EOF > docs/a.md\n# A\n\ntext\nEOF\necho done`, "docs/a.md", "written"],
    [`cat >> "docs/a.md" <<-"EOF"\n# A\n\ntext\nEOF`, "docs/a.md", "appended"],
  ])("are the text of a file that is written from a here-document: %j", (command, path, verb) => {
    expect(changesOf(command)).toStrictEqual([{ path, verb, lines: ["# A", "", "text"].map((text) => ({ type: "added", text })) }]);
  });

  it.each([
    `cat >> "$changed" <<'X'\ntext\nX`,
    `cat > a.md <<'X'\nnever closed`,
    `python <<'X' > out.txt\nprint(1)\nX`,
    "ls > files.txt",
    "*** Begin Patch\n+x",
  ])("are none where the command does not say them: %j", (command) => {
    expect(changesOf(command)).toStrictEqual([]);
  });

  it("are read from any text without failing", () => {
    const part = fc.constantFrom("*** Begin Patch", "*** End Patch", "*** Add File: x", "+a", "cat > x <<'E'", "E", "", " ", "@@");
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        expect(changesOf(parts.join("\n"))).toBeInstanceOf(Array);
      }),
    );
  });
});
