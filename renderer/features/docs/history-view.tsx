import { UnstyledButton } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useState, type ReactElement } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Age } from "../../ui/age.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty } from "../../ui/panes.tsx";
import { Pending } from "../../ui/pending.tsx";
import { DiffView } from "./diff-view.tsx";
import style from "./history.module.css";
import { useHistory, useVersion, type DocumentHistory, type DocumentRow } from "./use-documents.ts";

interface Given {
  readonly repository: string;
  readonly document: DocumentRow;
}

/** How a document became what it is: its versions, and what the chosen one changed. */
export function HistoryView({ repository, document }: Given): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useHistory(repository, document);
  const [chosen, setChosen] = useState<string>();
  const versions = data?.versions ?? [];
  // A new version that arrives meanwhile does not take the place of the one that is being read.
  const found = versions.findIndex(({ commit }) => commit === chosen);
  const at = found < 0 ? 0 : found;
  const step = (by: 1 | -1): void => setChosen(versions[at + by]?.commit ?? versions[at]?.commit);
  useScreenKeys([
    { key: "[", what: say("docs.keys.newer"), act: () => step(-1) },
    { key: "]", what: say("docs.keys.older"), act: () => step(1) },
  ]);
  if (data === undefined) return <Pending reason={failureReason} />;
  if (versions.length === 0) return <Empty title={say("docs.version.none")}>{say("docs.version.noneWhy")}</Empty>;
  return (
    <div className={style["history"]}>
      <Versions history={data} at={at} choose={setChosen} />
      <div className={style["change"]}>
        <Change repository={repository} path={document.path} commit={versions[at]?.commit ?? ""} before={versions[at + 1]?.commit} />
      </div>
    </div>
  );
}

interface VersionsProps {
  readonly history: DocumentHistory;
  readonly at: number;
  readonly choose: (commit: string) => void;
}

function Versions({ history: { versions, hasMore }, at, choose }: VersionsProps): ReactElement {
  const { say } = useSpeech();
  return (
    <nav className={style["versions"]} aria-label={say("docs.versions")}>
      {versions.map(({ commit, at: when, author, subject, approved }, index) => (
        <UnstyledButton key={commit} className={style["version"]} aria-current={index === at ? "true" : undefined} onClick={() => choose(commit)}>
          <span className={style["subject"]} title={revealHidden(subject)}>
            <Foreign>{subject}</Foreign>
          </span>
          <span className={style["meta"]}>
            <code>{commit.slice(0, 7)}</code>
            <Foreign>{author}</Foreign>
            <Age at={when} />
          </span>
          {approved ? (
            <span className={style["approved"]}>
              <IconCircleCheck size={14} aria-hidden /> {say("docs.version.approved")}
            </span>
          ) : undefined}
        </UnstyledButton>
      ))}
      {hasMore ? <p className={style["more"]}>{say("docs.version.more")}</p> : undefined}
    </nav>
  );
}

interface ChangeProps {
  readonly repository: string;
  readonly path: string;
  readonly commit: string;
  /** The version before; absent for the first one. */
  readonly before: string | undefined;
}

function Change({ repository, path, commit, before }: ChangeProps): ReactElement {
  const { say } = useSpeech();
  const now = useVersion(repository, path, commit);
  const then = useVersion(repository, path, before);
  if (now.data === undefined || (before !== undefined && then.data === undefined)) return <Pending reason={now.failureReason ?? then.failureReason} />;
  const text = now.data.text;
  const earlier = then.data?.text ?? "";
  if (text === earlier) return <Empty title={say("docs.version.same")}>{say("docs.version.sameWhy")}</Empty>;
  return <DiffView key={commit} before={earlier} text={text} since={say(before === undefined ? "docs.version.first" : "docs.version.since")} />;
}
