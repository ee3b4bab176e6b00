import { ActionIcon, VisuallyHidden } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconCircleCheckFilled, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { useEffect, type ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useBoard, useInbox } from "../../host-client/live-list.ts";
import { useSpeech } from "../../i18n/language.tsx";
import style from "./first-minutes.module.css";
import { enoughDecisions, firstSteps, isBehind, nextStep, type FirstStep } from "./first-steps.ts";

/** Where each step is gone. */
const places = { start: "/board", decide: "/inbox/{-$id}", read: "/docs" } as const;

/** Three hints over the screens of a new rehearsal workspace, each gone when it was followed; the owner can put them away. */
export function FirstMinutes(): ReactElement | undefined {
  const [kept, keep] = useLocalStorage<"wanted" | "read" | "hidden">({
    key: "signalbox.first-minutes",
    defaultValue: "wanted",
    getInitialValueInEffect: false,
  });
  const mode = useQuery(useHostQueries().connection.watch.experimental_liveOptions()).data?.mode;
  if (mode !== "rehearsal" || kept === "hidden") return undefined;
  return <Steps hasRead={kept === "read"} read={() => keep("read")} hide={() => keep("hidden")} />;
}

interface StepsProps {
  readonly hasRead: boolean;
  readonly read: () => void;
  readonly hide: () => void;
}

function Steps({ hasRead, read, hide }: StepsProps): ReactElement | undefined {
  const { say } = useSpeech();
  const next = useNext(hasRead);
  const isAtDocuments = useLocation().pathname === "/docs";
  useEffect(() => {
    if (next === "read" && isAtDocuments) read();
    // Nobody is asked again what cannot become another any more.
    if (next === "over") hide();
  }, [next, isAtDocuments, read, hide]);
  if (next === undefined || next === "over") return undefined;
  return (
    <aside className={style["strip"]} aria-label={say("first.title")}>
      <ol className={style["steps"]}>
        {firstSteps.map((step, index) => (
          <Step key={step} step={step} number={index + 1} isDone={isBehind(step, next)} isNext={step === next} />
        ))}
      </ol>
      <p role="status">
        {next === "done" ? undefined : (
          <Link to={places[next]} params={{}}>
            {say(`first.step.${next}`)}
          </Link>
        )}{" "}
        {say(`first.hint.${next}`)} {next === "done" ? <Onward /> : undefined}
      </p>
      <ActionIcon size="sm" variant="subtle" color="gray" aria-label={say("first.hide")} title={say("first.hide")} onClick={hide}>
        <IconX size={14} />
      </ActionIcon>
    </aside>
  );
}

interface StepProps {
  readonly step: FirstStep;
  readonly number: number;
  readonly isDone: boolean;
  readonly isNext: boolean;
}

function Step({ step, number, isDone, isNext }: StepProps): ReactElement {
  const { say } = useSpeech();
  const name = say(`first.step.${step}`);
  return (
    <li aria-current={isNext ? "step" : undefined} title={name}>
      {isDone ? <IconCircleCheckFilled size={18} aria-hidden /> : <span aria-hidden>{number}</span>}
      <VisuallyHidden>{isDone ? `${name}: ${say("first.behind")}` : name}</VisuallyHidden>
    </li>
  );
}

/** Where it goes on from here. */
function Onward(): ReactElement {
  const { say } = useSpeech();
  return (
    <>
      <Link to="/settings/{-$section}" params={{ section: "projects" }}>
        {say("first.ownRepository")}
      </Link>{" "}
      <Link to="/settings/{-$section}" params={{ section: "server" }}>
        {say("first.ownServer")}
      </Link>
    </>
  );
}

/** Undefined until enough was read. */
function useNext(hasRead: boolean): ReturnType<typeof nextStep> | undefined {
  const board = useBoard();
  const inbox = useInbox();
  const decided = useQuery(useHostQueries().inbox.list.queryOptions({ input: { closed: true, limit: enoughDecisions } }));
  const { refetch } = decided;
  const left = inbox.data?.left;
  // The first reading is the query's own.
  useEffect(() => void (left && refetch()), [left, refetch]);
  if (!board.data || !decided.data) return undefined;
  const answered = decided.data.items.filter(({ phase }) => phase !== "expired" && phase !== "superseded");
  return nextStep({
    hasRuns: board.data.rows.some(({ runId }) => runId !== undefined) || (inbox.data?.rows.length ?? 0) > 0,
    decided: answered.length,
    hasRead,
  });
}
