import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconFileText, IconGavel, IconMessages, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef, useState, type KeyboardEvent, type ReactElement, type RefObject } from "react";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import type { KnowledgeHit } from "../../../core/contract/knowledge.ts";
import type { HostClient } from "../../host-client/connect.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useProjectChoice } from "../../host-client/project-choice.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { moment } from "../../ui/moment.ts";
import { useScreenKeys } from "../../ui/keys.tsx";
import { Empty } from "../../ui/panes.tsx";
import { UsedByLine } from "../../ui/used-by.tsx";
import style from "./knowledge.module.css";
import { fragment, marked, queryWords } from "./query-marks.ts";

const mostHits = 50;

type Answer = Awaited<ReturnType<HostClient["knowledge"]["search"]>>;

/** What was looked for last, so that it is still there when one comes back from a document. */
let lastQuery = "";

/** One search over documents, decisions and transcripts. */
export function KnowledgeScreen(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const { project } = useProjectChoice();
  const [typed, setTyped] = useState(lastQuery);
  const [query] = useDebouncedValue(typed.trim(), 150);
  const input = useRef<HTMLInputElement>(null);
  const hits = useRef<HTMLOListElement>(null);
  const search = useQuery(
    queries.knowledge.search.queryOptions({
      input: { query: query.slice(0, 1_000), limit: mostHits, ...(project === undefined ? {} : { repository: project }) },
      enabled: query !== "",
      placeholderData: keepPreviousData,
      staleTime: 10_000,
      retry: 2,
    }),
  );
  const type = (text: string): void => {
    lastQuery = text;
    setTyped(text);
  };
  useHitKeys(input, hits);
  const pressed = (event: KeyboardEvent): void => {
    if (event.key === "Escape") type("");
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    focusHit(hits.current, 1);
  };
  return (
    <div className={style["screen"]}>
      <header className={style["head"]}>
        <h1>{say("knowledge.title")}</h1>
        <TextInput
          ref={input}
          autoFocus
          value={typed}
          onChange={(event) => type(event.currentTarget.value)}
          onKeyDown={pressed}
          maxLength={1_000}
          placeholder={say("knowledge.search")}
          aria-label={say("knowledge.label")}
          leftSection={<IconSearch size={16} />}
          className={style["search"]}
        />
      </header>
      <p className={style["found"]}>
        <Found query={query} hits={search.data?.hits} searching={search.isFetching} />
        {query === "" || search.data === undefined ? undefined : <Scope searched={search.data.searched} />}
      </p>
      <div className={style["results"]}>
        {query === "" ? (
          <About />
        ) : search.error && search.data === undefined ? (
          <Failure error={search.error} />
        ) : search.data === undefined ? undefined : search.data.hits.length === 0 ? (
          <Empty title={say("knowledge.none", { query })}>{say("knowledge.none.hint")}</Empty>
        ) : (
          <ol ref={hits} className={style["hits"]} aria-label={say("knowledge.hits")} aria-busy={search.isPlaceholderData}>
            {search.data.hits.map((hit, index) => (
              <li key={index} className={style["place"]}>
                <HitLink hit={hit} words={queryWords(query)} />
                {hit.usedBy === undefined && hit.source !== "document" ? undefined : (
                  <div className={style["users"]}>
                    <UsedByLine usedBy={hit.usedBy} />
                  </div>
                )}
              </li>
            ))}
          </ol>
        )}
      </div>
    </div>
  );
}

function Found({
  query,
  hits,
  searching,
}: {
  readonly query: string;
  readonly hits: readonly KnowledgeHit[] | undefined;
  readonly searching: boolean;
}): ReactElement {
  const { say } = useSpeech();
  const count = hits?.length ?? 0;
  const found = count === 1 ? say("knowledge.found.one") : say(count >= mostHits ? "knowledge.found.most" : "knowledge.found.many", { count });
  return <span role="status">{query === "" ? "" : searching && hits === undefined ? say("knowledge.searching") : count === 0 ? "" : found}</span>;
}

/** What was searched where, so that nobody takes what is missing for what is not there. */
function Scope({ searched: { documents, copyOf } }: { readonly searched: Answer["searched"] }): ReactElement {
  const { say, language } = useSpeech();
  const copied = copyOf === undefined ? "" : ` ${say("knowledge.scope.copy", { when: moment(copyOf, language) })}`;
  return (
    <span>
      {say(documents === "database" ? "knowledge.scope.live" : "knowledge.scope.offline")}
      {copied}
    </span>
  );
}

