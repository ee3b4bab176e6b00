import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState, type ReactElement } from "react";
import { useDatabaseAway } from "../../host-client/database-away.ts";
import { useHostQueries, useLinkState } from "../../host-client/host-context.tsx";
import { unlessRefused } from "../../host-client/unless-refused.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { moment } from "../../ui/moment.ts";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty } from "../../ui/panes.tsx";
import style from "./docs.module.css";
import { DocsetList } from "./docset-list.tsx";
import { countStates, docsetStages, issueOfPath, requiringStages, type DocsetItem } from "./docset-view.ts";
import { DocumentView, documentViews, type DocumentViewName } from "./document-view.tsx";
import type { IssueChoice } from "./issue-choices.ts";
import { pullStages } from "./pull-docset.ts";
import type { TracedPull } from "./trace-matrix.ts";
import { useViewedMarks, type DocumentRow } from "./use-documents.ts";
import { useDrafts } from "./use-verdict.ts";
import { viewedState } from "./viewed.ts";

interface DocsetPanesProps {
  readonly repository: string;
  readonly defaultBranch: string | undefined;
  /** Whose documents these are; of a pull request, its issue. */
  readonly issue: IssueChoice | undefined;
  /** Whose documents these are, where it is not an issue's. */
  readonly pull: TracedPull | undefined;
  readonly documents: readonly DocumentRow[];
  readonly path: string | undefined;
  /** `replace`: it was not asked for, so there is no way back from it. */
  readonly choose: (path: string, replace?: boolean) => void;
}

type Present = DocsetItem<DocumentRow> & { readonly document: DocumentRow };

/** The documents of an issue or a pull request on the left, the chosen one on the right. */
export function DocsetPanes({ repository, defaultBranch, issue, pull, documents, path, choose }: DocsetPanesProps): ReactElement {
  const { say } = useSpeech();
  const [view, setView] = useState<DocumentViewName>("rendered");
  const { marks, mark } = useViewedMarks();
  const drafts = useDrafts();
  const ofIssue = useStages(repository, pull ? undefined : issue, documents);
  const ofPull = useMemo(() => pull && pullStages(pull, documents), [pull, documents]);
  const stages = ofPull ?? ofIssue;
  const present = stages.flatMap((stage) => stage.items).filter((item): item is Present => item.document !== undefined);
  const chosen = present.find((item) => item.path === path) ?? firstToRead(present, (item) => viewedState(marks, repository, item.document) === "viewed");
  // What is shown stays shown, though something else would be the first to read by now.
  const first = path === undefined ? chosen?.path : undefined;
  useEffect(() => {
    if (first !== undefined) choose(first, true);
  }, [first]);
  const move = (by: number): void => {
    const next = present[present.findIndex((item) => item === chosen) + by];
    if (next) choose(next.path);
  };
  const toggle = (): void => {
    if (chosen) mark(repository, chosen.document);
  };
  useScreenKeys([
    { key: "j", what: say("docs.keys.next"), act: () => move(1) },
    { key: "k", what: say("docs.keys.previous"), act: () => move(-1) },
    { key: "v", what: say("docs.keys.viewed"), act: toggle },
    ...documentViews.map((name, index) => ({ key: String(index + 1), what: say(`docs.${name}`), act: () => setView(name) })),
  ]);
  if (issue === undefined && pull === undefined) return <Empty title={say("docs.noIssues")}>{say("docs.noIssuesWhy")}</Empty>;
  return (
    <div className={style["panes"]}>
      <div className={style["master"]}>
        <Summary title={pull ? say("docs.docsetOfPull", { n: pull.pull }) : say("docs.docsetOf", { n: issue?.issue ?? 0 })} stages={stages} />
        <DocsetList stages={stages} repository={repository} marks={marks} drafts={drafts} chosen={chosen?.path} choose={choose} />
      </div>
      {chosen ? (
        <DocumentView
          key={chosen.path}
          repository={repository}
          defaultBranch={defaultBranch}
          issue={issue?.issue}
          document={chosen.document}
          state={chosen.state}
          viewed={viewedState(marks, repository, chosen.document)}
          toggleViewed={toggle}
          view={view}
          setView={setView}
        />
      ) : (
        <NoDocuments issue={issue?.issue ?? 0} pull={pull?.pull} />
      )}
    </div>
  );
}

function NoDocuments({ issue, pull }: { readonly issue: number; readonly pull: number | undefined }): ReactElement {
  const { say } = useSpeech();
  if (pull !== undefined) return <Empty title={say("docs.noDocumentsOfPull", { n: pull })}>{say("docs.noDocumentsOfPullWhy")}</Empty>;
  return <Empty title={say("docs.noDocuments", { n: issue })}>{say("docs.noDocumentsWhy")}</Empty>;
}

/** The docset as the host has it, with the documents that lie in the issue's folder or are linked with it. */
function useStages(repository: string, issue: IssueChoice | undefined, documents: readonly DocumentRow[]): ReturnType<typeof docsetStages<DocumentRow>> {
  const queries = useHostQueries();
  const number = issue?.issue ?? 0;
  const enabled = issue !== undefined;
  const docset = useQuery(queries.documents.docset.queryOptions({ input: { repository, issue: number }, enabled, retry: unlessRefused }));
  const linked = useQuery(queries.documents.list.queryOptions({ input: { repository, issue: number }, enabled }));
  return useMemo(() => {
    const own = documents.filter((document) => issueOfPath(document.path) === number);
    const byPath = new Map([...(linked.data ?? []), ...own].map((document) => [document.path, document]));
    return docsetStages(number, docset.data ?? requiringStages, [...byPath.values()], issue?.stage);
  }, [number, issue?.stage, docset.data, linked.data, documents]);
}

function Summary({ title, stages }: { readonly title: string; readonly stages: ReturnType<typeof docsetStages<DocumentRow>> }): ReactElement {
  const { say, language } = useSpeech();
  const link = useLinkState();
  const away = useDatabaseAway();
  const since = link.phase === "lost" ? link.since : away?.since;
  const { approved, in_review: inReview, draft, missing } = countStates(stages);
  return (
    <div className={style["summary"]}>
      <strong>{title}</strong>
      <span>{say("docs.counts", { approved, open: inReview + draft, missing })}</span>
      {since === undefined ? undefined : <span>{say("state.asOf", { when: moment(since, language) })}</span>}
    </div>
  );
}

/** What waits for a reader: the first document in review that was not viewed, or else the first of all. */
function firstToRead(present: readonly Present[], wasViewed: (item: Present) => boolean): Present | undefined {
  return present.find((item) => item.state === "in_review" && !wasViewed(item)) ?? present[0];
}
