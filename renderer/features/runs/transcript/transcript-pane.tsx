import { useImperativeHandle, useMemo, useRef, useState, type ReactElement, type Ref } from "react";
import type { RunDetail } from "../../../../core/contract/runs.ts";
import { useSpeech } from "../../../i18n/language.tsx";
import { Failure } from "../../../ui/failure.tsx";
import { Empty } from "../../../ui/panes.tsx";
import { firstWhere } from "../log/line-store.ts";
import { VirtualList, type VirtualListHandle } from "../../../ui/virtual-list.tsx";
import type { RunRecord } from "./run-record.ts";
import { TranscriptEntryView } from "./transcript-entry.tsx";
import { callFinder, openCalls } from "./transcript-items.ts";
import style from "./transcript.module.css";

export interface TranscriptHandle {
  showTime(at: number): void;
}

interface TranscriptPaneProps {
  readonly record: RunRecord;
  readonly run: RunDetail;
  readonly follow: boolean;
  readonly onLeaveEnd: () => void;
  readonly handle: Ref<TranscriptHandle>;
}

/** What the agent said and did, turn by turn. */
export function TranscriptPane({ record, run, follow, onLeaveEnd, handle }: TranscriptPaneProps): ReactElement {
  const { say } = useSpeech();
  const list = useRef<VirtualListHandle>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const callOf = useMemo(() => callFinder(run.toolCalls), [run.toolCalls]);
  const { version } = record;
  const items = useMemo(() => [...record.items, ...openCalls(run.toolCalls, record.told)], [record, version, run.toolCalls]);
  useImperativeHandle(handle, () => ({
    showTime(at) {
      onLeaveEnd();
      list.current?.reveal(firstWhere(items.length, (index) => (items[index]?.at ?? 0) >= at));
    },
  }));
  const toggle = (key: string): void =>
    setOpened((before) => (before.has(key) ? new Set([...before].filter((one) => one !== key)) : new Set([...before, key])));
  if (record.state.phase === "refused") return <Failure error={record.state.error} />;
  return (
    <div className={style["pane"]}>
      {items.length === 0 ? (
        <Empty title={say("runs.transcript.none")}>{say("runs.transcript.none.hint")}</Empty>
      ) : (
        <VirtualList
          handle={list}
          items={items}
          keyOf={(item) => item.key}
          estimate={42}
          label={say("runs.pane.transcript")}
          follow={follow}
          onLeaveEnd={onLeaveEnd}
          render={(item) => (
            <TranscriptEntryView item={item} speaker={run.role} callOf={callOf} opened={opened.has(item.key)} onToggle={() => toggle(item.key)} />
          )}
        />
      )}
    </div>
  );
}
