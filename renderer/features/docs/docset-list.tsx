import { UnstyledButton } from "@mantine/core";
import { IconChevronRight, IconEyeCheck, IconEyeExclamation } from "@tabler/icons-react";
import { useEffect, useRef, useState, type ReactElement } from "react";
import type { DraftRow } from "../../../core/contract/drafts.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { StateShape, StateWord } from "./document-state.tsx";
import style from "./docs.module.css";
import type { DocsetItem, DocsetStage } from "./docset-view.ts";
import type { DocumentRow } from "./use-documents.ts";
import { VerdictMark } from "./verdict-control.tsx";
import { verdictOn } from "./verdicts.ts";
import { viewedState, type ViewedMarks } from "./viewed.ts";

interface Choice {
  readonly repository: string;
  readonly marks: ViewedMarks;
  /** What the owner has prepared to say. */
  readonly drafts: readonly DraftRow[];
  readonly chosen: string | undefined;
  readonly choose: (path: string) => void;
}

/** An issue's documents by stage. Stages that nobody has come to yet are one line each until they are opened. */
export function DocsetList({ stages, ...choice }: Choice & { readonly stages: readonly DocsetStage<DocumentRow>[] }): ReactElement {
  const { say } = useSpeech();
  return (
    <nav className={style["docset"]} aria-label={say("docs.docset")}>
      {stages.map((stage) => (
        <Stage key={stage.stage ?? "other"} stage={stage} choice={choice} />
      ))}
    </nav>
  );
}

function Stage({ stage: { stage, progress, items }, choice }: { readonly stage: DocsetStage<DocumentRow>; readonly choice: Choice }): ReactElement {
  const { say } = useSpeech();
  const [opened, setOpened] = useState<boolean | undefined>();
  const shown = opened ?? progress === "reached";
  const required = items.filter((item) => item.required);
  const approved = required.filter((item) => item.state === "approved").length;
  return (
    <section>
      <h2 className={style["stage"]}>
        <UnstyledButton className={style["stageButton"]} aria-expanded={shown} onClick={() => setOpened(!shown)}>
          <IconChevronRight className={style["chevron"]} data-opened={shown} size={12} aria-hidden />
          {stage === undefined ? say("docs.otherDocuments") : say(`board.stage.${stage}`)}
          <span className={style["stageCount"]}>
            {progress === "reached" ? undefined : `${say(`docs.state.${progress}`)} · `}
            {progress === "reached" && required.length > 0 ? say("docs.approvedOf", { n: approved, of: required.length }) : items.length}
          </span>
        </UnstyledButton>
      </h2>
      {shown ? (
        <ul className={style["items"]}>
          {items.map((item) => (
            <li key={item.path}>{item.document ? <Item item={item} document={item.document} choice={choice} /> : <Absent item={item} />}</li>
          ))}
        </ul>
      ) : undefined}
    </section>
  );
}

function Item({ item, document, choice }: { readonly item: DocsetItem<DocumentRow>; readonly document: DocumentRow; readonly choice: Choice }): ReactElement {
  const chosen = choice.chosen === item.path;
  const verdict = verdictOn(choice.drafts, choice.repository, document);
  const place = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (chosen) place.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <UnstyledButton
      ref={place}
      className={style["item"]}
      data-verdict={verdict?.verdict}
      aria-current={chosen ? "true" : undefined}
      title={revealHidden(`${item.name} · ${document.title}`)}
      onClick={() => choice.choose(item.path)}
    >
      <StateShape state={item.state} />
      <span className={style["name"]}>
        <Foreign>{item.name}</Foreign>
      </span>
      <ViewedMark state={viewedState(choice.marks, choice.repository, document)} />
      <StateWord state={item.state} />
      {verdict === undefined ? undefined : (
        <span className={style["said"]}>
          <VerdictMark draft={verdict} />
        </span>
      )}
    </UnstyledButton>
  );
}

function Absent({ item }: { readonly item: DocsetItem<DocumentRow> }): ReactElement {
  return (
    <div className={style["item"]} data-absent title={item.name}>
      <StateShape state={item.state} />
      <span className={style["name"]}>{item.name}</span>
      <StateWord state={item.state} />
    </div>
  );
}

function ViewedMark({ state }: { readonly state: ReturnType<typeof viewedState> }): ReactElement | undefined {
  const { say } = useSpeech();
  if (state === "unseen") return undefined;
  const Mark = state === "viewed" ? IconEyeCheck : IconEyeExclamation;
  return <Mark className={style["seen"]} data-state={state} size={14} role="img" aria-label={say(`docs.${state}`)} />;
}
