import { Checkbox, Kbd, SegmentedControl } from "@mantine/core";
import { useEffect, useRef, useState, type ReactElement, type ReactNode } from "react";
import { splitFrontMatter } from "../../../core/domain/document/front-matter.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { longestMarkdown, Markdown } from "../../ui/markdown.tsx";
import { moment } from "../../ui/moment.ts";
import { Empty } from "../../ui/panes.tsx";
import { Pending } from "../../ui/pending.tsx";
import { UsedByLine } from "../../ui/used-by.tsx";
import { CommentForm } from "./comment-form.tsx";
import { DiffView } from "./diff-view.tsx";
import { StateShape, StateWord } from "./document-state.tsx";
import style from "./docs.module.css";
import { frontMatterFields } from "./front-matter-fields.ts";
import { HistoryView } from "./history-view.tsx";
import { ReviewThreads } from "./review-threads.tsx";
import { SourceView, type LineWish } from "./source-view.tsx";
import { useCommentDrafts, useDocument, usePull, useThreads, type DocumentRow, type ReadDocument } from "./use-documents.ts";
import type { DocumentState } from "./docset-view.ts";
import { useVerdict } from "./use-verdict.ts";
import { VerdictButtons, VerdictForm, VerdictLine } from "./verdict-control.tsx";
import type { ViewedState } from "./viewed.ts";

export const documentViews = ["rendered", "source", "changes", "history"] as const;
export type DocumentViewName = (typeof documentViews)[number];

interface DocumentProps {
  readonly repository: string;
  readonly defaultBranch: string | undefined;
  readonly issue: number | undefined;
  readonly document: DocumentRow;
  readonly state: DocumentState;
  readonly viewed: ViewedState;
  readonly toggleViewed: () => void;
  readonly view: DocumentViewName;
  readonly setView: (view: DocumentViewName) => void;
}

/** One document: what it is, and its text in one of its views, with what reviewers say about it beside it. */
export function DocumentView(props: DocumentProps): ReactElement {
  const { repository, issue, document, view, setView } = props;
  const { say } = useSpeech();
  const read = useDocument(repository, document);
  const pull = usePull(repository, issue, read.data);
  const threads = useThreads(repository, pull, document);
  const drafts = useCommentDrafts(repository, document.path);
  const verdict = useVerdict(repository, read.data);
  const [wish, setWish] = useState<LineWish | undefined>();
  /** What is being written: a comment on this line, or what needs to change. */
  const [writing, setWriting] = useState<number | "changes" | undefined>();
  const commenting = typeof writing === "number" ? writing : undefined;
  const goTo = (line: number): void => {
    setWish({ line, at: Date.now() });
    setView("source");
  };
  const comment = (line: number): void => {
    setView("source");
    setWriting(line);
  };
  const writeChanges = (): void => {
    if (verdict.canSay) setWriting("changes");
  };
  const close = (): void => setWriting(undefined);
  useScreenKeys([
    { key: "c", what: say("docs.keys.comment"), act: () => comment(commenting ?? wish?.line ?? 1) },
    { key: "g", what: say("docs.verdict.good"), act: verdict.toggleGood },
    { key: "n", what: say("docs.verdict.changes"), act: writeChanges },
  ]);
  const aside = pull !== undefined && ((threads.data?.length ?? 0) > 0 || threads.failureReason !== null);
  return (
    <article className={style["document"]}>
      <Head {...props} pull={pull} read={read.data}>
        <VerdictButtons verdict={verdict} write={writeChanges} />
      </Head>
      {writing === "changes" ? undefined : <VerdictLine verdict={verdict} write={writeChanges} />}
      <div className={style["reading"]} data-aside={aside}>
        <div className={style["body"]}>
          {read.data === undefined ? (
            <Pending reason={read.failureReason} />
          ) : (
            <Body view={view} read={read.data} repository={repository} defaultBranch={props.defaultBranch}>
              <SourceView text={read.data.text} threads={threads.data ?? []} drafts={drafts} wish={wish} comment={comment} />
            </Body>
          )}
          {read.data === undefined || commenting === undefined || view !== "source" ? undefined : (
            <CommentForm key={commenting} repository={repository} read={read.data} line={commenting} close={close} />
          )}
          {writing === "changes" ? <VerdictForm verdict={verdict} close={close} /> : undefined}
        </div>
        {aside ? <ReviewThreads pull={pull} threads={threads} goTo={goTo} /> : undefined}
      </div>
    </article>
  );
}

