import { notifications } from "@mantine/notifications";
import { useSpeech } from "../../../i18n/language.tsx";
import { useScreenKeys } from "../../../ui/keys.tsx";
import { lineLink } from "./line-link.ts";
import type { LogHandle } from "./log-handle.ts";

/** @param inLog does something in the log, which it brings to the front first */
export function useLogKeys(runId: string, inLog: (act: (log: LogHandle) => void) => void, chooseLine: (line: number) => void): void {
  const { say, language } = useSpeech();
  const copyLink = async (line: number): Promise<void> => {
    const link = lineLink(window, runId, line);
    try {
      await navigator.clipboard.writeText(link);
      notifications.show({ message: say("runs.log.copied", { line: new Intl.NumberFormat(language).format(line) }) });
    } catch {
      notifications.show({ color: "yellow", title: say("runs.log.notCopied"), message: link });
    }
  };
  const link = (log: LogHandle): void => {
    const line = log.lineHere();
    if (line === undefined) return;
    chooseLine(line);
    void copyLink(line);
  };
  useScreenKeys([
    { key: "/", what: say("runs.key.search"), act: () => inLog((log) => log.focusSearch()) },
    { key: "n", what: say("runs.log.next"), act: () => inLog((log) => log.step(1)) },
    { key: "shift+N", what: say("runs.log.previous"), act: () => inLog((log) => log.step(-1)) },
    { key: "i", what: say("runs.log.filter"), act: () => inLog((log) => log.toggleFilter()) },
    { key: "m", what: say("runs.log.bookmark"), act: () => inLog((log) => log.bookmark()) },
    { key: "shift+M", what: say("runs.log.nextBookmark"), act: () => inLog((log) => log.stepBookmark()) },
    { key: "shift+J", what: say("runs.log.nextLine"), act: () => inLog((log) => log.stepLine(1)) },
    { key: "shift+K", what: say("runs.log.previousLine"), act: () => inLog((log) => log.stepLine(-1)) },
    { key: "y", what: say("runs.log.link"), act: () => inLog(link) },
  ]);
}
