import { SearchAddon } from "@xterm/addon-search";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import type { OpenLog } from "./log-surface.ts";

/** A terminal that keeps every line, with its own search. */
export const openXtermLog: OpenLog = async (place, lines) => {
  const terminal = new Terminal({ scrollback: lines, cols: 160, rows: 38, fontSize: 11, disableStdin: true, allowProposedApi: true });
  const search = new SearchAddon({ highlightLimit: lines });
  terminal.loadAddon(search);
  terminal.open(place);
  return {
    append: (texts) => new Promise((resolve) => terminal.write(`${texts.join("\r\n")}\r\n`, resolve)),
    scrollTo: (fraction) => terminal.scrollToLine(Math.round(fraction * terminal.buffer.active.baseY)),
    search(word) {
      const begun = performance.now();
      return new Promise((resolve) => {
        const heard = search.onDidChangeResults(({ resultCount }) => {
          heard.dispose();
          resolve({ hits: resultCount, took: performance.now() - begun });
        });
        search.findNext(word, { decorations: { matchOverviewRuler: "#888888", activeMatchColorOverviewRuler: "#888888" } });
      });
    },
    shown() {
      const { active } = terminal.buffer;
      return Array.from({ length: terminal.rows }, (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "").join("\n");
    },
  };
};