interface HeadProps extends DocumentProps {
  readonly pull: number | undefined;
  readonly read: ReadDocument | undefined;
  /** What can be said of it. */
  readonly children: ReactNode;
}

function Head({ document, state, viewed, toggleViewed, view, setView, pull, read, children }: HeadProps): ReactElement {
  const { say, language } = useSpeech();
  return (
    <header className={style["documentHead"]}>
      <div className={style["documentTitle"]}>
        <h2>
          <Foreign>{document.title}</Foreign>
        </h2>
        <p className={style["meta"]}>
          <span className={style["stateAndWord"]}>
            <StateShape state={state} /> <StateWord state={state} />
          </span>
          <span>
            <Foreign>{document.docId}</Foreign>
          </span>
          <span>
            {say("docs.owner")} <Foreign>{document.ownerRole}</Foreign>
          </span>
          {pull === undefined ? undefined : <span>{say("docs.pull", { n: pull })}</span>}
          <span>
            <Foreign>{document.branch}</Foreign>
          </span>
          <Age at={document.updatedAt} />
          {read?.asOf === undefined ? undefined : <span>{say("state.asOf", { when: moment(read.asOf, language) })}</span>}
        </p>
        {read === undefined ? undefined : <UsedByLine usedBy={read.usedBy} />}
      </div>
      <div className={style["controls"]}>
        <Checkbox
          size="xs"
          checked={viewed === "viewed"}
          indeterminate={viewed === "changed"}
          onChange={toggleViewed}
          label={
            <>
              {say(viewed === "changed" ? "docs.changed" : "docs.viewed")} <Kbd size="xs">v</Kbd>
            </>
          }
        />
        {children}
        <SegmentedControl
          size="xs"
          aria-label={say("docs.view")}
          value={view}
          onChange={setView}
          data={documentViews.map((value) => ({ value, label: say(`docs.${value}`) }))}
        />
      </div>
    </header>
  );
}

interface BodyProps {
  readonly view: DocumentViewName;
  readonly read: ReadDocument;
  readonly repository: string;
  readonly defaultBranch: string | undefined;
  /** The source. */
  readonly children: ReactNode;
}

function Body({ view, read, repository, defaultBranch, children }: BodyProps): ReactElement {
  const { say } = useSpeech();
  if (view === "source") return <>{children}</>;
  if (view === "rendered") return <Rendered read={read} />;
  if (view === "history") return <HistoryView key={read.document.path} repository={repository} document={read.document} />;
  if (read.approvedText !== undefined) return <DiffView before={read.approvedText} text={read.text} since={say("docs.sinceApproved")} />;
  const isApproved = read.document.branch === defaultBranch;
  return (
    <Empty title={say(isApproved ? "docs.isApproved" : "docs.isNew")}>
      {say(isApproved ? "docs.isApprovedWhy" : "docs.isNewWhy", { branch: defaultBranch ?? "main" })}
    </Empty>
  );
}

function Rendered({ read: { text, frontMatter, document } }: { readonly read: ReadDocument }): ReactElement {
  const { say } = useSpeech();
  const scroller = useRef<HTMLDivElement>(null);
  const fields = frontMatterFields(frontMatter, shownInHead);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [document.path]);
  if (text.length > longestMarkdown) return <Empty title={say("docs.tooLong")}>{say("docs.tooLongWhy")}</Empty>;
  return (
    <div ref={scroller} className={style["rendered"]} tabIndex={0} role="region" aria-label={say("docs.rendered")}>
      {fields.length === 0 ? undefined : (
        <dl className={style["fields"]} aria-label={say("docs.frontMatter")}>
          {fields.map(({ key, value }) => (
            <div key={key}>
              <dt>
                <Foreign>{key}</Foreign>
              </dt>
              <dd>
                <Foreign>{value}</Foreign>
              </dd>
            </div>
          ))}
        </dl>
      )}
      <Markdown text={splitFrontMatter(text)?.body ?? text} />
    </div>
  );
}

const shownInHead = ["doc_id", "title", "status", "owner_role"];