const icons = { document: IconFileText, decision: IconGavel, transcript: IconMessages } as const;

/** A place that was found: where it is, what it says there, and how old that is where it is from the copy. */
function HitLink({ hit, words }: { readonly hit: KnowledgeHit; readonly words: readonly string[] }): ReactElement {
  const { say, language } = useSpeech();
  const { title, section, excerpt, source } = hit;
  const Icon = icons[source];
  return (
    <Link {...placeOf(hit)} className={style["hit"]} data-hit>
      <h2>
        <Icon size={14} aria-hidden /> <Marked text={title} words={words} />
        {section === "" || section === title ? undefined : (
          <span className={style["section"]}>
            {" "}
            <Foreign>{say("knowledge.section", { section })}</Foreign>
          </span>
        )}
      </h2>
      <p className={style["excerpt"]} title={revealHidden(fragment(excerpt))}>
        <Marked text={fragment(excerpt)} words={words} />
      </p>
      <p className={style["where"]}>
        {say(`knowledge.source.${source}`)} ·{" "}
        {hit.repository === undefined ? undefined : (
          <>
            <Foreign>{`${hit.repository}${hit.issue === undefined ? "" : `#${hit.issue}`}`}</Foreign> ·{" "}
          </>
        )}
        <span className={style["path"]}>
          <Foreign>{whereOf(hit)}</Foreign>
        </span>
        {hit.asOf === undefined ? "" : ` · ${say("state.asOf", { when: moment(hit.asOf, language) })}`}
      </p>
    </Link>
  );
}

function placeOf(hit: KnowledgeHit) {
  switch (hit.source) {
    case "document":
      return { to: "/docs", search: { repository: hit.repository, path: hit.path } } as const;
    case "decision":
      return { to: "/inbox/{-$id}", params: { id: hit.request } } as const;
    case "transcript":
      return { to: "/runs/{-$id}", params: { id: hit.run } } as const;
  }
}

function whereOf(hit: KnowledgeHit): string {
  switch (hit.source) {
    case "document":
      return hit.path;
    case "decision":
      return hit.request;
    case "transcript":
      return `${hit.run} ${hit.attempt}/${hit.sequence}`;
  }
}

function Marked({ text, words }: { readonly text: string; readonly words: readonly string[] }): ReactElement {
  return (
    <>
      {marked(text, words).map((piece, index) =>
        piece.marked ? (
          <mark key={index}>
            <Foreign>{piece.text}</Foreign>
          </mark>
        ) : (
          <Foreign key={index}>{piece.text}</Foreign>
        ),
      )}
    </>
  );
}

/** What is searched, before anything was typed. */
function About(): ReactElement {
  const { say, language } = useSpeech();
  const queries = useHostQueries();
  const { data } = useQuery(queries.documents.list.queryOptions({ input: {}, staleTime: 60_000 }));
  const count = data?.length;
  return (
    <Empty title={say("knowledge.about")}>
      <span className={style["about"]}>
        {count === 0 ? say("knowledge.about.empty") : say("knowledge.about.what")}
        {count === undefined || count === 0 ? undefined : (
          <>
            <br />
            <br />
            {count === 1 ? say("knowledge.about.count.one") : say("knowledge.about.count.many", { count: new Intl.NumberFormat(language).format(count) })}
          </>
        )}
      </span>
    </Empty>
  );
}

/** `/` goes to the search, j and k along the hits. */
function useHitKeys(input: RefObject<HTMLInputElement | null>, hits: RefObject<HTMLOListElement | null>): void {
  const { say } = useSpeech();
  useScreenKeys([
    {
      key: "/",
      what: say("knowledge.key.search"),
      act: () => {
        input.current?.focus();
        input.current?.select();
      },
    },
    { key: "j", what: say("knowledge.key.next"), act: () => focusHit(hits.current, 1) },
    { key: "k", what: say("knowledge.key.previous"), act: () => focusHit(hits.current, -1) },
    // A focused hit answers Enter by itself; it stands here for the list of keys.
    { key: "Enter", what: say("knowledge.key.open") },
  ]);
}

function focusHit(list: HTMLOListElement | null, by: 1 | -1): void {
  const links = [...(list?.querySelectorAll<HTMLElement>("a[data-hit]") ?? [])];
  // From a run that used a hit, one goes on from that hit.
  const at = links.findIndex((link) => link.parentElement?.contains(document.activeElement));
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
}
