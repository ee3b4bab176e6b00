import { MantineProvider } from "@mantine/core";
import { useReducer, useState, type ReactElement } from "react";
import { createRoot } from "react-dom/client";
import { cssVariables, theme } from "../app/theme.ts";
import { createLineStore } from "../features/runs/log/line-store.ts";
import { LogPane } from "../features/runs/log/log-pane.tsx";
import type { RunRecord } from "../features/runs/transcript/run-record.ts";
import { LanguageProvider } from "../i18n/language.tsx";
import { nextFrame } from "./frames.ts";
import type { OpenLog } from "./log-surface.ts";

/** So many lines come in one entry of a transcript. */
const linesPerEntry = 100;

/** The window's own pane, over lines without the rest of a transcript. */
export const openSignalboxLog: OpenLog = async (place, _lines, follows) => {
  const lines = createLineStore();
  const record = { lines, state: { phase: "reading" } } as unknown as RunRecord;
  let draw = (): void => undefined;
  let isDue = false;
  function Log(): ReactElement {
    const [, again] = useReducer((times: number) => times + 1, 0);
    const [follow, setFollow] = useState(follows);
    draw = again;
    return <LogPane record={record} runId="bench" follow={follow} onFollow={setFollow} line={undefined} onLine={() => undefined} handle={() => undefined} />;
  }
  createRoot(place).render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} forceColorScheme="dark">
      <LanguageProvider onSpeak={() => undefined}>
        <Log />
      </LanguageProvider>
    </MantineProvider>,
  );
  let sequence = 0;
  const box = (): Element => document.querySelector("[role=region]") ?? place;
  return {
    async append(texts) {
      for (let from = 0; from < texts.length; from += linesPerEntry) {
        const text = texts.slice(from, from + linesPerEntry).join("\n");
        lines.append([{ attempt: 1, sequence: (sequence += 1), at: sequence, type: "log", content: { text } }]);
      }
      // As a run's record does: whatever came since the last frame is drawn with the next.
      if (isDue) return;
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        draw();
      });
    },
    scrollTo(fraction) {
      const element = box();
      element.scrollTop = fraction * (element.scrollHeight - element.clientHeight);
    },
    async search(word) {
      const input = place.querySelector("input");
      if (!input) throw new Error("there is nothing to search with");
      const begun = performance.now();
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, word);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      // The count stands still once every line was looked through.
      let [hits, since] = [-1, begun];
      for (let now = await nextFrame(); hits <= 0 || now - since < 500; now = await nextFrame()) {
        const count = Number(/of (?<count>[\d,]+)/u.exec(place.querySelector("[role=status]")?.textContent ?? "")?.groups?.["count"]?.replaceAll(",", "") ?? 0);
        if (count !== hits) [hits, since] = [count, now];
      }
      return { hits, took: since - begun };
    },
    shown: () => box().textContent,
  };
};
