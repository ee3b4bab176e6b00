import { Tabs } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactElement } from "react";
import type { RunDetail as Run } from "../../../core/contract/runs.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { unlessRefused } from "../../host-client/unless-refused.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty } from "../../ui/panes.tsx";
import type { LogHandle } from "./log/log-handle.ts";
import { LogPane } from "./log/log-pane.tsx";
import { useLogKeys } from "./log/use-log-keys.ts";
import { useLineAddress } from "./log/use-line-address.ts";
import { isActive } from "./run-filters.ts";
import { RunHeader } from "./run-header.tsx";
import { RunTimeline } from "./run-timeline.tsx";
import style from "./runs.module.css";
import { TranscriptPane, type TranscriptHandle } from "./transcript/transcript-pane.tsx";
import { useRunRecord } from "./transcript/use-run-record.ts";

type Pane = "timeline" | "transcript" | "log";

/** Room for all three panes, and for two. */
const wide = 1_040;
const middling = 640;

interface RunDetailProps {
  readonly id: string;
  readonly title: (run: Run) => string | undefined;
  readonly listShown: boolean;
  readonly onToggleList: () => void;
}

/** One run: what it does or waits for, what happened, what the agent did, and the raw lines. */
export function RunDetail({ id, title, listShown, onToggleList }: RunDetailProps): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const { data: run, error } = useQuery(queries.runs.watch.experimental_liveOptions({ input: { id }, retry: unlessRefused }));
  if (run) return <OpenRun key={id} run={run} title={title(run)} listShown={listShown} onToggleList={onToggleList} />;
  return error ? (
    <div className={style["refused"]}>
      <Failure error={error} />
    </div>
  ) : (
    <Empty title={say("state.loading")} />
  );
}

interface OpenRunProps extends Omit<RunDetailProps, "id" | "title"> {
  readonly run: Run;
  readonly title: string | undefined;
}

function OpenRun({ run, title, listShown, onToggleList }: OpenRunProps): ReactElement {
  const { say } = useSpeech();
  const record = useRunRecord(run.id);
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [line, chooseLine] = useLineAddress(run.id);
  const [pane, setPane] = useState<Pane>(line === undefined ? "transcript" : "log");
  const [follow, setFollow] = useState(line === undefined && isActive(run));
  const log = useRef<LogHandle>(null);
  const transcript = useRef<TranscriptHandle>(null);
  const tabs: readonly Pane[] = width >= wide ? [] : width >= middling ? ["transcript", "log"] : ["timeline", "transcript", "log"];
  const shown: Pane = tabs.includes(pane) ? pane : "transcript";
  const inLog = (act: (handle: LogHandle) => void): void => {
    if (tabs.length > 0) setPane("log");
    // A pane that was hidden is drawn first.
    requestAnimationFrame(() => log.current && act(log.current));
  };
  useEffect(() => {
    if (line === undefined) return;
    setPane("log");
    setFollow(false);
  }, [line]);
  useScreenKeys([{ key: "f", what: say("runs.key.follow"), act: () => setFollow((before) => !before) }]);
  useLogKeys(run.id, inLog, chooseLine);
  const showTime = (at: number): void => {
    setFollow(false);
    if (shown === "timeline") setPane("transcript");
    requestAnimationFrame(() => {
      transcript.current?.showTime(at);
      log.current?.showTime(at);
    });
  };
  const panes: Readonly<Record<Pane, ReactElement>> = {
    timeline: <RunTimeline timeline={run.timeline} onChoose={showTime} />,
    transcript: <TranscriptPane record={record} run={run} follow={follow} onLeaveEnd={() => setFollow(false)} handle={transcript} />,
    log: <LogPane record={record} runId={run.id} follow={follow} onFollow={setFollow} line={line} onLine={chooseLine} handle={log} />,
  };
  return (
    <>
      <RunHeader run={run} title={title} listShown={listShown} onToggleList={onToggleList} />
      <div ref={ref} className={style["panes"]} data-layout={width >= wide ? "wide" : width >= middling ? "middling" : "narrow"}>
        {width >= middling ? <Titled title={say("runs.pane.timeline")}>{panes.timeline}</Titled> : undefined}
        {width >= wide ? (
          <>
            <Titled title={say("runs.pane.transcript")}>{panes.transcript}</Titled>
            {panes.log}
          </>
        ) : (
          <Tabs value={shown} onChange={(chosen) => setPane(chosen as Pane)} className={style["tabs"]} keepMounted={false}>
            <Tabs.List aria-label={say("runs.panes")}>
              {tabs.map((name) => (
                <Tabs.Tab key={name} value={name}>
                  {say(`runs.pane.${name}`)}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {tabs.map((name) => (
              <Tabs.Panel key={name} value={name} className={style["tabPanel"]}>
                {panes[name]}
              </Tabs.Panel>
            ))}
          </Tabs>
        )}
      </div>
    </>
  );
}

function Titled({ title, children }: { readonly title: string; readonly children: ReactElement }): ReactElement {
  return (
    <div className={style["pane"]}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}
